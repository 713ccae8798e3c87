"""What time is it? The only file that reads the wall clock; everything else is handed a Clock."""

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta

from tradebot.shell.sim_loop import SimLoop

stopwatch = time.perf_counter  # how long a call takes, whatever a simulated clock says meanwhile


class WallClock:
    """The machine's clock, for a daemon in real time."""

    longest_sleep_s = 60.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def skip_to(self, due: datetime) -> bool:
        return False


class LoopClock:
    """A clock that follows the event loop's own time from a given start: they never part."""

    longest_sleep_s = math.inf

    def __init__(self, start: datetime, loop: asyncio.AbstractEventLoop) -> None:
        if start.tzinfo is None:
            raise ValueError(f"start: expected a time with its zone, got {start.isoformat()}")
        self._start = start.astimezone(UTC)
        self._loop = loop
        self._origin = loop.time()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time() - self._origin)

    def skip_to(self, due: datetime) -> bool:
        when = self._origin + (due - self._start).total_seconds()
        return isinstance(self._loop, SimLoop) and self._loop.skip_to(when)
