"""Is the desk heard as well as was promised, and does nobody approve by chance?"""

from importlib.util import find_spec

import pytest
from tools import voice_bench
from tools.voice_bench import Outcome

PART = 200


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    for library in ("pocketsphinx", "espeakng_loader"):
        if find_spec(library) is None:
            pytest.skip(f"needs {library}, which is not installed")
    bench = voice_bench.Bench()
    return [bench.run(trial) for trial in voice_bench.part_of(list(voice_bench.trials()), PART)]


def test_no_draft_is_approved_by_other_words(outcomes: list[Outcome]) -> None:
    assert [voice_bench.shown(one) for one in outcomes if one.is_false_approval] == []


def test_what_is_no_command_is_hardly_ever_taken_for_one(outcomes: list[Outcome]) -> None:
    other = [one for one in outcomes if not one.trial.is_command]
    assert sum(one.verdict == "wrong" for one in other) <= len(other) / 10


def test_the_sentences_are_as_many_as_were_promised() -> None:
    trials = list(voice_bench.trials())
    assert len({t.said for t in trials if t.is_command}) >= 30
    assert len({t.said for t in trials if not t.is_command}) >= 40
    assert len({t.voice for t in trials}) >= 4
