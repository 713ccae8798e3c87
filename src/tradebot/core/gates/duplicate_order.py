"""Did the very same order go out a moment ago?"""

from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.flow import content_of
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.stale_quote import age_s
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason


def duplicate_order(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is the last order alike in all but its time `duplicate_within_s` old, or older?"""
    limit = Decimal(book.settings.policy.duplicate_within_s)
    if intent.replaces is not None:
        return GateResult(gate="duplicate_order")
    last = book.flow.sent.get(content_of(intent.body))
    if last is None or last[1] == intent.intent_id:
        return GateResult(gate="duplicate_order")
    actual = age_s(last[0], at)
    if actual >= limit:
        return GateResult(gate="duplicate_order")
    return GateResult(
        gate="duplicate_order", answer=Answer.BLOCK, reason=Reason.RISK_DUPLICATE_ORDER,
        limit=limit, actual=actual,
    )
