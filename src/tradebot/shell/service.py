"""What does the service manager know of us? Ready, reloading, alive, stopping; never a secret.

systemd's protocol: one datagram of NAME=VALUE lines to a socket that it names. Without a manager
nothing is said. Nobody waits for it: what it cannot take now is said again with the next word.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Final, TypeVar

from tradebot.core.model.sound import printable

T = TypeVar("T")

EXTEND_S: Final = 60.0  # how much longer a start may take that still makes progress
_PROGRESS: Final = 5_000  # decisions read; a second's work, or ten on a small machine
_STATUS_MAX: Final = 300
_MOMENTARY: Final = ("WATCHDOG", "EXTEND_TIMEOUT_USEC")  # true when said, and never afterwards


class Service:
    """A line to the manager; `watchdog_s` is how long it bears to hear nothing, None for ever."""

    def __init__(self, address: str = "", watchdog_s: float | None = None) -> None:
        self.watchdog_s = watchdog_s
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._owed: dict[str, str] = {}

    @classmethod
    def of(cls, environ: Mapping[str, str], pid: int) -> "Service":
        """Return the line that the manager gave us; a watchdog for another process is not ours."""
        given = environ.get("WATCHDOG_USEC", "")
        is_ours = environ.get("WATCHDOG_PID", str(pid)) == str(pid)
        is_fed = is_ours and given.isascii() and given.isdigit() and int(given) > 0
        return cls(environ.get("NOTIFY_SOCKET", ""), int(given) / 1e6 if is_fed else None)

    @property
    def is_heard(self) -> bool:
        return bool(self._address)

    def ready(self) -> None:
        self._tell(READY="1")

    def status(self, text: str) -> None:
        """Say in one line how we are."""
        self._tell(STATUS=printable(text)[:_STATUS_MAX])

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """Hold the manager off while settings are read anew; however that ends, we are ready."""
        self._tell(RELOADING="1", MONOTONIC_USEC=str(time.monotonic_ns() // 1000))
        try:
            yield
        finally:
            self._tell(READY="1")

    def alive(self) -> None:
        self._tell(WATCHDOG="1")

    def extend(self) -> None:
        """Ask for more time to start, because there was progress."""
        self._tell(EXTEND_TIMEOUT_USEC=str(int(EXTEND_S * 1e6)))

    def extending(self, take: Callable[[T], None]) -> Callable[[T], None]:
        """Return the same, which asks for more time as long as there is more to take."""
        if not self.is_heard:
            return take
        taken = count(1)

        def take_and_tell(given: T) -> None:
            take(given)
            if next(taken) % _PROGRESS == 0:
                self.extend()

        return take_and_tell

    def stopping(self) -> None:
        self._tell(STOPPING="1")

    def _tell(self, **said: str) -> None:
        if not self._address:
            return
        if "READY" in said:  # a reload whose beginning was not heard is over
            self._owed.pop("RELOADING", None)
            self._owed.pop("MONOTONIC_USEC", None)
        self._owed |= said
        text = "\n".join(f"{name}={value}" for name, value in self._owed.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.setblocking(False)
                line.sendto(os.fsencode(text), self._address)
        except OSError:  # its queue is full, or it is gone: what still matters is said again
            self._owed = {k: v for k, v in self._owed.items() if k not in _MOMENTARY}
        else:
            self._owed.clear()
