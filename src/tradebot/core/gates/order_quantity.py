"""Is the order small enough in units? A slip of the keyboard ends here."""

from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason


def order_quantity(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is the largest leg at most `order_qty_max` units?"""
    limit = book.settings.policy.order_qty_max
    actual = intent.body.order_qty * max(leg.ratio_qty for leg in intent.body.legs)
    if not (actual <= limit):
        return GateResult(
            gate="order_quantity", answer=Answer.BLOCK, reason=Reason.RISK_ORDER_QUANTITY,
            limit=limit, actual=actual,
        )
    return GateResult(gate="order_quantity", limit=limit, actual=actual)
