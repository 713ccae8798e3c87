"""Is a market open, and in its hours?"""

from datetime import datetime, timedelta
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Phase

_EARLY_MAX: Final = timedelta(seconds=1)  # a clock set back that little shuts no open market


def may_trade(book: Book, calendar: str, at: datetime) -> bool:
    """Tell whether orders may go out on this calendar: its phase may lag, its hours do not."""
    market = book.markets.get(calendar)
    if market is None or market.phase is Phase.CLOSED:
        return False
    return calendar in book.settings.policy.trade_outside_hours or is_regular(book, calendar, at)


def is_regular(book: Book, calendar: str, at: datetime) -> bool:
    """Tell whether a calendar's market is in its hours, between the open and the close."""
    market = book.markets.get(calendar)
    if market is None:
        return False
    is_early = market.opens is not None and at < market.opens - _EARLY_MAX
    is_over = market.closes is not None and at >= market.closes
    return market.phase is Phase.TRADING and not is_early and not is_over
