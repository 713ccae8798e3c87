"""Does every leg's market trade now? Asked again at the last look."""

from datetime import datetime, timedelta
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.gates.answers import ALLOW, Said, pause
from tradebot.core.gates.look import Look
from tradebot.core.model.commands import Phase
from tradebot.core.model.reason import Reason, session_need

_EARLY_MAX: Final = timedelta(seconds=1)  # a clock set back that little shuts no open market


def may_trade(book: Book, calendar: str, at: datetime) -> bool:
    """Tell whether orders may go out on this calendar: its phase may lag, its hours do not."""
    market = book.markets.get(calendar)
    if market is None or market.phase is Phase.CLOSED:
        return False
    if calendar in book.settings.policy.trade_outside_hours:
        return True
    is_early = market.opens is not None and at < market.opens - _EARLY_MAX
    is_over = market.closes is not None and at >= market.closes
    return market.phase is Phase.TRADING and not is_early and not is_over


def session(look: Look) -> Said:
    """Is every leg's market in a phase that may trade?"""
    for leg in look.body.legs:
        calendar = look.book.instruments[leg.symbol].calendar  # stage 2 knows them all
        if not may_trade(look.book, calendar, look.at):
            return pause(Reason.POLICY_MARKET_CLOSED, session_need(calendar))
    return ALLOW
