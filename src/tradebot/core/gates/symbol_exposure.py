"""Would too much stand or fall with one underlying, in shares and options together?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import stake
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="symbol_exposure")


def symbol_exposure(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is each underlying's worse direction at most `symbol_exposure_max_frac` of equity?"""
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("symbol_exposure", asks)
    actual = max(bet.worst for bet in stake.bets_then(book, intent, asks).values())
    limit = asks.account.equity * book.settings.policy.symbol_exposure_max_frac
    return within("symbol_exposure", Reason.RISK_SYMBOL_EXPOSURE, actual, limit)
