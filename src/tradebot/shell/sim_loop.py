"""How can a day pass in seconds? An event loop whose time jumps, or runs N times as fast.

Under it everything that waits, waits on the loop's clock, so a run is the same whatever the machine
does meanwhile. Sockets are still served, every few turns.
"""

import asyncio
import selectors
import time
from collections import deque
from decimal import Decimal
from typing import Final

_UNSERVED_MAX: Final = 16  # turns of a jumping loop between two looks at the sockets


class _PacedSelector(selectors.DefaultSelector):
    """Turns waiting into the passing of virtual time."""

    def __init__(self, speed: float | None) -> None:
        super().__init__()
        self._speed = speed
        self._origin = time.monotonic()
        self._unserved = 0
        self.jumped = 0.0

    @property
    def is_jumping(self) -> bool:
        return self._speed is None

    def pace(self, speed: float | None) -> None:
        """Go on at another speed from the time that it is now."""
        self.jumped, self._origin = self.virtual_time(), time.monotonic()
        self._speed = speed

    def virtual_time(self) -> float:
        if self._speed is None:
            return self.jumped
        return self.jumped + (time.monotonic() - self._origin) * self._speed

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        if self._speed is None and timeout is not None and self._unserved < _UNSERVED_MAX:
            self._unserved += 1
            self.jumped += timeout
            return []
        self._unserved = 0
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        if self._speed is not None:
            return super().select(timeout / self._speed)
        events = super().select(0)
        if not events:
            self.jumped += timeout
        return events


class SimLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time; `speed` None jumps, a number runs that many times as fast."""

    _ready: "deque[asyncio.Handle]"
    _scheduled: "list[asyncio.TimerHandle]"

    def __init__(self, speed: Decimal | None = None) -> None:
        self._paced = _PacedSelector(None if speed is None else float(speed))
        super().__init__(self._paced)

    def skip_to(self, when: float) -> bool:
        """Jump in the middle of a turn, where nothing else happens before; tell whether it did."""
        is_next = not self._ready and not (self._scheduled and self._scheduled[0].when() <= when)
        if not (self._paced.is_jumping and is_next):
            return False
        self._paced.jumped = when
        return True

    def pace(self, speed: Decimal | None) -> None:
        """Jump from now on (None), or run so many times as fast."""
        self._paced.pace(None if speed is None else float(speed))

    def time(self) -> float:
        return self._paced.virtual_time()

