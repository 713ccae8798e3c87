"""Is a wall clock that was set seen within a second, and believed again only after a while?"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from tests.shell.test_clock_steps import Machine, lived

from tradebot.core.model.commands import Control, SetControl
from tradebot.core.model.events import IntentHeld, OrderSubmitted
from tradebot.core.model.reason import Reason
from tradebot.shell import clock_watch

SETTLE_S = 60


def watched(story: Callable[[Machine], Awaitable[None]]) -> None:
    async def watching(machine: Machine) -> None:
        task = asyncio.create_task(
            clock_watch.watch(machine.clock, machine.engine, machine.facts)
        )
        await asyncio.sleep(3)
        await story(machine)
        assert not task.done()
        task.cancel()

    lived(watching)


def is_believed(machine: Machine) -> bool:
    return Control.CLOCK_SET not in machine.book.controls


@pytest.mark.promise(30)
@pytest.mark.fault(41, 42)
@pytest.mark.parametrize("step_s", [1.1, -1.1, 3600, -3600, 86_400, -10 * 365 * 86_400])
def test_what_comes_after_a_step_waits_until_the_clock_has_run_evenly(step_s: float) -> None:
    async def story(machine: Machine) -> None:
        machine.clock.offset += timedelta(seconds=step_s)
        await asyncio.sleep(clock_watch.LOOK_EVERY_S)
        machine.quote()
        held = (await machine.submit("k")).events[-1]
        assert isinstance(held, IntentHeld)
        assert Reason.RISK_CLOCK_SET in {gate.reason for gate in held.gates}
        await asyncio.sleep(SETTLE_S - 2)
        assert not is_believed(machine)
        machine.quote()
        await asyncio.sleep(2)
        assert is_believed(machine)

    watched(story)


def test_a_clock_that_is_set_again_and_again_is_not_believed_in_between() -> None:
    async def story(machine: Machine) -> None:
        for _ in range(5):
            machine.clock.offset += timedelta(seconds=30)
            await asyncio.sleep(SETTLE_S - 5)
            assert not is_believed(machine)
        await asyncio.sleep(10)
        assert is_believed(machine)

    watched(story)


def test_a_clock_that_is_slewed_is_not_set() -> None:
    async def story(machine: Machine) -> None:
        for _ in range(600):
            machine.clock.offset += timedelta(milliseconds=5)
            await asyncio.sleep(1)
        assert not machine.told

    watched(story)


def test_what_a_past_life_no_longer_believed_is_believed_after_the_same_while() -> None:
    async def story(machine: Machine) -> None:
        await machine.engine.submit(SetControl(
            control=Control.CLOCK_SET, engaged=True, reason="before", by="clock"
        ))
        task = asyncio.create_task(
            clock_watch.watch(machine.clock, machine.engine, machine.facts)
        )
        await asyncio.sleep(SETTLE_S - 1)
        assert not is_believed(machine)
        await asyncio.sleep(2)
        assert is_believed(machine)
        task.cancel()

    lived(story)


@pytest.mark.fault(41, 82)
def test_a_quote_of_the_time_before_bars_the_way_to_none_of_the_time_after() -> None:
    async def story(machine: Machine) -> None:
        machine.quote()
        machine.clock.offset -= timedelta(hours=1)
        await asyncio.sleep(1)
        machine.quote()
        assert machine.facts.quotes["SPY"].as_of == machine.clock.now()

    watched(story)


def test_what_was_held_is_sent_by_the_time_that_is_believed_then() -> None:
    async def story(machine: Machine) -> None:
        machine.clock.offset += timedelta(seconds=30)
        await asyncio.sleep(1)
        await machine.submit("k")
        await asyncio.sleep(SETTLE_S - 2)
        machine.quote()
        await asyncio.sleep(2)
        assert isinstance(machine.told[-1].events[-1], OrderSubmitted)

    watched(story)
