"""Would too much of the account be bound as margin?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="margin_use")


def margin_use(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Do it, all orders and all positions bind at most `margin_use_max_frac` of equity?"""
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("margin_use", asks)
    policy, account = book.settings.policy, asks.account
    bound = (account.gross_value + asks.reserved + asks.worth) * policy.margin_initial_frac
    limit = account.equity * policy.margin_use_max_frac
    return within("margin_use", Reason.RISK_MARGIN_USE, bound, limit)
