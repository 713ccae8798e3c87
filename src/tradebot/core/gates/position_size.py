"""Would the position be too large for the account?"""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.reason import Reason


def position_size(look: Look) -> Said:
    """Is each leg's position, all orders filled, worth at most `position_max_frac` of equity?"""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    stands = [opening.stakes.stake(leg.symbol).on(leg.side) for leg in look.body.legs]
    limit = opening.equity * look.policy.position_max_frac
    return within(max(stands) + opening.added, limit, Reason.RISK_POSITION_SIZE)
