"""Is the symbol one that must not be traded now?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.facts import Facts
from tradebot.core.model.instrument import bet_on
from tradebot.core.model.verdict import Answer, GateResult, Reason

_ALLOW: Final = GateResult(gate="blackout")


def blackout(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is no leg, nor its underlying, in `blackout_symbols`? What closes may go."""
    listed = book.settings.policy.blackout_symbols
    if not listed or not any(
        leg.symbol in listed or bet_on(leg.symbol)[0] in listed for leg in intent.body.legs
    ):
        return _ALLOW
    if worth.is_closing(book, intent):
        return _ALLOW
    return GateResult(gate="blackout", answer=Answer.BLOCK, reason=Reason.RISK_BLACKOUT)
