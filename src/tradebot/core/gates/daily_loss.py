"""Did the account lose too much today to open anything more?"""

from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.gates.opening import funded, lacks
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason


def daily_loss(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is the loss since the day began below `daily_loss_max_frac` of what it began with?"""
    account = funded(book, intent)
    if isinstance(account, str):
        return lacks("daily_loss", account)
    lost = account.day_equity - account.equity
    limit = account.day_equity * book.settings.policy.daily_loss_max_frac
    if lost < limit or worth.is_closing(book, intent):
        return GateResult(gate="daily_loss", limit=limit, actual=lost)
    return GateResult(
        gate="daily_loss", answer=Answer.BLOCK, reason=Reason.RISK_DAILY_LOSS, limit=limit,
        actual=lost,
    )
