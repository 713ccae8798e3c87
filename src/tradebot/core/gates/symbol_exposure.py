"""Would too much stand or fall with one underlying, in shares and options together?"""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.reason import Reason


def symbol_exposure(look: Look) -> Said:
    """Is each underlying's worse direction at most `symbol_exposure_max_frac` of equity?"""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    worst = max([bet.worst for bet in look.bets.values()])
    limit = opening.equity * look.policy.symbol_exposure_max_frac
    return within(worst, limit, Reason.RISK_SYMBOL_EXPOSURE)
