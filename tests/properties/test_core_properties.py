"""Does the core keep its word over long random days, and would we notice if it did not?"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.properties.checks import CHECKS, deciding_again_gives_the_same_events
from tests.properties.walk import Day, a_day

from tradebot.core.gates import REQUIRED
from tradebot.core.gates.look import Look
from tradebot.core.model import events as e
from tradebot.core.model.commands import Tick
from tradebot.core.model.reason import Stage
from tradebot.core.model.verdict import Verdict
from tradebot.core.pipeline import pipeline
from tradebot.core.pipeline.handle import handle

SEEDS = range(24)
SEEN_AT_LEAST = (
    e.IntentConflicted, e.OrderInDoubt, e.OrderNeverLeft, e.InstrumentHalted, e.CancelRequested,
    e.TradeBooked, e.ReconRequested, e.ReportIgnored, e.KillSwitchSet, e.PositionsMarked,
    e.PositionSettled,
)


@pytest.fixture(scope="module")
def days() -> list[Day]:
    return [a_day(seed) for seed in SEEDS]


@pytest.mark.promise(3, 4, 12, 26)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_over_random_days(days: list[Day], check: Callable[[Day], None]) -> None:
    for seed, day in zip(SEEDS, days, strict=True):
        try:
            check(day)
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise


def test_the_days_are_eventful(days: list[Day]) -> None:
    """A check over nothing proves nothing."""
    happened = {type(event) for day in days for line in day.journal for event in line.events}
    assert happened >= set(SEEN_AT_LEAST)
    sent = sum(isinstance(x, e.OrderSubmitted) for d in days for y in d.journal for x in y.events)
    assert sent > 200


def test_asking_every_gate_again_at_the_last_look_would_change_nothing(
    days: list[Day], monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything(look: Look) -> Verdict:
        again = Look(look.book, look.intent, look.facts, look.at)
        return pipeline.dispatch.commit(REQUIRED, again)

    monkeypatch.setattr(pipeline, "OUTBOUND", (
        *pipeline.OUTBOUND[:-1], (Stage.DISPATCH, everything)
    ))
    for day in days[:8]:
        deciding_again_gives_the_same_events(day)


def test_one_seed_gives_one_day() -> None:
    assert a_day(7, steps=200).journal == a_day(7, steps=200).journal


def test_every_intent_that_waits_is_told_its_end() -> None:
    for seed in SEEDS[:6]:
        again = a_day(seed)
        for _ in range(3):
            again.now += timedelta(days=2)
            again.decide(Tick())
        waiting = [state for state in again.book.intents.open.values() if state.held]
        assert waiting == []
        assert again.book.intents.next_due() is None


class Poisoned:
    """Facts that answer what is asked of them, and nothing else."""

    def __init__(self, facts: object) -> None:
        object.__setattr__(self, "_facts", facts)

    def __getattribute__(self, name: str) -> object:
        if name not in {"quote", "option", "volatility", "latch"}:
            raise AssertionError(f"the core touched facts.{name}")
        return getattr(object.__getattribute__(self, "_facts"), name)


@pytest.mark.promise(18)
def test_the_core_reads_nothing_but_facts_and_the_latch(days: list[Day]) -> None:
    for day in days[:4]:
        book = type(day.book)()
        for line in day.journal:
            facts: Any = Poisoned(line.facts())
            assert tuple(handle(book, line.command, facts, line.at)) == line.events


def test_a_decision_without_events_changes_nothing(days: list[Day]) -> None:
    for day in days[:4]:
        book, spared = type(day.book)(), type(day.book)()
        for line in day.journal:
            tuple(handle(book, line.command, line.facts(), line.at))
            if line.events:
                tuple(handle(spared, line.command, line.facts(), line.at))
        assert book == spared
