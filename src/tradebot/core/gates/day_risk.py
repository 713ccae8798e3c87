"""Is the day's budget of new risk spent?"""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.money import ZERO
from tradebot.core.model.verdict import Reason


def day_risk(look: Look) -> Said:
    """Can it, all working orders and all fills of today lose at most `day_risk_max_frac`?"""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    taken = look.book.orders.taken.get(opening.name, ZERO) + opening.at_risk
    limit = opening.account.equity * look.policy.day_risk_max_frac
    return within(taken + opening.loss, limit, Reason.RISK_DAY_RISK)
