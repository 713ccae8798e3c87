"""Would all orders at work together put too much more at risk?"""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.reason import Reason


def order_risk(look: Look) -> Said:
    """Can it and all working orders lose at most `order_risk_max_frac` of equity?"""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    limit = opening.equity * look.policy.order_risk_max_frac
    return within(opening.at_risk + opening.loss, limit, Reason.RISK_ORDER_RISK)
