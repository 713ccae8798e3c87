"""Was this just told? Then it is counted, and told once more at the end of its while."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Final

from tradebot.core.model.alert import TITLE_MAX, Alert, Level

KEYS_MAX: Final = 256


@dataclass(slots=True)
class _Seen:
    since: float
    again: int = 0
    last: Alert | None = None


class Folding:
    """Lets the first of equal alerts through; times are those of the event loop, in seconds."""

    def __init__(self, within_s: float) -> None:
        self.within_s = within_s
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def lets(self, alert: Alert, now: float) -> bool:
        """Tell whether an alert is to be told now; what is CRITICAL or has no key always is."""
        if not alert.key or alert.level is Level.CRITICAL or not self.within_s:
            return True
        seen = self._seen.get(alert.key)
        if seen is None:
            self._seen[alert.key] = _Seen(now)
            return True
        seen.again, seen.last = seen.again + 1, alert
        return False

    @property
    def due(self) -> float | None:
        """Return when the next while ends."""
        return next((seen.since + self.within_s for seen in self._seen.values()), None)

    def over(self, now: float, *, at_once: bool = False) -> list[Alert]:
        """Return one alert for all that came again within a while that is over, or at once."""
        told = []
        while self._seen:
            key, seen = next(iter(self._seen.items()))
            is_young = now < seen.since + self.within_s
            if is_young and len(self._seen) <= KEYS_MAX and not at_once:
                break
            del self._seen[key]
            if seen.last is not None:
                told.append(_counted(seen.last, seen.again))
                if not at_once:
                    self._seen[key] = _Seen(now)
        return told


def titled(title: str, more: str = "") -> str:
    """Cut a title to what every channel shows."""
    room = TITLE_MAX - len(more)
    return (title if len(title) <= room else f"{title[: room - 1]}…") + more


def _counted(alert: Alert, again: int) -> Alert:
    times = f"{again} more time{'s' if again > 1 else ''}"
    return replace(
        alert, title=titled(alert.title, f" (+{again})"), text=f"{alert.text} (came {times})",
        fields=(*alert.fields, ("again", str(again))),
    )
