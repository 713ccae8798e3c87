"""How does something that blocks run beside the loop, without an end of the process waiting?

The loop's own threads are shared and waited for: a name server that hangs would hold up more.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class Aside:
    """A thread for one thing at a time: while the last one hangs there is no other."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._last: Future[Any] | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns, or raise its OSError."""
        if self._last is not None and not self._last.done():
            raise BlockingIOError(f"the last {self._name} hangs")
        done = self._last = Future[T]()
        done.set_running_or_notify_cancel()  # whoever waits no longer leaves it alone

        def told() -> None:
            try:
                done.set_result(work())
            except OSError as error:
                done.set_exception(error)
            finally:
                if not done.done():
                    done.set_exception(OSError(f"the {self._name} broke"))

        Thread(target=told, name=self._name, daemon=True).start()
        return await asyncio.wrap_future(done)
