"""Is the day's budget of new risk spent?"""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.reason import Reason


def day_risk(look: Look) -> Said:
    """Can it, all working orders and all fills of today lose at most `day_risk_max_frac`?"""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    risk = opening.taken + opening.at_risk + opening.loss
    limit = opening.equity * look.policy.day_risk_max_frac
    return within(risk, limit, Reason.RISK_DAY_RISK)
