"""Stage 5: one last look, then the order is written down; the wire follows the journal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import loss, panel, worth
from tradebot.core.gates.buying_power import buying_power
from tradebot.core.gates.kill_switch import kill_switch
from tradebot.core.gates.mode import mode
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import derive_cl_ord_id
from tradebot.core.model.verdict import Pass, Reason, Refuse, Verdict
from tradebot.core.pipeline import windows

# Which gates are asked again? Between stages 3 and 5 of one walk only the route is chosen, so only
# what asks for the route can answer otherwise; and the latch is always looked at.
LAST_LOOK: Final[tuple[panel.Gate, ...]] = (kill_switch, mode, buying_power)

TRIES_MAX: Final = 4  # that provably never left, one after the other, until it is a dead letter


def commit(
    gates: Sequence[panel.Gate], book: Book, intent: IntentState, facts: Facts, at: datetime
) -> Verdict:
    """Ask again the gates that the route may have changed, then commit to one order."""
    if intent.tries > TRIES_MAX:
        detail = f"{TRIES_MAX} attempts in a row never left"
        return Refuse(reason=Reason.ADAPTER_UNDELIVERED, detail=detail)
    last_look = panel.ask(gates, book, intent, facts, at)
    if not isinstance(last_look, Pass):
        return last_look
    assert intent.route is not None  # stage 4 passed, or we would not be here
    account = book.routes[intent.route].account
    ends = (windows.closes(book, intent.window) if intent.window else None) or intent.expires
    submitted = OrderSubmitted(
        cl_ord_id=derive_cl_ord_id(intent.intent_id, intent.route, account, attempt=intent.attempt),
        intent_id=intent.intent_id, intent=intent.body, route=intent.route, account=account,
        send_by=min(at + timedelta(seconds=book.settings.send_within_s), intent.expires, ends),
        reserved=worth.reserve(book, account, intent, facts), attempt=intent.attempt,
        risk=loss.reserve(book, account, intent, facts),
    )
    return Pass(events=(submitted,), gates=last_look.gates)

