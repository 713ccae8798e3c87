"""Who may overtake whom in the inbox? A kill everyone; a cancel only what it is not about."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal

import pytest
from tests.shell.test_engine import (
    AT,
    FixedClock,
    HeldJournal,
    a_book_with_a_closed_market,
    an_intent,
    session,
)

from tradebot.core.model.arming import ArmingRefused
from tradebot.core.model.commands import (
    ArmLive,
    ClearHalt,
    Command,
    Delivery,
    DisarmLive,
    Flatten,
    Phase,
    ReportDelivery,
    RequestCancel,
    RequestCancelAll,
    SetKillSwitch,
)
from tradebot.core.model.events import CancelRefused, IntentRefused, KillSwitchSet
from tradebot.core.model.ids import ClOrdID, keyed_intent_id
from tradebot.core.model.report import ExecType, Report, Statement
from tradebot.shell.engine import INBOX_MAX, Engine
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import Latch

REPORT = Report(route="paper", cl_ord_id=ClOrdID("x"), exec_type=ExecType.NEW)
FIRST, SECOND = an_intent("first"), an_intent("second")


def kill(*, engaged: bool) -> SetKillSwitch:
    return SetKillSwitch(engaged=engaged, reason="test", by="test")


def cancel(target: str) -> RequestCancel:
    return RequestCancel(target=target, by="test")


async def decided(*commands: Command) -> Sequence[Decision]:
    """Put all commands in before the first one is decided; return the decisions in order."""
    engine = Engine(
        book=a_book_with_a_closed_market(), journal=HeldJournal(), facts=FactCache(Latch()),
        clock=FixedClock(), last_seq=0,
    )
    told: list[Decision] = []
    engine.listeners.append(told.append)
    for command in commands:
        if isinstance(command, Report):
            await engine.deliver(command)
        else:
            engine.post(command)
    task = asyncio.create_task(engine.run())
    await engine.drain()
    task.cancel()
    await asyncio.wait({task})
    assert all(decision.at == AT for decision in told)
    return told


async def order_of(*commands: Command) -> list[Command]:
    return [decision.command for decision in await decided(*commands)]


async def test_a_kill_overtakes_reports_too() -> None:
    on = kill(engaged=True)
    assert await order_of(FIRST, REPORT, on) == [on, REPORT, FIRST]


async def test_clearing_the_kill_switch_waits_its_turn() -> None:
    on, off = kill(engaged=True), kill(engaged=False)
    assert await order_of(on, FIRST, off, SECOND) == [on, FIRST, off, SECOND]
    told = await decided(on, session(Phase.TRADING), FIRST, off, SECOND)
    was_refused = [isinstance(d.events[-1], IntentRefused) for d in told]
    assert was_refused == [False, False, True, False, False]


async def test_a_kill_is_not_undone_by_a_clearing_from_before_it() -> None:
    on, off = kill(engaged=True), kill(engaged=False)
    told = await decided(on, session(Phase.TRADING), off, on, FIRST)
    switched = [e for d in told for e in d.events if isinstance(e, KillSwitchSet)]
    assert switched[-1].engaged
    assert isinstance(told[-1].events[-1], IntentRefused)


async def test_a_cancel_overtakes_the_submits_of_others_but_not_its_own() -> None:
    of_second, of_nobody = cancel(keyed_intent_id("second")), cancel("nobody")
    told = await decided(FIRST, SECOND, of_second, of_nobody)
    assert [d.command for d in told] == [of_nobody, FIRST, SECOND, of_second]
    assert isinstance(told[-1].events[-1], IntentRefused), "it was canceled, not missed"
    assert isinstance(told[0].events[-1], CancelRefused)


async def test_a_full_inbox_takes_a_cancel_of_what_waits_in_it() -> None:
    waiting = [an_intent(f"k{number}") for number in range(INBOX_MAX)]
    told = await decided(*waiting, cancel(keyed_intent_id("k7")))
    assert isinstance(told[-1].events[-1], IntentRefused)


async def test_what_the_wire_knows_keeps_its_place_among_the_reports() -> None:
    waiting = [an_intent(f"k{number}") for number in range(INBOX_MAX)]
    delivery = ReportDelivery(cl_ord_id=ClOrdID("x"), delivery=Delivery.UNKNOWN)
    commands = await order_of(*waiting, delivery, REPORT)
    assert commands[0] == REPORT, "a full inbox takes the delivery, and it says nothing of x"


def commands_waiting(engine: Engine) -> tuple[int, int]:
    return engine.waiting["urgent"], engine.waiting["normal"]


def an_engine() -> Engine:
    return Engine(
        book=a_book_with_a_closed_market(), journal=HeldJournal(), facts=FactCache(Latch()),
        clock=FixedClock(), last_seq=0,
    )


@pytest.mark.promise(21)
@pytest.mark.parametrize("command", [
    Flatten(route="paper", statement=Statement(account="P", as_of=AT, cash=Decimal(0)), by="x"),
    DisarmLive(reason="x", by="x"), RequestCancelAll(by="x"), cancel("nobody"),
], ids=lambda command: type(command).__name__)
async def test_what_stops_waits_in_no_crowd(command: Command) -> None:
    engine = an_engine()
    for _ in range(INBOX_MAX):
        engine.post(ClearHalt(symbol="SPY", reason="x", by="x"))
    engine.post(command)
    assert commands_waiting(engine) == (1, INBOX_MAX)


@pytest.mark.promise(21)
async def test_a_cancel_of_all_comes_at_once_and_once_more_behind_what_waits() -> None:
    stop = RequestCancelAll(by="test")
    engine = an_engine()
    for command in (FIRST, stop):
        engine.post(command)
    assert commands_waiting(engine) == (1, 2)
    told = await decided(FIRST, stop)
    assert [d.command for d in told] == [FIRST, stop]
    assert isinstance(told[-1].events[-1], IntentRefused), "what waited is taken back too"


@pytest.mark.promise(11)
async def test_a_disarming_is_not_undone_by_an_arming_from_before_it() -> None:
    arm = ArmLive(
        account="P", for_s=9, orders_max=1, notional_max_usd=Decimal(1), reason="x", by="x"
    )
    told = await decided(arm, DisarmLive(reason="x", by="x"))
    assert told == []
    (later,) = await decided(DisarmLive(reason="x", by="x"), arm)
    assert isinstance(later.events[-1], ArmingRefused), "and one from behind it is decided"


async def test_other_commands_keep_their_order() -> None:
    opens, closes = session(Phase.TRADING), session(Phase.CLOSED)
    assert await order_of(opens, FIRST, closes, SECOND) == [opens, FIRST, closes, SECOND]
