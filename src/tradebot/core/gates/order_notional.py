"""Is the order's worth within the limit?"""

from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason, quote_need


def order_notional(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is quantity times price at most `order_notional_max_usd`?"""
    limit = book.settings.policy.order_notional_max_usd
    unit = worth.unit_worth(book, intent.body, facts)
    if unit is None:
        return GateResult(
            gate="order_notional", answer=Answer.PAUSE, reason=Reason.RISK_STALE_DATA, limit=limit,
            need=quote_need(intent.body.legs[0].symbol),
        )
    actual = unit * intent.body.order_qty
    if not (actual <= limit):
        return GateResult(
            gate="order_notional", answer=Answer.BLOCK, reason=Reason.RISK_ORDER_NOTIONAL,
            limit=limit, actual=actual,
        )
    return GateResult(gate="order_notional", limit=limit, actual=actual)
