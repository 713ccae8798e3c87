"""Would the position be too large for the account?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import stake
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="position_size")


def position_size(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is each leg's position, all orders filled, worth at most `position_max_frac` of equity?"""
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("position_size", asks)
    actual = max(stake.position(book, intent, asks, leg) for leg in intent.body.legs)
    limit = asks.account.equity * book.settings.policy.position_max_frac
    return within("position_size", Reason.RISK_POSITION_SIZE, actual, limit)
