"""Stage 5: one last look, then the order is written down; the wire follows the journal."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from tradebot.core.gates import able, panel
from tradebot.core.gates.kill_switch import kill_switch
from tradebot.core.gates.look import Look
from tradebot.core.gates.mode import mode
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import derive_cl_ord_id
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Mode
from tradebot.core.model.verdict import Pass, Refuse, Verdict
from tradebot.core.pipeline import windows

# Which gates are asked again? Between stages 3 and 5 of one walk only the route is chosen, so only
# what asks for the route can answer otherwise; and the latch is always looked at.
LAST_LOOK: Final[tuple[panel.Gate, ...]] = (kill_switch, mode)

TRIES_MAX: Final = 4  # that provably never left, one after the other, until it is a dead letter


def commit(gates: Sequence[panel.Gate], look: Look) -> Verdict:
    """Ask again the gates that the route may have changed, then commit to one order."""
    book, intent = look.book, look.intent
    if intent.tries > TRIES_MAX:
        detail = f"{TRIES_MAX} attempts in a row never left"
        return Refuse(reason=Reason.ADAPTER_UNDELIVERED, detail=detail)
    last_look = panel.ask(gates, look)
    if not isinstance(last_look, Pass):
        return last_look
    assert intent.route is not None  # stage 4 passed, or we would not be here
    account, (reserved, risk) = book.routes[intent.route].account, look.reserves
    assert account == look.account_name  # stage 4 chose the route that the gates foresaw
    assert risk.is_finite()  # and they let nothing pass that loses without end
    ends = (windows.closes(book, intent.window) if intent.window else None) or intent.expires
    send_by = look.at + timedelta(seconds=book.settings.send_within_s)
    arming = book.arming if book.settings.mode is Mode.LIVE else None
    submitted = OrderSubmitted(
        cl_ord_id=derive_cl_ord_id(intent.intent_id, intent.route, account, attempt=intent.attempt),
        intent_id=intent.intent_id, intent=intent.body, route=intent.route, account=account,
        send_by=min(send_by, intent.expires, ends), reserved=reserved, attempt=intent.attempt,
        risk=risk, armed_by=arming.given.token if arming is not None else "",
        outside_hours=able.is_outside(book, intent.body),
    )
    return Pass(events=(submitted,))

