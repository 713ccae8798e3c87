"""Is the outcome of every order on these instruments known?"""

from tradebot.core.gates.answers import ALLOW, Said, pause
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason, doubt_need


def in_doubt(look: Look) -> Said:
    """Is no order on these instruments in doubt?"""
    doubts = look.book.orders.doubts
    for leg in look.body.legs:
        if leg.symbol in doubts:
            return pause(Reason.RISK_IN_DOUBT, doubt_need(leg.symbol))
    return ALLOW
