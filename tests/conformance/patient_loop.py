"""How can real sockets be waited for quickly, on a machine that is busy with something else?

The loop's time runs so many times as fast as ours, but never leaps: what the system took from this
process for others counts for nothing. Both ends of every connection live in this process, so no
deadline can end because one of them was not given the processor.
"""

import asyncio
import selectors
import time
from decimal import Decimal
from typing import Final

_STEP_S: Final = 0.01  # the most that one look at the clock counts, in our time


class PatientLoop(asyncio.SelectorEventLoop):
    """An event loop for tests whose time only passes while it is served."""

    def __init__(self, speed: Decimal) -> None:
        self._steady = _SteadySelector(float(speed))
        super().__init__(self._steady)

    def time(self) -> float:
        return self._steady.passed()


class _SteadySelector(selectors.DefaultSelector):
    """Waits in short steps, so that a long one is known to be somebody else's."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed
        self._seen = time.monotonic()
        self._passed = 0.0

    def passed(self) -> float:
        before, self._seen = self._seen, time.monotonic()
        self._passed += min(self._seen - before, _STEP_S) * self._speed
        return self._passed

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            timeout = min(timeout / self._speed, _STEP_S)
        return super().select(timeout)
