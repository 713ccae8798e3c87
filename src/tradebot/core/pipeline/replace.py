"""May a working order be changed? It is asked as the order it would be, and nothing waits for it.

The stages are those of a new order; where they would hold it, the change is refused: the order
works on as it is, and whoever asked can ask again.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.book.order_state import OrderState
from tradebot.core.gates.lists import GATE_LIST
from tradebot.core.gates.look import Look
from tradebot.core.model.capabilities import ReplaceKind
from tradebot.core.model.commands import RequestReplace
from tradebot.core.model.events import Event, ReplaceRefused, ReplaceRequested
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import derive_cl_ord_id
from tradebot.core.model.intent import Intent
from tradebot.core.model.reason import Reason
from tradebot.core.model.sound import flaw
from tradebot.core.model.verdict import Pass
from tradebot.core.pipeline.pipeline import OUTBOUND, record
from tradebot.core.pipeline.promote import Consent, consent

ASKED_AGAIN: Final = OUTBOUND[:3]  # well formed, valid, cleared; the route stays


def request_replace(
    book: Book, command: RequestReplace, facts: Facts, at: datetime
) -> Iterator[Event]:
    """Clear the order as it would be, and send the change; or say why not."""
    state = book.orders.working_of(command.target)
    if state is None or state.order.is_done:
        yield from _refused(book, command, Reason.VALIDATION_UNKNOWN_ORDER)
        return
    if told := flaw(command):
        yield from _refused(book, command, Reason.VALIDATION_MALFORMED, told)
        return
    body = _changed(state, command)
    if reason := _why_not(book, state, body):
        yield from _refused(book, command, reason)
        return
    send_by = at + timedelta(seconds=book.settings.send_within_s)
    known = book.intents.open.get(state.intent_id)
    would_be = IntentState(
        intent_id=state.intent_id, body=body, expires=send_by, route=state.route, replaces=state,
        is_staged=known is not None and known.is_staged,
    )
    look, cleared = Look(book, would_be, facts, at), Pass()
    for _stage, decide in ASKED_AGAIN:
        verdict = decide(look)
        if isinstance(verdict, Pass):
            cleared = verdict
        else:
            yield from record(book, ReplaceRefused(
                target=command.target, reason=verdict.reason, detail=verdict.detail,
                gates=verdict.gates,
            ))
            return
    reserved, risk = look.reserves
    assert risk.is_finite()  # the gates let nothing pass that loses without end
    if reserved > state.counted.reserved and not isinstance(given := consent(look), Consent):
        yield from _refused(book, command, given.reason, given.detail)
        return  # a person, or a window, agreed to less
    yield from record(book, ReplaceRequested(
        cl_ord_id=state.order.cl_ord_id, by=command.by, intent=body, send_by=send_by,
        request_id=derive_cl_ord_id(
            state.intent_id, state.route, state.account,
            attempt=state.attempt, request=state.requests + 1,
        ),
        reserved=reserved, risk=risk, gate_list=GATE_LIST, readings=cleared.readings,
    ))


def _changed(state: OrderState, command: RequestReplace) -> Intent:
    qty = state.order.order_qty if command.order_qty is None else command.order_qty
    price = state.intent.price if command.price is None else command.price
    return replace(state.intent, order_qty=qty, price=price)


def _why_not(book: Book, state: OrderState, body: Intent) -> Reason | None:
    if book.routes[state.route].capabilities.replaces is ReplaceKind.NONE:
        return Reason.VALIDATION_NOT_SUPPORTED
    if state.in_doubt or state.is_unanswered:
        return Reason.RISK_IN_DOUBT
    if state.canceling is not None or state.replacing is not None:
        return Reason.OMS_PENDING_REQUEST
    before = (state.order.order_qty, state.intent.price)
    if (body.order_qty, body.price) == before or 0 < body.order_qty <= state.order.cum_qty:
        return Reason.OMS_NOTHING_TO_CHANGE
    return None


def _refused(
    book: Book, command: RequestReplace, reason: Reason, detail: str = ""
) -> Iterator[Event]:
    yield from record(
        book, ReplaceRefused(target=command.target[:64], reason=reason, detail=detail)
    )
