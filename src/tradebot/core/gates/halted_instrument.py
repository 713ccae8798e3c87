"""Is every leg free of a halt that a person must look at?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.events import EVERYTHING
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason

_ALLOW: Final = GateResult(gate="halted_instrument")


def halted_instrument(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is every leg's instrument free of halts?"""
    halted = book.halted
    if halted and (EVERYTHING in halted or any(leg.symbol in halted for leg in intent.body.legs)):
        return GateResult(
            gate="halted_instrument", answer=Answer.BLOCK, reason=Reason.RISK_INSTRUMENT_HALTED
        )
    return _ALLOW
