"""Does every leg's market trade now? Asked again at the last look."""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.commands import Phase
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason, session_need

_ALLOW: Final = GateResult(gate="session")


def may_trade(book: Book, calendar: str, at: datetime) -> bool:
    """Tell whether orders may go out on this calendar: its phase may lag, its close does not."""
    market = book.markets.get(calendar)
    if market is None or market.phase is Phase.CLOSED:
        return False
    if calendar in book.settings.policy.trade_outside_hours:
        return True
    is_over = market.closes is not None and at >= market.closes
    return market.phase is Phase.TRADING and not is_over


def session(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is every leg's market in a phase that may trade?"""
    for leg in intent.body.legs:
        instrument = book.instruments[leg.symbol]  # stage 2 knows them all
        if not may_trade(book, instrument.calendar, at):
            return GateResult(
                gate="session", answer=Answer.PAUSE, reason=Reason.POLICY_MARKET_CLOSED,
                need=session_need(instrument.calendar),
            )
    return _ALLOW
