"""Is the day's budget of new risk spent?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.money import ZERO
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="day_risk")


def day_risk(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Can it, all working orders and all fills of today lose at most `day_risk_max_frac`?"""
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("day_risk", asks)
    taken = book.orders.taken.get(asks.name, ZERO) + asks.at_risk
    limit = asks.account.equity * book.settings.policy.day_risk_max_frac
    return within("day_risk", Reason.RISK_DAY_RISK, taken + asks.loss, limit)
