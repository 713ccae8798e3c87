"""How does someone follow what is published? In order, bounded; who is slow hears what is lost."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final, Generic, TypeVar

from tradebot.shell.journal.decision import Decision

WAITING_MAX: Final = 1024

T = TypeVar("T")


class FellBehind(Exception):
    """A reader was too slow; the stream goes on behind what is lost, and the journal has it."""

    def __init__(self, count: int, first_seq: int, last_seq: int) -> None:
        super().__init__(
            f"{count} items of the decisions {first_seq} to {last_seq} came faster than they were"
            " read and are lost to this stream; the journal has them"
        )
        self.count, self.first_seq, self.last_seq = count, first_seq, last_seq


class Stream(AsyncIterator[T], Generic[T]):
    """Items picked from every decision published from now on; the publisher never waits."""

    def __init__(
        self, pick: Callable[[Decision], Iterable[T]], waiting_max: int = WAITING_MAX
    ) -> None:
        self._pick = pick
        self._waiting_max = waiting_max
        self._waiting: deque[tuple[int, T]] = deque()
        self._lost: tuple[int, int, int] | None = None  # how many; of which decisions
        self._news = asyncio.Event()
        self._is_over = False

    def on_decision(self, decision: Decision) -> None:
        for item in self._pick(decision):
            if len(self._waiting) == self._waiting_max:
                self._lose(self._waiting.popleft()[0])
            self._waiting.append((decision.seq, item))
            self._news.set()

    @property
    def waiting(self) -> int:
        """Count what can be read without waiting."""
        return len(self._waiting)

    def end(self) -> None:
        """Let the reader have what waits, and then no more."""
        self._is_over = True
        self._news.set()

    async def __anext__(self) -> T:
        while not self._waiting:
            if self._is_over:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        if self._lost:
            lost, self._lost = self._lost, None
            raise FellBehind(*lost)
        return self._waiting.popleft()[1]

    def _lose(self, seq: int) -> None:
        count, first, _ = self._lost or (0, seq, seq)
        self._lost = (count + 1, first, seq)
