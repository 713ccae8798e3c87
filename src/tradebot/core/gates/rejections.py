"""Does the broker keep on rejecting what this strategy wants in this symbol?"""

from datetime import datetime, timedelta
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason


def rejections(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Are there fewer than `rejections_max` within `rejections_window_s`? Else it waits."""
    policy = book.settings.policy
    limit, window = Decimal(policy.rejections_max), timedelta(seconds=policy.rejections_window_s)
    found = book.flow.rejections_of(intent.body, at - window)
    actual = Decimal(len(found))
    if actual < limit or not found:
        return GateResult(gate="rejections", limit=limit, actual=actual)
    enough = found[-max(1, policy.rejections_max)]  # once this one is past, there are fewer
    return GateResult(
        gate="rejections", answer=Answer.PAUSE, reason=Reason.RISK_REJECTIONS, limit=limit,
        actual=actual, until=enough + window,
    )
