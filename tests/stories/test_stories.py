"""Does a day read right? Stories tell it line by line; `--accept` rewrites what they expect."""

import difflib
from pathlib import Path
from typing import get_args

import pytest
from tests.stories.story import Stage, play
from tests.stories.telling import TELLERS

from tradebot.core.book.book import Book
from tradebot.core.model.events import Event
from tradebot.core.pipeline.handle import handle
from tradebot.shell.facts import RecordedFacts

STORIES = sorted(Path(__file__).parent.glob("*.story"))


@pytest.mark.parametrize("path", STORIES, ids=[path.stem for path in STORIES])
def test_the_story_still_goes_like_this(path: Path, request: pytest.FixtureRequest) -> None:
    expected = path.read_text(encoding="utf-8")
    happened, _ = play(expected)
    if request.config.getoption("--accept"):
        path.write_text(happened, encoding="utf-8")
        return
    changes = difflib.unified_diff(
        expected.splitlines(), happened.splitlines(), "told", "happened", lineterm=""
    )
    assert happened == expected, "\n".join(changes)


@pytest.mark.promise(18)
@pytest.mark.parametrize("path", STORIES, ids=[path.stem for path in STORIES])
def test_the_story_is_decided_and_folded_again_alike(path: Path) -> None:
    _, stage = play(path.read_text(encoding="utf-8"))
    assert decided_again(stage) == [told.events for told in stage.told]
    folded = Book()
    for told in stage.told:
        folded.fold(told.at, told.events)
    assert folded == stage.book


def decided_again(stage: Stage) -> list[tuple[Event, ...]]:
    book = Book()
    return [
        tuple(handle(book, told.command, RecordedFacts(told.reads), told.at))
        for told in stage.told
    ]


def test_there_is_a_day_of_stories() -> None:
    assert len(STORIES) >= 14


def test_every_event_can_be_told() -> None:
    assert set(TELLERS) == set(get_args(Event))


def test_every_story_opens_with_what_it_is_about() -> None:
    for path in STORIES:
        assert path.read_text(encoding="utf-8").startswith("# ")


def test_a_story_that_goes_otherwise_is_noticed() -> None:
    story = STORIES[0].read_text(encoding="utf-8")
    first = next(line for line in story.splitlines() if line.lstrip().startswith(">"))
    false = story.replace(first, first + " and more", 1)
    assert play(false)[0] == play(story)[0] != false
