"""Is the account large enough to open anything?"""

from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.gates.opening import funded, lacks
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason


def minimum_equity(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is there equity, and at least `equity_min_usd` of it?"""
    account = funded(book, intent)
    if isinstance(account, str):
        return lacks("minimum_equity", account)
    needed, equity = book.settings.policy.equity_min_usd, account.equity
    if (equity > 0 and equity >= needed) or worth.is_closing(book, intent):
        return GateResult(gate="minimum_equity", limit=equity, actual=needed)
    return GateResult(
        gate="minimum_equity", answer=Answer.BLOCK, reason=Reason.RISK_MINIMUM_EQUITY,
        limit=equity, actual=needed,
    )
