"""Is there a sane quote for every leg, young enough to decide by?"""

from datetime import datetime, timedelta
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.facts import Facts
from tradebot.core.model.money import ZERO
from tradebot.core.model.verdict import Answer, GateResult, Reason, quote_need

_MICROSECOND = timedelta(microseconds=1)


def age_s(as_of: datetime, at: datetime) -> Decimal:
    """Return the age in seconds, exact to the microsecond."""
    return Decimal((at - as_of) // _MICROSECOND).scaleb(-6)


def stale_quote(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is the oldest leg's quote at most `quote_age_max_s` old, and none from the future?"""
    limit, oldest = book.settings.policy.quote_age_max_s, ZERO
    for leg in intent.body.legs:
        quote = facts.quote(leg.symbol)
        age = age_s(quote.as_of, at) if quote is not None and worth.is_sane(quote) else None
        if age is None or not (ZERO <= age <= limit):
            return GateResult(
                gate="stale_quote", answer=Answer.PAUSE, reason=Reason.RISK_STALE_DATA,
                limit=limit, actual=age, need=quote_need(leg.symbol),
            )
        oldest = max(oldest, age)
    return GateResult(gate="stale_quote", limit=limit, actual=oldest)
