"""Would enough cash stay aside?"""

from tradebot.core.gates.answers import Said, within
from tradebot.core.gates.look import Look, Opening
from tradebot.core.model.reason import Reason


def cash_buffer(look: Look) -> Said:
    """Does it leave `cash_buffer_min_frac` of equity in cash that nothing binds?"""
    opening = look.opening
    if not isinstance(opening, Opening):
        return opening
    account = opening.account
    # What a short sale brought in is bound by the short position, and as much again.
    unbound = opening.equity - account.gross_value - opening.reserved
    free = unbound - opening.equity * look.policy.cash_buffer_min_frac
    return within(opening.worth, free, Reason.RISK_CASH_BUFFER)
