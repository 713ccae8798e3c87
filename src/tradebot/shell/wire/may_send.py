"""May this order leave, now? The last statement before the socket, asked anew by every attempt."""

from tradebot.core.book.book import Book
from tradebot.core.gates.session import may_trade
from tradebot.core.model.events import OrderSubmitted, ReplaceRequested
from tradebot.ports import Clock
from tradebot.shell.facts import Latch


def may_send(
    book: Book, latch: Latch, clock: Clock, order: OrderSubmitted | ReplaceRequested
) -> str | None:
    """Return why not, or None."""
    if latch.reason is not None:
        return f"kill latch: {latch.reason}"
    if book.kill_reason is not None:
        return f"kill switch: {book.kill_reason}"
    now = clock.now()
    if not (now <= order.send_by):
        return "the clearance ended before it could be sent"
    for leg in order.intent.legs:
        if not may_trade(book, book.instruments[leg.symbol].calendar, now):
            return f"{leg.symbol}: the session ended"
    return None
