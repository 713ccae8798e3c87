"""Does deciding the past again find what changed, and nothing where nothing did?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.tiny_daemon import TinyDaemon

from tradebot.core.gates.lists import GATE_LISTS, gates_of
from tradebot.core.model.commands import ActivateSettings, Mark, SetKillSwitch, SubmitIntent
from tradebot.core.model.events import (
    Event,
    IntentHeld,
    IntentRefused,
    OrderSubmitted,
    SettingsActivated,
    StagesPassed,
)
from tradebot.core.model.facts import Reads
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.core.pipeline import handle as pipeline_handle
from tradebot.shell.journal.decision import Decision
from tradebot.shell.replay.redecide import compare


@pytest.fixture
def decisions() -> list[Decision]:
    daemon = TinyDaemon()
    intent = Intent(
        legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=Decimal(10), key="k1",
        source=Source.CLI,
    )
    daemon.decide(SubmitIntent(intent=intent))
    order = next(iter(daemon.book.orders.working))
    daemon.fill(order, "10", "500.01", "X1")
    daemon.decide(Mark(quotes=(daemon.facts.quotes["SPY"],)))
    daemon.latch.set("drill")
    daemon.decide(SetKillSwitch(engaged=True, reason="drill", by="alice"))
    daemon.decide(SubmitIntent(intent=replace(intent, key="k2")))
    return daemon.decisions


@pytest.mark.promise(18)
def test_an_honest_past_is_decided_the_same_way_again(decisions: list[Decision]) -> None:
    found = compare(decisions)
    assert found.is_same
    assert (found.decisions, found.events) == (
        len(decisions), sum(len(d.events) for d in decisions)
    )


def test_another_number_in_an_event_is_found_and_named(decisions: list[Decision]) -> None:
    place = next(
        i for i, d in enumerate(decisions) if any(isinstance(e, OrderSubmitted) for e in d.events)
    )
    events = tuple(
        replace(e, reserved=e.reserved + 1) if isinstance(e, OrderSubmitted) else e
        for e in decisions[place].events
    )
    decisions[place] = replace(decisions[place], events=events)
    found = compare(decisions).difference
    assert found is not None
    assert found.seq == decisions[place].seq
    assert found.path.endswith(".reserved")
    assert Decimal(found.recorded) == Decimal(found.decided) + 1


def test_a_missing_and_an_added_event_are_found(decisions: list[Decision]) -> None:
    last = decisions[-1]
    short = compare([*decisions[:-1], replace(last, events=last.events[:-1])]).difference
    assert short is not None and short.recorded == "nothing"
    twice = compare([*decisions[:-1], replace(last, events=last.events * 2)]).difference
    assert twice is not None and twice.decided == "nothing"


def test_what_was_not_read_then_is_not_known_now(decisions: list[Decision]) -> None:
    place = next(i for i, d in enumerate(decisions) if d.reads.quotes)
    decisions[place] = replace(decisions[place], reads=Reads())
    found = compare(decisions).difference
    assert found is not None
    assert "IntentHeld" in found.decided or "events" in found.path


def test_a_book_that_only_one_side_holds_is_a_difference(
    decisions: list[Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = pipeline_handle.HANDLERS[Mark]

    def forgetful(*args: object) -> object:
        events = list(mark(*args))  # type: ignore[arg-type]
        args[0].ledger.accounts["PAPER-1"].realized += 1  # type: ignore[attr-defined]
        return iter(events)

    monkeypatch.setattr(pipeline_handle, "HANDLERS", {**pipeline_handle.HANDLERS, Mark: forgetful})
    found = compare(decisions)
    assert found.difference is None
    assert found.books is not None
    assert found.books.startswith("book.ledger.accounts[PAPER-1].realized")


def test_code_that_breaks_on_the_past_is_told_as_a_difference(
    decisions: list[Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> object:
        raise KeyError("planted")

    monkeypatch.setattr(pipeline_handle, "HANDLERS", {**pipeline_handle.HANDLERS, Mark: broken})
    found = compare(decisions).difference
    assert found is not None
    assert found.command == "Mark"
    assert "KeyError" in found.decided


def as_list_one(decisions: list[Decision]) -> list[Decision]:
    """Tell a past as it was told when there were ten gates, each with its limit."""
    names, activated = GATE_LISTS[1], decisions[0].command
    assert isinstance(activated, ActivateSettings)
    policy = activated.settings.policy

    def then(event: Event) -> Event:
        match event:
            case StagesPassed():
                gates = {g.gate: g for g in gates_of(event.gate_list, event.readings, policy)}
                told = [gates[name] for name in names if name in gates]
                row = ["" if g.limit is None else f"{g.actual}<={g.limit}" for g in told]
                return replace(event, gate_list=1, readings=",".join(row))
            case IntentRefused() | IntentHeld():
                return replace(event, gates=tuple(g for g in event.gates if g.gate in names))
            case _:
                return event

    return [replace(d, events=tuple(then(event) for event in d.events)) for d in decisions]


def test_a_past_under_an_older_gate_list_is_decided_the_same_way(
    decisions: list[Decision],
) -> None:
    past = as_list_one(decisions)
    assert past != decisions
    assert compare(past).is_same


def test_what_a_newer_gate_refuses_is_told_as_that(decisions: list[Decision]) -> None:
    first = decisions[0]
    assert isinstance(first.command, ActivateSettings)
    policy = replace(first.command.settings.policy, equity_min_usd=Decimal(1_000_000))
    settings = replace(first.command.settings, policy=policy)
    decisions[0] = replace(
        first, command=replace(first.command, settings=settings),
        events=(SettingsActivated(settings=settings, version=first.command.version),),
    )
    todays, then = compare(decisions).difference, compare(as_list_one(decisions)).difference
    assert todays is not None and then is not None
    assert (todays.by_other_gates, then.by_other_gates) == (False, True)
    assert "its gate list is not today's" in then.sentence()
