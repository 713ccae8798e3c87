"""A machine that slept, or whose clock was set: is anything sent that belongs to the time before?

The loop's own clock stands still in a suspended machine, and the wall clock jumps when it wakes.
How the market's phase follows such a clock is tested in test_follow_calendar.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.makers import Trader, an_intent, at

from tradebot.core.model.commands import SubmitIntent
from tradebot.core.model.events import IntentHeld, IntentRefused, OrderSubmitted
from tradebot.core.model.facts import Quote
from tradebot.core.model.reason import Reason
from tradebot.shell.clock import LoopClock
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import Latch
from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.wire.may_send import MaySend

HOURS, MINUTE = timedelta(hours=3), timedelta(minutes=1)


class SettableClock:
    longest_sleep_s = 60.0

    def __init__(self, start: datetime) -> None:
        self._loop = LoopClock(start, asyncio.get_running_loop())
        self.offset = timedelta()

    def now(self) -> datetime:
        return self._loop.now() + self.offset


class Machine:
    """An engine on a morning's book, its wall clock, and all it published."""

    def __init__(self) -> None:
        trader = Trader()
        self.book, self.latch, self.clock = trader.book, Latch(), SettableClock(at(60))
        self.facts = FactCache(self.latch)
        self.told: list[Decision] = []
        self.engine = Engine(
            book=self.book, journal=self, facts=self.facts, clock=self.clock, last_seq=0
        )
        self.engine.listeners.append(self.told.append)

    def append(self, decisions: Sequence[Decision]) -> "asyncio.Future[None]":
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future

    def quote(self) -> None:
        self.facts.on_market(Quote(
            symbol="SPY", bid=Decimal(500), ask=Decimal("500.02"), as_of=self.clock.now()
        ))

    async def submit(self, key: str, ttl_s: int = 3600) -> Decision:
        decision = await self.engine.submit(
            SubmitIntent(intent=an_intent("buy", 10, key=key, ttl_s=ttl_s))
        )
        assert decision is not None
        return decision


def lived(story: Callable[[Machine], Awaitable[None]]) -> None:
    async def live() -> None:
        machine = Machine()
        task = asyncio.create_task(machine.engine.run())
        await story(machine)
        task.cancel()
        await asyncio.wait({task})

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(live())


@pytest.mark.promise(16)
@pytest.mark.fault(11, 42)
def test_a_held_intent_whose_end_came_in_the_sleep_expires_within_a_minute_of_waking() -> None:
    async def story(machine: Machine) -> None:
        held = await machine.submit("k", ttl_s=int(HOURS.total_seconds()))
        assert isinstance(held.events[-1], IntentHeld), "there is no quote"
        await asyncio.sleep(10)
        machine.clock.offset += HOURS
        await asyncio.sleep(60)
        refused = machine.told[-1].events[-1]
        assert isinstance(refused, IntentRefused)
        assert refused.reason is Reason.RISK_PAUSE_EXPIRED

    lived(story)


@pytest.mark.promise(24)
@pytest.mark.fault(41)
def test_a_clock_set_back_expires_nothing_early_and_everything_on_time() -> None:
    async def story(machine: Machine) -> None:
        await machine.submit("k", ttl_s=1800)
        machine.clock.offset -= 20 * MINUTE
        await asyncio.sleep(1800)
        assert len(machine.told) == 1, "by the wall clock it has twenty minutes left"
        await asyncio.sleep(1201)
        assert isinstance(machine.told[-1].events[-1], IntentRefused)

    lived(story)


@pytest.mark.promise(15)
@pytest.mark.fault(11, 42)
def test_a_quote_of_before_the_sleep_is_too_old_to_decide_by() -> None:
    async def story(machine: Machine) -> None:
        machine.quote()
        machine.clock.offset += HOURS
        held = (await machine.submit("k")).events[-1]
        assert isinstance(held, IntentHeld)
        assert held.reason is Reason.RISK_STALE_DATA

    lived(story)


@pytest.mark.fault(41, 82)
def test_a_quote_from_after_the_time_that_a_mended_clock_shows_is_none_to_decide_by() -> None:
    async def story(machine: Machine) -> None:
        machine.quote()
        machine.clock.offset -= 5 * MINUTE
        held = (await machine.submit("k")).events[-1]
        assert isinstance(held, IntentHeld)
        assert held.reason is Reason.RISK_STALE_DATA

    lived(story)


@pytest.mark.promise(16)
@pytest.mark.fault(11, 42, 88)
def test_a_clearance_of_before_the_sleep_sends_nothing() -> None:
    async def story(machine: Machine) -> None:
        machine.quote()
        sent = (await machine.submit("k")).events[-1]
        assert isinstance(sent, OrderSubmitted)
        may_send = MaySend(machine.book, machine.latch, machine.clock, lambda: 0.0)
        assert may_send.why_not(sent) is None
        machine.clock.offset += MINUTE
        assert may_send.why_not(sent) == "the clearance ended before it could be sent"

    lived(story)
