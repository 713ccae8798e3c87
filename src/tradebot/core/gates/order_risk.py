"""Would all orders at work together put too much more at risk?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="order_risk")


def order_risk(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Can it and all working orders lose at most `order_risk_max_frac` of equity?"""
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("order_risk", asks)
    limit = asks.account.equity * book.settings.policy.order_risk_max_frac
    return within("order_risk", Reason.RISK_ORDER_RISK, asks.at_risk + asks.loss, limit)
