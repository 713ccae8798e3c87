"""Is the account near enough to its high-water mark to open anything?"""

from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.gates.opening import funded, lacks
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason


def drawdown(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is equity less than `drawdown_entry_max_frac` below the high-water mark?"""
    account = funded(book, intent)
    if isinstance(account, str):
        return lacks("drawdown", account)
    fallen = account.high_water - account.equity
    limit = account.high_water * book.settings.policy.drawdown_entry_max_frac
    if fallen < limit or worth.is_closing(book, intent):
        return GateResult(gate="drawdown", limit=limit, actual=fallen)
    return GateResult(
        gate="drawdown", answer=Answer.BLOCK, reason=Reason.RISK_DRAWDOWN, limit=limit,
        actual=fallen,
    )
