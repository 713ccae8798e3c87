"""May one more message go out now? A bucket of tokens, of which a part is for cancels alone."""

import asyncio
from typing import Final

_ROUNDING: Final = 1e-9  # a wait for less than this would not move the clock


class Limiter:
    """Holds one second's messages at most. Orders queue for what is above the cancels' share."""

    def __init__(self, messages_per_s: float, cancels_frac: float) -> None:
        self._rate = messages_per_s
        self._most = max(1.0, messages_per_s)
        self._reserved = min(self._most - 1.0, self._most * cancels_frac)
        self._tokens = self._most
        self._filled: float | None = None
        self._line = asyncio.Lock()

    async def order(self) -> None:
        """Wait for a turn; orders go out in the order in which they asked."""
        async with self._line:
            await self._take(self._reserved)

    async def cancel(self) -> None:
        await self._take(0.0)

    async def _take(self, floor: float) -> None:
        while True:
            lacking = floor + 1.0 - self._level()
            if lacking <= _ROUNDING:
                self._tokens -= 1.0
                return
            await asyncio.sleep(lacking / self._rate)

    def _level(self) -> float:
        now = asyncio.get_running_loop().time()
        passed_s = 0.0 if self._filled is None else now - self._filled
        self._tokens, self._filled = min(self._most, self._tokens + passed_s * self._rate), now
        return self._tokens
