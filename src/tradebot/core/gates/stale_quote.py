"""Is there a sane quote for every leg, young enough to decide by?"""

from tradebot.core.gates.answers import Said, pause
from tradebot.core.gates.look import Look
from tradebot.core.model.facts import age_s
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason, quote_need


def stale_quote(look: Look) -> Said:
    """Is the oldest leg's quote at most `quote_age_max_s` old, and none from the future?"""
    limit, oldest = look.policy.quote_age_max_s, ZERO
    for leg, quote in look.quotes:
        age = age_s(quote.as_of, look.at) if quote is not None and quote.is_sane else None
        if age is None or not (ZERO <= age <= limit):
            return pause(Reason.RISK_STALE_DATA, quote_need(leg.symbol), age, limit)
        oldest = max(oldest, age)
    return oldest, limit
