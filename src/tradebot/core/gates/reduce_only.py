"""May only what reduces a position trade, and does this?"""

from tradebot.core.gates.answers import ALLOW, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.commands import Control
from tradebot.core.model.reason import Reason


def reduce_only(look: Look) -> Said:
    """Is reduce-only off, or does the order open nothing?"""
    if Control.REDUCE_ONLY not in look.book.controls or look.is_closing:
        return ALLOW
    return block(Reason.RISK_REDUCE_ONLY)
