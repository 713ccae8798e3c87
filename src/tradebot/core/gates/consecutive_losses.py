"""Did the strategy lose so often in a row that it should rest?"""

from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.gates.stale_quote import age_s
from tradebot.core.model.facts import Facts
from tradebot.core.model.money import ZERO
from tradebot.core.model.verdict import Answer, GateResult, Reason

_ALLOW: Final = GateResult(gate="consecutive_losses")


def consecutive_losses(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Are `loss_cooldown_s` over since its `consecutive_losses_max`-th loss in a row?

    A refusal shows the seconds of rest that are left; an entry's reason does not wait so long.
    """
    run = book.losses.runs.get(intent.body.strategy_id or "")
    if run is None or run.rests_until is None or at >= run.rests_until:
        return _ALLOW
    if worth.is_closing(book, intent):
        return _ALLOW
    return GateResult(
        gate="consecutive_losses", answer=Answer.BLOCK, reason=Reason.RISK_LOSS_COOLDOWN,
        limit=ZERO, actual=age_s(at, run.rests_until),
    )
