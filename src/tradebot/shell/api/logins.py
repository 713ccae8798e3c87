"""Who has logged in, for how long, and who guesses? Kept in memory: a restart ends every login."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tradebot.shell.api.token import fingerprint, unguessable

LOGINS_MAX: Final = 64
CODES_MAX: Final = 8
CODE_S: Final = 60.0
FAILURES_MAX: Final = 10
FAILURES_WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Login:
    """One login: who it is, and until when by the loop's clock."""

    name: str
    until: float


class Logins:
    """Logins and one-time codes, known by their fingerprints; the oldest make room.

    `now` tells seconds that pass as for whoever asks.
    """

    def __init__(
        self, now: Callable[[], float], life_s: float, draw: Callable[[], str] = unguessable
    ) -> None:
        self._now = now
        self._draw = draw
        self.life_s = life_s
        self._open: dict[bytes, Login] = {}
        self._codes: dict[bytes, float] = {}

    def open(self, name: str) -> str:
        """Log somebody in; return what names the session."""
        key = self._draw()
        _make_room(self._open, LOGINS_MAX)
        self._open[fingerprint(key)] = Login(name, self._now() + self.life_s)
        return key

    def of(self, key: str) -> Login | None:
        found = self._open.get(fingerprint(key))
        return found if found is not None and self._now() < found.until else None

    def close(self, key: str) -> None:
        self._open.pop(fingerprint(key), None)

    def clear(self) -> None:
        self._open.clear()
        self._codes.clear()

    def new_code(self) -> str:
        """Return a code that opens one session, once and soon."""
        code = self._draw()
        _make_room(self._codes, CODES_MAX)
        self._codes[fingerprint(code)] = self._now() + CODE_S
        return code

    def spend(self, code: str) -> bool:
        until = self._codes.pop(fingerprint(code), None)
        return until is not None and self._now() < until


class Throttle:
    """Counts failures; after so many, nobody may try again until the oldest is a minute ago."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures: deque[float] = deque(maxlen=FAILURES_MAX)

    def failed(self) -> None:
        self._failures.append(self._now())

    def wait_s(self) -> float:
        """Return how long nobody may try; nothing where somebody may."""
        if len(self._failures) < FAILURES_MAX:
            return 0.0
        return max(0.0, self._failures[0] + FAILURES_WITHIN_S - self._now())


def _make_room(table: dict[bytes, Login] | dict[bytes, float], most: int) -> None:
    while len(table) >= most:
        table.pop(next(iter(table)))
