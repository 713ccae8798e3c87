"""Is a loop that stands still told of, once, and one that turns left alone?"""

import asyncio
import time

import pytest

from tradebot.shell.strategies.watchdog import Watchdog


def told_while(blocked_s: float, idle_s: float) -> list[float]:
    told: list[float] = []

    async def main() -> None:
        with Watchdog(stall_s=0.2, exit_s=30, on_stall=lambda: told.append(time.monotonic())):
            await asyncio.sleep(idle_s)
            time.sleep(blocked_s)
            await asyncio.sleep(idle_s)
        time.sleep(0.4)  # what happens after the block is nobody's stall

    asyncio.run(main())
    return told


def test_a_loop_that_turns_is_left_alone() -> None:
    assert told_while(0.05, idle_s=0.3) == []


@pytest.mark.fault(16)
def test_a_loop_that_stands_still_is_told_of_once_while_it_stands() -> None:
    before = time.monotonic()
    (at,) = told_while(0.8, idle_s=0.1)
    assert 0.2 <= at - before < 0.9, "it was told before the call came back"
