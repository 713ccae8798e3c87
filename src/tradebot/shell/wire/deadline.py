"""How long may a call take? One timer for all calls of a route, so that none costs a timer."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class Deadline:
    """Ends every call after the same time, with TimeoutError; a task makes one call at a time."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._due: dict[asyncio.Task[Any], float] = {}  # the longest under way stand first
        self._overdue: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def bound(self, call: Awaitable[T]) -> T:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        self._due[task] = loop.time() + self._within_s
        if self._timer is None:
            self._timer = loop.call_later(self._within_s, self._look)
        try:
            return await call
        except asyncio.CancelledError:
            if task not in self._overdue or task.uncancel() > 0:
                raise  # somebody else wants the task to end
            raise TimeoutError(f"no answer in {self._within_s:g} s") from None
        finally:
            self._overdue.discard(task)
            del self._due[task]

    def overdue_s(self) -> float:
        """Tell how long the oldest call goes on though it was ended; 0 when none does."""
        now = asyncio.get_running_loop().time()
        return max(0.0, now - next(iter(self._due.values()), now))

    def _look(self) -> None:
        """End what is due, and look again when the next one is."""
        loop, self._timer = asyncio.get_running_loop(), None
        now = loop.time()
        for task, due in self._due.items():
            if due > now:
                self._timer = loop.call_at(due, self._look)
                return
            if task not in self._overdue:
                self._overdue.add(task)
                task.cancel()
