"""Is every leg free of a halt that a person must look at?"""

from tradebot.core.gates.answers import ALLOW, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.events import EVERYTHING
from tradebot.core.model.reason import Reason


def halted_instrument(look: Look) -> Said:
    """Is every leg's instrument free of halts (a halt by drawdown lets through what closes)?"""
    halted = look.book.halted
    if not halted:
        return ALLOW
    of_all = halted.get(EVERYTHING)
    is_about_loss = of_all is Reason.RISK_DRAWDOWN_HALT and look.is_closing
    is_halted = of_all is not None and not is_about_loss
    if is_halted or any(leg.symbol in halted for leg in look.body.legs):
        return block(Reason.RISK_INSTRUMENT_HALTED)
    return ALLOW
