"""Does the event loop still turn? Asked from a thread: all else waits where a call hangs.

It only tells, and ends a process that stays dead; what a stall means is decided by who listens.
"""

import asyncio
import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from typing import Final

EXIT_STALLED: Final = 70
_SLICES: Final = 10  # of every wait: one that a stopped process slept through is only a tenth


class Watchdog:
    """Watches the running loop inside its `with` block; tells once of every stall."""

    def __init__(self, stall_s: float, exit_s: float, on_stall: Callable[[], None]) -> None:
        self._stall_s = stall_s
        self._exit_s = exit_s
        self._on_stall = on_stall
        self._loop = asyncio.get_running_loop()
        self._ended = threading.Event()

    def __enter__(self) -> None:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(self._stall_s / _SLICES):
            if self._turns_within(self._stall_s):
                continue
            self._on_stall()
            if not self._turns_within(self._exit_s):
                faulthandler.dump_traceback(sys.__stderr__ or 2)
                os._exit(EXIT_STALLED)

    def _turns_within(self, seconds: float) -> bool:
        turned = threading.Event()
        try:
            self._loop.call_soon_threadsafe(turned.set)
        except RuntimeError:  # the loop was closed
            return True
        waits = (turned.wait(seconds / _SLICES) for _ in range(_SLICES))
        return any(is_turned or self._ended.is_set() for is_turned in waits)
