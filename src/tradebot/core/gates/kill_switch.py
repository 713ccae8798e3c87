"""Is the kill switch off, in the book and in the latch that is set before any event?"""

from tradebot.core.gates.answers import ALLOW, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason


def kill_switch(look: Look) -> Said:
    """Is the kill switch off?"""
    if look.book.kill_reason is None and look.facts.latch() is None:
        return ALLOW
    return block(Reason.RISK_KILL_SWITCH)
