"""How does something that blocks run beside the loop, without an end of the process waiting?

The loop's own threads are shared and waited for: a name server that hangs would hold up more.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


class Aside:
    """A thread for one thing at a time: while the last one hangs there is no other."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread: Thread | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns, or raise its OSError."""
        if self._thread is not None and self._thread.is_alive():
            raise BlockingIOError(f"the last {self._name} hangs")
        done: Future[T] = Future()
        done.set_running_or_notify_cancel()  # whoever waits no longer leaves it alone

        def told() -> None:
            try:
                done.set_result(work())
            except OSError as error:
                done.set_exception(error)

        self._thread = Thread(target=told, name=self._name, daemon=True)
        self._thread.start()
        return await asyncio.wrap_future(done)
