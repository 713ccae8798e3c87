"""Have strategies been paused? Their new intents are refused, and those that wait go on waiting."""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.commands import Control
from tradebot.core.model.facts import Facts
from tradebot.core.model.intent import Source
from tradebot.core.model.verdict import Answer, GateResult, Reason, control_need

_ALLOW: Final = GateResult(gate="paused")


def paused(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Are strategies not paused, or does a person ask? What waited before goes on waiting."""
    if Control.PAUSE not in book.controls or intent.body.source is not Source.STRATEGY:
        return _ALLOW
    is_new = intent.held is None and intent.attempt == 1
    return GateResult(
        gate="paused", answer=Answer.BLOCK if is_new else Answer.PAUSE, reason=Reason.RISK_PAUSED,
        need=None if is_new else control_need(Control.PAUSE),
    )
