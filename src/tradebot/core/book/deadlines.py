"""When is the broker asked to end an order? Times lie on a grid, so that few looks are enough."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from tradebot.core.model.ids import ClOrdID

ASKS_MAX: Final = 30  # cancels of one order; then a person must look, or the route connect anew
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Deadlines:
    """Orders by the time at which they are looked at; `timeout` and `every` come from settings."""

    timeout: timedelta = timedelta(seconds=300)
    every: timedelta = timedelta(seconds=10)
    at: dict[datetime, dict[ClOrdID, None]] = field(default_factory=dict)

    def next_due(self) -> datetime | None:
        return min(self.at, default=None)

    def due_by(self, now: datetime) -> list[ClOrdID]:
        """Return the orders whose time has come, earliest first."""
        return [root for due in sorted(self.at) if due <= now for root in self.at[due]]

    def on_grid(self, wanted: datetime) -> datetime:
        """Return the first look that is not before the time that is wanted."""
        return _EPOCH - (_EPOCH - wanted) // self.every * self.every

    def move(self, root: ClOrdID, before: datetime | None, due: datetime | None) -> None:
        """Look at the order then, no longer when it was meant to be."""
        if before is not None:
            orders = self.at[before]
            del orders[root]
            if not orders:
                del self.at[before]
        if due is not None:
            self.at.setdefault(due, {})[root] = None
