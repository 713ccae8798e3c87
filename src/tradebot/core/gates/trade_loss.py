"""Could one order lose too much?"""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.reason import Reason


def trade_loss(look: Look) -> Said:
    """Can it lose at most `trade_loss_max_frac` of equity?"""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    limit = opening.equity * look.policy.trade_loss_max_frac
    return within(opening.loss, limit, Reason.RISK_TRADE_LOSS)
