"""Are few enough orders open at once?"""

from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason


def open_orders(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Are there, with this and what is approved, at most `open_orders_max`? What closes may go."""
    limit = book.settings.policy.open_orders_max
    count = len(book.orders.working) + book.intents.approvals - (intent.approval is not None)
    return _counted("open_orders", book, intent, count, limit)


def open_orders_symbol(
    book: Book, intent: IntentState, facts: Facts, at: datetime
) -> GateResult:
    """Are there, with this one, at most `open_orders_symbol_max` a symbol? What closes may go."""
    count = max(book.orders.open_by_symbol.get(leg.symbol, 0) for leg in intent.body.legs)
    limit = book.settings.policy.open_orders_symbol_max
    return _counted("open_orders_symbol", book, intent, count, limit)


def _counted(
    gate: str, book: Book, intent: IntentState, count: int, most: int
) -> GateResult:
    is_new = intent.replaces is None
    limit, actual = Decimal(most), Decimal(count + is_new)
    if actual <= limit or not is_new or worth.is_closing(book, intent):
        return GateResult(gate=gate, limit=limit, actual=actual)
    return GateResult(
        gate=gate, answer=Answer.BLOCK, reason=Reason.RISK_MAX_OPEN_ORDERS, limit=limit,
        actual=actual,
    )
