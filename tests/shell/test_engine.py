"""Does the single writer keep its promise: decide, make durable, only then tell?"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.makers import some_settings

from tradebot.core.book.book import Book
from tradebot.core.model.capabilities import Capabilities, takes_all
from tradebot.core.model.commands import (
    ActivateSettings,
    ConnectRoute,
    DefineInstruments,
    EnterSession,
    Phase,
    SetKillSwitch,
    SubmitIntent,
)
from tradebot.core.model.events import IntentHeld, IntentRefused, KillSwitchSet
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Leg, Side, Source
from tradebot.core.model.report import ExecType, Report, Statement
from tradebot.core.model.settings import RouteKind
from tradebot.core.pipeline.handle import handle
from tradebot.shell.clock import LoopClock
from tradebot.shell.engine import INBOX_MAX, Busy, Engine
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import Latch
from tradebot.shell.sim_loop import SimLoop

AT = datetime(2026, 8, 24, 14, tzinfo=UTC)


class FixedClock:
    longest_sleep_s = 60.0

    def now(self) -> datetime:
        return AT


class HeldJournal:
    """A journal whose sync returns only when the test says so."""

    def __init__(self) -> None:
        self.appended: list[Decision] = []
        self.pending: list[asyncio.Future[None]] = []
        self.is_instant = True

    def append(self, decisions: Sequence[Decision]) -> "asyncio.Future[None]":
        self.appended.extend(decisions)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.is_instant:
            future.set_result(None)
        else:
            self.pending.append(future)
        return future


def session(phase: Phase, calendar: str = "XNYS") -> EnterSession:
    return EnterSession(calendar=calendar, phase=phase)


def an_intent(key: str) -> SubmitIntent:
    leg = Leg(symbol="SPY", side=Side.BUY)
    intent = Intent(legs=(leg,), order_qty=Decimal(1), key=key, source=Source.CLI)
    return SubmitIntent(intent=intent)


@asynccontextmanager
async def running(journal: HeldJournal) -> AsyncIterator[Engine]:
    engine = Engine(
        book=Book(), journal=journal, facts=FactCache(Latch()), clock=FixedClock(), last_seq=0
    )
    task = asyncio.create_task(engine.run())
    try:
        yield engine
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_a_submitted_command_answers_with_its_durable_decision() -> None:
    async with running(HeldJournal()) as engine:
        decision = await engine.submit(session(Phase.TRADING))
    assert decision is not None
    assert decision.seq == 1
    assert decision.at == AT


@pytest.mark.promise(2, 10)
@pytest.mark.fault(34)
async def test_nothing_is_published_or_answered_before_the_sync_returns() -> None:
    journal = HeldJournal()
    journal.is_instant = False
    told: list[Decision] = []
    async with running(journal) as engine:
        engine.listeners.append(told.append)
        answer = asyncio.create_task(engine.submit(session(Phase.TRADING)))
        await asyncio.sleep(0.01)
        assert journal.appended
        assert not told
        assert not answer.done()
        journal.pending.pop().set_result(None)
        await answer
        assert [d.seq for d in told] == [1]


@pytest.mark.fault(34)
async def test_a_second_batch_is_decided_while_the_first_one_syncs() -> None:
    journal = HeldJournal()
    journal.is_instant = False
    async with running(journal) as engine:
        first = asyncio.create_task(engine.submit(session(Phase.PRE_MARKET)))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(engine.submit(session(Phase.TRADING)))
        await asyncio.sleep(0.01)
        assert [d.seq for d in journal.appended] == [1, 2]
        journal.pending[1].set_result(None)
        await asyncio.sleep(0.01)
        assert not second.done(), "publishing must stay in order"
        journal.pending[0].set_result(None)
        await asyncio.gather(first, second)


@pytest.mark.promise(10)
@pytest.mark.fault(8)
async def test_it_is_drained_only_when_the_last_batch_is_durable_and_told() -> None:
    journal = HeldJournal()
    journal.is_instant = False
    async with running(journal) as engine:
        told: list[Decision] = []
        engine.listeners.append(told.append)
        for number, phase in enumerate((Phase.PRE_MARKET, Phase.TRADING), 1):
            engine.post(session(phase))
            await asyncio.sleep(0.01)
            assert len(journal.pending) == number
        drained = asyncio.create_task(engine.drain())
        journal.pending[0].set_result(None)
        await asyncio.sleep(0.01)
        assert (len(told), drained.done()) == (1, False)
        journal.pending[1].set_result(None)
        await drained
        assert len(told) == 2


async def test_a_command_that_changes_nothing_writes_nothing() -> None:
    journal = HeldJournal()
    async with running(journal) as engine:
        await engine.submit(session(Phase.TRADING))
        assert await engine.submit(session(Phase.TRADING)) is None
    assert len(journal.appended) == 1


@pytest.mark.promise(2, 10)
@pytest.mark.fault(31, 32)
async def test_a_failed_sync_stops_the_engine_and_publishes_nothing() -> None:
    journal = HeldJournal()
    journal.is_instant = False
    told: list[Decision] = []
    engine = Engine(
        book=Book(), journal=journal, facts=FactCache(Latch()), clock=FixedClock(), last_seq=0
    )
    engine.listeners.append(told.append)
    task = asyncio.create_task(engine.run())
    engine.post(session(Phase.TRADING))
    await asyncio.sleep(0.01)
    journal.pending[0].set_exception(OSError("disk is gone"))
    with pytest.raises(ExceptionGroup):
        await task
    assert not told


@pytest.mark.promise(6, 20)
async def test_a_full_inbox_says_busy_but_a_kill_still_goes_in() -> None:
    engine = Engine(
        book=Book(), journal=HeldJournal(), facts=FactCache(Latch()), clock=FixedClock(), last_seq=0
    )
    for number in range(INBOX_MAX):
        engine.post(an_intent(f"k{number}"))
    with pytest.raises(Busy):
        engine.post(an_intent("one more"))
    engine.post(SetKillSwitch(engaged=True, reason="test", by="test"))
    told: list[Decision] = []
    engine.listeners.append(told.append)
    task = asyncio.create_task(engine.run())
    await engine.drain()
    task.cancel()
    await asyncio.wait({task})
    assert isinstance(told[0].events[0], KillSwitchSet), "the kill overtakes what waits"
    refused = [e for d in told for e in d.events if isinstance(e, IntentRefused)]
    assert len(refused) == INBOX_MAX


@pytest.mark.promise(20)
async def test_reports_press_back_when_their_lane_is_full() -> None:
    engine = Engine(
        book=Book(), journal=HeldJournal(), facts=FactCache(Latch()), clock=FixedClock(), last_seq=0
    )
    report = Report(route="paper", cl_ord_id="x", exec_type=ExecType.NEW)
    for _ in range(INBOX_MAX):
        await engine.deliver(report)
    late = asyncio.create_task(engine.deliver(report))
    await asyncio.sleep(0.01)
    assert not late.done()
    told: list[Decision] = []
    engine.listeners.append(told.append)
    task = asyncio.create_task(engine.run())
    await late
    await engine.drain()
    task.cancel()
    await asyncio.wait({task})
    assert len(told) == INBOX_MAX + 1, "nothing was dropped"


def test_an_intent_that_outlives_its_time_is_refused_by_a_tick() -> None:
    """On a loop that jumps: the engine itself asks for the Tick, nobody polls."""
    loop = SimLoop()
    told: list[Decision] = []

    async def live() -> None:
        engine = Engine(
            book=a_book_with_a_closed_market(), journal=HeldJournal(), facts=FactCache(Latch()),
            clock=LoopClock(AT, loop), last_seq=0,
        )
        engine.listeners.append(told.append)
        task = asyncio.create_task(engine.run())
        command = an_intent("short-lived")
        await engine.submit(SubmitIntent(intent=replace(command.intent, ttl_s=3600)))
        await asyncio.sleep(3599)
        assert len(told) == 1
        await asyncio.sleep(2)
        task.cancel()
        await asyncio.wait({task})

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(live())
    assert isinstance(told[0].events[-1], IntentHeld)
    refused = told[-1].events[-1]
    assert isinstance(refused, IntentRefused)
    assert refused.reason == "POLICY_INTENT_EXPIRED"
    assert told[-1].at == AT + timedelta(hours=1)


def a_book_with_a_closed_market() -> Book:
    book = Book()
    statement = Statement(account="P", as_of=AT, cash=Decimal(1000))
    can = Capabilities(takes=takes_all(), real_money=False)
    for command in (
        ActivateSettings(settings=some_settings(), version="1"),
        DefineInstruments(instruments=(Instrument(symbol="SPY"),)),
        ConnectRoute(route="paper", kind=RouteKind.PAPER, capabilities=can, statement=statement),
        session(Phase.CLOSED),
    ):
        assert tuple(handle(book, command, FactCache(Latch()).view(), AT))
    return book
