"""Is the symbol one that must not be traded now?"""

from tradebot.core.gates.answers import ALLOW, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.instrument import bet_on
from tradebot.core.model.reason import Reason


def blackout(look: Look) -> Said:
    """Is no leg, nor its underlying, in `blackout_symbols`? What closes may go."""
    listed = look.policy.blackout_symbols
    if not listed or not any(
        leg.symbol in listed or bet_on(leg.symbol)[0] in listed for leg in look.body.legs
    ):
        return ALLOW
    return ALLOW if look.is_closing else block(Reason.RISK_BLACKOUT)
