"""Is the outcome of every order on these instruments known?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Reason, doubt_need

_ALLOW: Final = GateResult(gate="in_doubt")


def in_doubt(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is no order on these instruments in doubt?"""
    for leg in intent.body.legs:
        if leg.symbol in book.orders.doubts:
            return GateResult(
                gate="in_doubt", answer=Answer.PAUSE, reason=Reason.RISK_IN_DOUBT,
                need=doubt_need(leg.symbol),
            )
    return _ALLOW
