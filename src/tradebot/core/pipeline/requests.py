"""What do a broker's words, the wire's and people's requests do to orders that are out?"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.order_state import OrderState
from tradebot.core.gates.routes import routes_for, routes_left
from tradebot.core.model import commands as c
from tradebot.core.model import events as e
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import IntentId, derive_cl_ord_id
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.reason import Reason, Stage, doubt_need
from tradebot.core.model.report import ExecType, Report
from tradebot.core.pipeline.arming import end_when_spent
from tradebot.core.pipeline.drawdown import halt_at_drawdown
from tradebot.core.pipeline.pipeline import absorb, advance, record, resume

_LEFT_NOT: Final = (c.Delivery.NEVER_LEFT, c.Delivery.UNDELIVERED)
TIMEOUT: Final = "timeout"  # who cancels an order that worked longer than orders may


def take_report(book: Book, command: Report, facts: Facts, at: datetime) -> Iterator[e.Event]:
    state = book.orders.of_report(command)
    was_in_doubt = state is not None and state.in_doubt
    known_as = state.order.cl_ord_id if state is not None else None
    yield from absorb(book, state, command)
    if state is not None and state.early:
        yield from _taken_back_before(book, state, command)
    yield from halt_at_drawdown(book)
    yield from end_when_spent(book)
    is_unsure = state is not None and state.is_unanswered and not state.in_doubt
    if state is not None and is_unsure and command.is_duplicate_order:
        yield from record(book, e.OrderInDoubt(
            cl_ord_id=state.root, detail="the broker knows this id, and we have no word of it"
        ))
    if state is not None and state.order.cl_ord_id != known_as:
        yield from cancel_again(book, state)  # a cancel that named the id before may find nothing
    if state is not None and was_in_doubt and not state.in_doubt:
        yield from cancel_again(book, state)
        yield from _doubt_over(book, state, facts, at)


def _taken_back_before(book: Book, state: OrderState, trade: Report) -> Iterator[e.Event]:
    """Apply the bust or correction that came before the execution that it names."""
    if trade.exec_type is not ExecType.TRADE or trade.exec_id is None:
        return
    early = state.early.get(trade.exec_id)
    if early is not None:
        yield from absorb(book, state, early)


def take_delivery(
    book: Book, command: c.ReportDelivery, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    if (asked := _replacing(book, command.cl_ord_id)) is not None:
        if command.delivery in _LEFT_NOT:
            yield from record(book, replace_lost(asked, command.detail))
        return
    state = book.orders.working.get(command.cl_ord_id)
    if state is None or not state.is_unanswered:
        return  # the broker has answered meanwhile: its word outweighs the wire's
    if command.delivery is c.Delivery.UNKNOWN:
        if not state.in_doubt:
            doubt = e.OrderInDoubt(cl_ord_id=command.cl_ord_id, detail=command.detail)
            yield from record(book, doubt)
        return
    was_in_doubt = state.in_doubt
    if command.delivery is c.Delivery.ID_TAKEN:
        yield from _refuse_taken(book, state, command.detail)
        yield from _doubt_over(book, state, facts, at)
        return
    gave_up = command.delivery is c.Delivery.UNDELIVERED
    yield from record(book, e.OrderNeverLeft(
        cl_ord_id=command.cl_ord_id, detail=command.detail, gave_up=gave_up
    ))
    if state.canceled_by:
        yield from record(book, e.IntentRefused(
            intent_id=state.intent_id, stage=Stage.DISPATCH, reason=Reason.OMS_CANCELED,
            detail=f"by {state.canceled_by}",
        ))
    elif state.intent.source is Source.KILL:  # it walks no stages; the kill closes anew
        yield from record(book, e.IntentRefused(
            intent_id=state.intent_id, stage=Stage.DISPATCH, reason=Reason.ADAPTER_NEVER_LEFT,
            detail=command.detail,
        ))
    elif gave_up and not _another_route(book, state.intent_id):
        yield from record(book, e.IntentRefused(
            intent_id=state.intent_id, stage=Stage.DISPATCH, reason=Reason.ADAPTER_UNDELIVERED,
            detail=command.detail,
        ))
    else:
        yield from advance(book, state.intent_id, facts, at)
    if was_in_doubt:
        yield from _doubt_over(book, state, facts, at)


def give_up(
    book: Book, state: OrderState, detail: str, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    """End an order that a person says never arrived; nothing is sent in its place."""
    yield from record(
        book,
        e.OrderNeverLeft(cl_ord_id=state.root, detail=detail),
        e.IntentRefused(
            intent_id=state.intent_id, stage=Stage.DISPATCH, reason=Reason.OMS_CANCELED,
            detail=detail,
        ),
    )
    yield from _doubt_over(book, state, facts, at)


def _another_route(book: Book, intent_id: IntentId) -> bool:
    intent = book.intents.open[intent_id]
    return bool(routes_left(book, intent, routes_for(book, intent)))


def _replacing(book: Book, request_id: str) -> e.ReplaceRequested | None:
    """Return the change that goes by this id, where it has no answer yet."""
    state = book.orders.find(request_id)
    asked = state.replacing if state is not None else None
    return asked if asked is not None and asked.request_id == request_id else None


def replace_lost(asked: e.ReplaceRequested, detail: str) -> e.ReplaceRefused:
    return e.ReplaceRefused(
        target=asked.cl_ord_id, reason=Reason.ADAPTER_NEVER_LEFT, detail=detail,
        request_id=asked.request_id,
    )


def _refuse_taken(book: Book, state: OrderState, detail: str) -> Iterator[e.Event]:
    """End an order whose id another order has; its instruments wait for a person."""
    refusal = Report(
        route=state.route, cl_ord_id=state.root, exec_type=ExecType.REJECTED, text=detail
    )
    yield from absorb(book, state, refusal)
    for leg in state.intent.legs:
        yield from record(book, e.InstrumentHalted(
            symbol=leg.symbol, reason=Reason.OMS_EXTERNAL, detail=f"{state.root}: {detail}"
        ))


def _doubt_over(
    book: Book, state: OrderState, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    needs = [doubt_need(leg.symbol) for leg in state.intent.legs]
    yield from resume(book, book.intents.waiting_for(needs), facts, at)


def cancel(book: Book, command: c.RequestCancel, facts: Facts, at: datetime) -> Iterator[e.Event]:
    state = book.orders.working_of(command.target)
    if state is not None:
        yield from record(book, _cancel_of(state, command.by))
        return
    intent = book.intents.open.get(IntentId(command.target))
    if intent is not None and intent.held is not None:
        yield from record(book, e.IntentRefused(
            intent_id=intent.intent_id, stage=intent.held.stage, reason=Reason.OMS_CANCELED,
            detail=f"by {command.by}",
        ))
        return
    refused = e.CancelRefused(target=command.target, reason=Reason.VALIDATION_UNKNOWN_ORDER)
    yield from record(book, refused)


def cancel_all(
    book: Book, command: c.RequestCancelAll, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    why = (Reason.OMS_CANCELED, f"by {command.by}")
    yield from stop_all(book, command.by, why, command.symbol)


def stop_all(
    book: Book, by: str, why: tuple[Reason, str], symbol: str | None = None, *, anew: bool = True
) -> Iterator[e.Event]:
    """Ask for the cancel of every working order, and end every held intent, or a symbol's.

    Unless `anew`, what only closes, and a cancel that is asked for until it is answered, is left
    alone.
    """
    for state in list(book.orders.working.values()):
        is_stopping = state.is_being_ended or state.intent.source is Source.KILL
        is_wanted = not state.order.is_done and (anew or not is_stopping)
        if is_wanted and _is_about(state.intent, symbol):
            yield from record(book, _cancel_of(state, by))
    for intent in list(book.intents.open.values()):
        if intent.held is not None and _is_about(intent.body, symbol):
            yield from record(book, e.IntentRefused(
                intent_id=intent.intent_id, stage=intent.held.stage, reason=why[0], detail=why[1]
            ))


def _is_about(body: Intent, symbol: str | None) -> bool:
    return symbol is None or any(leg.symbol == symbol for leg in body.legs)


def _cancel_of(state: OrderState, by: str) -> e.CancelRequested:
    request_id = derive_cl_ord_id(
        state.intent_id, state.route, state.account,
        attempt=state.attempt, request=state.requests + 1,
    )
    return e.CancelRequested(cl_ord_id=state.order.cl_ord_id, request_id=request_id, by=by)


def end_overdue(book: Book, at: datetime) -> Iterator[e.Event]:
    """Ask for the cancel of what works too long, and anew for those that brought no answer."""
    for state in book.orders.overdue(at):
        is_overtime = not state.canceled_by or (state.canceling is None and not book.kill_reason)
        yield from record(book, _cancel_of(state, TIMEOUT if is_overtime else state.canceled_by))


def cancel_again(book: Book, state: OrderState) -> Iterator[e.Event]:
    """Ask anew for a cancel that has no answer: it may have met no order, or nobody."""
    if state.canceling is not None and not state.order.is_done:
        yield from record(book, _cancel_of(state, state.canceled_by))
