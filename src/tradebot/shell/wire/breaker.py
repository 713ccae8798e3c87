"""Has a route failed too often in a row? Then nothing but cancels goes out until a probe returns.

CLOSED -- failures in a row --> OPEN -- time --> HALF_OPEN -- one probe --> CLOSED, or OPEN again.
What the broker refuses in so many words is an answer, and no failure.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from tradebot.core.model.commands import BreakerState

HISTORY_S: Final = 300.0
_KEPT_MAX: Final = 1_000

OnChange = Callable[[BreakerState, str], None]


class Breaker:
    """Counts what callers tell it; times are those of the event loop, in seconds."""

    def __init__(self, threshold: int, timeout_s: float, on_change: OnChange) -> None:
        self.state = BreakerState.CLOSED
        self.failures = 0  # in a row
        self.failures_total = 0
        self.last_failure = ""
        self.reopens = 0.0  # when a probe may go out, while it is open
        self._recent: deque[float] = deque(maxlen=_KEPT_MAX)
        self._threshold = threshold
        self._timeout_s = timeout_s
        self._on_change = on_change

    def recent(self, now: float) -> int:
        """Count the failures of the last five minutes."""
        return sum(now - then <= HISTORY_S for then in self._recent)

    def succeeded(self) -> None:
        if self.state is BreakerState.HALF_OPEN:
            self._move(BreakerState.CLOSED, "the broker answers again")
        if self.state is BreakerState.CLOSED:
            self.failures = 0

    def failed(self, now: float, text: str) -> None:
        self.failures += 1
        self.failures_total += 1
        self.last_failure = text
        self._recent.append(now)
        is_enough = self.state is BreakerState.CLOSED and self.failures >= self._threshold
        if is_enough or self.state is BreakerState.HALF_OPEN:
            self.reopens = now + self._timeout_s
            self._move(BreakerState.OPEN, f"{self.failures} calls failed in a row: {text}")

    def begin_probe(self, now: float) -> bool:
        """Let one probe go out, where it is time for it."""
        is_time = self.state is BreakerState.OPEN and now >= self.reopens
        if is_time:
            self._move(BreakerState.HALF_OPEN, "one probe goes out")
        return is_time

    def probe_in_s(self, now: float) -> float | None:
        """Return how long until a probe goes out, while orders wait for one."""
        return max(0.0, self.reopens - now) if self.state is BreakerState.OPEN else None

    def reset(self) -> None:
        """Begin anew with a new connection: it was proof enough."""
        self.state, self.failures = BreakerState.CLOSED, 0

    def _move(self, state: BreakerState, reason: str) -> None:
        self.state = state
        self._on_change(state, reason)
