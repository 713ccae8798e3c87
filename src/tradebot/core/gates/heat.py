"""Would positions and orders together have too much at risk?"""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.gates.loss import ENDLESS
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason


def heat(look: Look) -> Said:
    """Can it, all orders and all positions lose at most `heat_max_frac` of equity?"""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    policy, account = look.policy, opening.account
    if account.endless:
        return within(ENDLESS, ZERO, Reason.RISK_HEAT)
    linear = account.gross_value - account.options_gross
    held = linear * policy.linear_shock_frac + account.options_loss
    limit = opening.equity * policy.heat_max_frac
    return within(held + opening.at_risk + opening.loss, limit, Reason.RISK_HEAT)
