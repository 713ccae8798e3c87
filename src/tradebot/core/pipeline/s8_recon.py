"""Stage 8: is the order finished? Then it leaves the working set and goes to reconciliation."""

from collections.abc import Sequence
from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.model.events import Event, OrderReported, ReconRequested


def hand_off(book: Book, outcome: Event, at: datetime) -> Sequence[Event]:
    """Hand a finished order over, and again whenever late money changes it."""
    if not isinstance(outcome, OrderReported):
        return ()
    state = book.orders.of_report(outcome.report)
    assert state is not None
    if not state.order.is_done or state.is_handed_off:
        return ()
    return (ReconRequested(cl_ord_id=state.root),)
