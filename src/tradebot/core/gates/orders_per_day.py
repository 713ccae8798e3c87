"""Were few enough orders sent today?"""

from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason


def orders_per_day(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Are there at most `orders_per_day_max` in the primary calendar's session? Exits may go on."""
    limit = Decimal(book.settings.policy.orders_per_day_max)
    is_new = intent.attempt == 1 and intent.replaces is None
    actual = Decimal(book.flow.orders_today + is_new)
    if actual <= limit or not is_new or worth.is_closing(book, intent):
        return GateResult(gate="orders_per_day", limit=limit, actual=actual)
    return GateResult(
        gate="orders_per_day", answer=Answer.BLOCK, reason=Reason.RISK_ORDERS_A_DAY, limit=limit,
        actual=actual,
    )
