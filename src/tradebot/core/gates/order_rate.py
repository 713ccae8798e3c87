"""Do messages go out slowly enough for brokers to bear?"""

from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.flow import Recently
from tradebot.core.book.intents import IntentState
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason


def messages_per_second(
    book: Book, intent: IntentState, facts: Facts, at: datetime
) -> GateResult:
    """Are there, with this one, at most `messages_per_second_max` in a second? Else it waits."""
    limit = book.settings.policy.messages_per_second_max
    return _within("messages_per_second", book.flow.a_second, limit, at)


def messages_per_minute(
    book: Book, intent: IntentState, facts: Facts, at: datetime
) -> GateResult:
    """Are there, with this one, at most `messages_per_minute_max` in a minute? Else it waits."""
    limit = book.settings.policy.messages_per_minute_max
    return _within("messages_per_minute", book.flow.a_minute, limit, at)


def _within(gate: str, window: Recently, most: int, at: datetime) -> GateResult:
    """Cancels count, and are never held up: they are asked no gate."""
    limit, actual = Decimal(most), Decimal(window.count(at) + 1)
    if actual <= limit:
        return GateResult(gate=gate, limit=limit, actual=actual)
    return GateResult(
        gate=gate, answer=Answer.PAUSE, reason=Reason.RISK_ORDER_RATE, limit=limit, actual=actual,
        until=window.eases(at),
    )
