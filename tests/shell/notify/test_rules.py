"""Does each story tell people what they should hear of, and does every event have its rule?"""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from tests.stories.story import play

from tradebot.core.model.alert import EXPLAIN_ALERT, TITLE_MAX, Alert, AlertKind, Level
from tradebot.core.model.events import Event
from tradebot.shell.journal.decision import Decision
from tradebot.shell.notify.drawdowns import Drawdowns
from tradebot.shell.notify.rules import RULES, TOLD_NOWHERE, alerts_of, may_be_critical
from tradebot.shell.views.views import Views

STORIES = sorted((Path(__file__).parents[2] / "stories").glob("*.story"))
GOLDEN = Path(__file__).parent / "golden"
TOLD = [STORIES[0].with_name(f"{name}.story") for name in (
    "a_plain_day", "a_breaker", "a_dead_letter", "a_kill_flattens", "a_pin_is_noticed",
    "a_bust_and_a_correction", "an_external_fill", "an_option_is_settled", "in_doubt",
    "manual_promotion", "partial_fills", "refusals_with_numbers",
)]


def alerts_in(story: Path) -> Iterator[tuple[Decision, Alert]]:
    """Yield what the decisions of a story tell, as a daemon would publish them."""
    _, stage = play(story.read_text(encoding="utf-8"))
    views, drawdowns = Views(), None
    for seq, told in enumerate(stage.told, 1):
        decision = Decision(
            seq=seq, at=told.at, command=told.command, events=told.events, reads=told.reads
        )
        views.apply(decision)
        drawdowns = drawdowns or Drawdowns(views.book)
        for _, alert in alerts_of(decision, views):
            yield decision, alert
        for alert in drawdowns.news(decision):
            yield decision, alert


def written(alert: Alert) -> str:
    lines = [
        f"{alert.at:%H:%M:%S} {alert.level.upper()} {alert.kind}: {alert.title}",
        *(f"    {line}" for line in alert.text.splitlines()),
        *(f"    - {name}: {value}" for name, value in alert.fields),
    ]
    return "\n".join([*lines, *([f"    = {alert.key}"] if alert.key else [])])


@pytest.mark.parametrize("story", TOLD, ids=[path.stem for path in TOLD])
def test_the_story_is_told_like_this(story: Path, request: pytest.FixtureRequest) -> None:
    happened = "".join(f"{written(alert)}\n" for _, alert in alerts_in(story))
    golden = GOLDEN / f"{story.stem}.alerts"
    if request.config.getoption("--accept"):
        golden.write_text(happened, encoding="utf-8")
        return
    expected = golden.read_text(encoding="utf-8")
    changes = difflib.unified_diff(
        expected.splitlines(), happened.splitlines(), "told", "happened", lineterm=""
    )
    assert happened == expected, "\n".join(changes)


def test_every_event_has_a_rule_or_a_reason_why_it_has_none() -> None:
    assert set(RULES) | set(TOLD_NOWHERE) == set(get_args(Event))
    assert not set(RULES) & set(TOLD_NOWHERE)
    assert all(TOLD_NOWHERE.values())


def test_every_kind_is_explained() -> None:
    assert list(EXPLAIN_ALERT) == list(AlertKind)


def test_what_is_critical_is_found_again_after_a_crash() -> None:
    told = [found for story in STORIES for found in alerts_in(story)]
    assert {alert.kind for _, alert in told if alert.level is Level.CRITICAL} >= {
        AlertKind.KILL_SWITCH, AlertKind.HALT,
    }
    missed = [
        alert.title for decision, alert in told
        if alert.level is Level.CRITICAL and not may_be_critical(decision)
    ]
    assert missed == []


def test_every_alert_fits_a_phone() -> None:
    told = [alert for story in STORIES for _, alert in alerts_in(story)]
    assert len(told) > 100
    for alert in told:
        assert 0 < len(alert.title) <= TITLE_MAX
        assert "\n" not in alert.title
        assert alert.text
        assert len(dict(alert.fields)) == len(alert.fields) <= 25
        assert all(isinstance(value, str) and value for _, value in alert.fields)


def test_levels_have_an_order_of_their_own() -> None:
    assert sorted(["warning", "info", "critical"], key=Level) == ["info", "warning", "critical"]
    assert max(Level) is Level.CRITICAL
    assert Level.INFO < Level.WARNING <= Level.WARNING < Level.CRITICAL > Level.WARNING
    assert Level.CRITICAL >= Level.INFO
