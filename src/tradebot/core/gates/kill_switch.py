"""Is the kill switch off, in the book and in the latch that is set before any event?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason

_ALLOW: Final = GateResult(gate="kill_switch")


def kill_switch(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is the kill switch off?"""
    if book.kill_reason is None and facts.latch() is None:
        return _ALLOW
    return GateResult(gate="kill_switch", answer=Answer.BLOCK, reason=Reason.RISK_KILL_SWITCH)
