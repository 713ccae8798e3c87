"""Does every leg's market trade now? Asked again at the last look."""

from tradebot.core.gates.answers import ALLOW, Said, pause
from tradebot.core.gates.hours import may_trade
from tradebot.core.gates.look import Look
from tradebot.core.model.reason import Reason, session_need


def session(look: Look) -> Said:
    """Is every leg's market in a phase that may trade?"""
    for leg in look.body.legs:
        calendar = look.book.instruments[leg.symbol].calendar  # stage 2 knows them all
        if not may_trade(look.book, calendar, look.at):
            return pause(Reason.POLICY_MARKET_CLOSED, session_need(calendar))
    return ALLOW
