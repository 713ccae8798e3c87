"""When is the broker asked to end an order? Times lie on a grid, so that few looks are enough."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from tradebot.core.book.order_state import OrderState
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

    def watch(self, state: OrderState, *, is_killed: bool = False) -> None:
        """Set when the broker is asked next to end the order, if it is to end by itself.

        A cancel that has no answer is asked for anew, and while the kill switch is set one that was
        refused as well.
        """
        is_over = state.order.is_done or state.asks >= ASKS_MAX
        wanted = None if is_over else self._wanted(state, is_killed=is_killed)
        due = None if wanted is None else self._on_grid(wanted)
        if due != state.due:
            self._move(state.root, state.due, due)
            state.due = due

    def _wanted(self, state: OrderState, *, is_killed: bool) -> datetime | None:
        due = None if state.may_rest else state.since + self.timeout
        if state.asked is None:
            return due
        again = state.asked + self.every
        if is_killed or state.canceling is not None:
            return again
        return None if due is None else max(due, again)

    def _on_grid(self, wanted: datetime) -> datetime:
        """Return the first look that is not before the time that is wanted."""
        return _EPOCH - (_EPOCH - wanted) // self.every * self.every

    def _move(self, root: ClOrdID, before: datetime | None, due: datetime | None) -> None:
        if before is not None:
            orders = self.at[before]
            del orders[root]
            if not orders:
                del self.at[before]
        if due is not None:
            self.at.setdefault(due, {})[root] = None
