"""Could one order lose too much?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.opening import lacks, opening, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import GateResult, Reason

_FREE: Final = GateResult(gate="trade_loss")


def trade_loss(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Can it lose at most `trade_loss_max_frac` of equity?"""
    asks = opening(book, intent, facts)
    if asks is None or isinstance(asks, str):
        return _FREE if asks is None else lacks("trade_loss", asks)
    limit = asks.account.equity * book.settings.policy.trade_loss_max_frac
    return within("trade_loss", Reason.RISK_TRADE_LOSS, asks.loss, limit)
