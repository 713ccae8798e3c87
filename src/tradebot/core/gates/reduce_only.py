"""May only what reduces a position trade, and does this?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.commands import Control
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason

_ALLOW: Final = GateResult(gate="reduce_only")


def reduce_only(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is reduce-only off, or does the order open nothing?"""
    if Control.REDUCE_ONLY not in book.controls or worth.is_closing(book, intent):
        return _ALLOW
    return GateResult(gate="reduce_only", answer=Answer.BLOCK, reason=Reason.RISK_REDUCE_ONLY)
