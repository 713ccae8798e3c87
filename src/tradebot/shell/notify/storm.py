"""Is that too much for a person? Then it is counted by its kind, and told as one message."""

from collections import Counter
from datetime import datetime
from typing import Final

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.shell.notify.folding import titled

MINUTE_S: Final = 60.0


class Storm:
    """A bucket of tokens for one channel; times are those of the event loop, in seconds.

    What is CRITICAL takes a token where there is one, and is never held back.
    """

    def __init__(self, per_minute: int, minute_s: float = MINUTE_S) -> None:
        self._most = float(per_minute)
        self._minute_s = minute_s
        self._tokens = self._most
        self._filled: float | None = None
        self._began = 0.0
        self._level = Level.INFO
        self._held: Counter[AlertKind] = Counter()

    def lets(self, alert: Alert, now: float) -> bool:
        """Tell whether there is room for a message; what there is none for is counted."""
        passed_s = 0.0 if self._filled is None else now - self._filled
        filled = self._tokens + passed_s * self._most / self._minute_s
        self._tokens, self._filled = min(self._most, filled), now
        has_room = self._tokens >= 1.0 and not self._held
        if has_room or alert.level is Level.CRITICAL:
            self._tokens = max(0.0, self._tokens - 1.0)
            return True
        if not self._held:
            self._began, self._level = now, alert.level
        self._held[alert.kind] += 1
        self._level = max(self._level, alert.level)
        return False

    @property
    def due(self) -> float | None:
        """Return when what was counted is to be told."""
        return self._began + self._minute_s if self._held else None

    def summary(self, at: datetime) -> Alert:
        """Return what was counted as one message, and begin anew."""
        held = self._held.most_common()
        self._held = Counter()
        told = ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in held)
        total = sum(count for _, count in held)
        return Alert(
            kind=AlertKind.STORM, level=self._level, at=at,
            title=titled(f"{total} alerts more: {told}"),
            text=f"{total} more alerts came than this channel takes in a minute: {told}."
            " All of them: tradebot alerts",
            fields=tuple((kind.value, str(count)) for kind, count in held),
        )
