"""Would enough cash stay aside?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="cash_buffer")


def cash_buffer(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Does it leave `cash_buffer_min_frac` of equity in cash that nothing binds?"""
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("cash_buffer", asks)
    account = asks.account
    # What a short sale brought in is bound by the short position, and as much again.
    unbound = account.equity - account.gross_value - asks.reserved
    free = unbound - account.equity * book.settings.policy.cash_buffer_min_frac
    return within("cash_buffer", Reason.RISK_CASH_BUFFER, asks.worth, free)
