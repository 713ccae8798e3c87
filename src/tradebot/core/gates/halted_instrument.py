"""Is every leg free of a halt that a person must look at?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.events import EVERYTHING
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason

_ALLOW: Final = GateResult(gate="halted_instrument")


def halted_instrument(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is every leg's instrument free of halts (a halt by drawdown lets through what closes)?"""
    halted = book.halted
    if not halted:
        return _ALLOW
    of_all = halted.get(EVERYTHING)
    is_about_loss = of_all is Reason.RISK_DRAWDOWN_HALT and worth.is_closing(book, intent)
    is_halted = of_all is not None and not is_about_loss
    if is_halted or any(leg.symbol in halted for leg in intent.body.legs):
        return GateResult(
            gate="halted_instrument", answer=Answer.BLOCK, reason=Reason.RISK_INSTRUMENT_HALTED
        )
    return _ALLOW
