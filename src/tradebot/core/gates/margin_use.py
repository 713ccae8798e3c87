"""Would too much of the account be bound as margin?"""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.reason import Reason


def margin_use(look: Look) -> Said:
    """Do it, all orders and all positions bind at most `margin_use_max_frac` of equity?"""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    policy, account = look.policy, opening.account
    bound = account.gross_value + opening.reserved + opening.worth
    limit = opening.equity * policy.margin_use_max_frac
    return within(bound * policy.margin_initial_frac, limit, Reason.RISK_MARGIN_USE)
