"""When may time jump in the middle of a turn? Where nobody else would have run before."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

from tradebot.shell.clock import LoopClock
from tradebot.shell.sim_loop import SimLoop

AT = datetime(2026, 8, 24, 14, tzinfo=UTC)


def skips(
    seconds: float, *, beside: Callable[[asyncio.AbstractEventLoop], object] = id,
    speed: Decimal | None = None,
) -> tuple[bool, float]:
    """Return what a clock says that should go there, and how far it went."""
    async def play() -> tuple[bool, float]:
        loop = asyncio.get_running_loop()
        clock = LoopClock(AT, loop)
        beside(loop)
        skipped = clock.skip_to(AT + timedelta(seconds=seconds))
        return skipped, (clock.now() - AT).total_seconds()

    with asyncio.Runner(loop_factory=partial(SimLoop, speed)) as runner:
        return runner.run(play())


def test_time_jumps_to_what_is_due_next() -> None:
    assert skips(60.000001) == (True, 60.000001)
    assert skips(60, beside=lambda loop: loop.call_later(61, print)) == (True, 60)


def test_time_stands_where_somebody_else_is_due_before_or_then() -> None:
    assert skips(60, beside=lambda loop: loop.call_later(59, print)) == (False, 0)
    assert skips(60, beside=lambda loop: loop.call_at(loop.time() + 60, print)) == (False, 0)


def test_time_stands_where_somebody_else_is_ready() -> None:
    assert skips(60, beside=lambda loop: loop.call_soon(int)) == (False, 0)


def test_a_loop_that_does_not_jump_skips_nothing() -> None:
    skipped, went = skips(60, speed=Decimal(1))
    assert not skipped
    assert went < 60
