"""Stage 8: is the order finished? Then it leaves the working set and goes to reconciliation."""

from collections.abc import Sequence

from tradebot.core.book.book import Book
from tradebot.core.book.order_state import OrderState
from tradebot.core.model.events import Event, OrderReported, ReconRequested


def hand_off(book: Book, state: OrderState | None, outcome: Event) -> Sequence[Event]:
    """Hand a finished order over, and again whenever late money changes it."""
    if state is None or not isinstance(outcome, OrderReported):
        return ()
    if not state.order.is_done or state.is_handed_off:
        return ()
    return (ReconRequested(cl_ord_id=state.root),)
