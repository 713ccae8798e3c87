"""What does a command lead to? Every decision begins in one of these functions."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from tradebot.core import recon
from tradebot.core.book.book import Book, Market
from tradebot.core.book.orders import OrderState
from tradebot.core.model import commands as c
from tradebot.core.model import events as e
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import (
    IntentId,
    StrategyId,
    derive_cl_ord_id,
    keyed_intent_id,
    strategy_intent_id,
)
from tradebot.core.model.intent import Intent
from tradebot.core.model.report import ExecType, Report
from tradebot.core.model.sound import flaw
from tradebot.core.model.verdict import (
    SETTINGS,
    Reason,
    Stage,
    doubt_need,
    route_need,
    session_need,
)
from tradebot.core.pipeline.pipeline import absorb, advance, record, resume
from tradebot.core.pipeline.replace import request_replace
from tradebot.core.pipeline.s7_post_trade import unknown_terms

Handler: TypeAlias = Callable[[Book, Any, Facts, datetime], Iterator[e.Event]]


def handle(book: Book, command: c.Command, facts: Facts, at: datetime) -> Iterator[e.Event]:
    """Decide everything one command leads to, and fold it into the book on the way."""
    return HANDLERS[type(command)](book, command, facts, at)


def _submit(book: Book, command: c.SubmitIntent, facts: Facts, at: datetime) -> Iterator[e.Event]:
    body = command.intent
    is_plain = body.key is None and body.ttl_s is None
    is_sound = is_plain or flaw(body) is None  # what is not, stage 1 refuses by name
    number, digest = None, ""
    if body.key is not None:
        digest = body.digest() if is_sound else ""
        intent_id = keyed_intent_id(body.key)
        first = book.intents.keys.get(body.key)
        if first is not None:
            if first.digest != digest:
                yield from record(book, e.IntentConflicted(intent=body, first=first.intent_id))
            return
    else:
        name = body.strategy_id or StrategyId("")
        number = book.intents.counts.get(name, 0) + 1
        intent_id = strategy_intent_id(name, number)
    ttl_s = book.settings.intent_ttl_s
    if is_sound and body.ttl_s and body.ttl_s > 0:
        ttl_s = body.ttl_s
    expires = at + timedelta(seconds=min(ttl_s, _TTL_MAX_S))
    received = e.IntentReceived(
        intent_id=intent_id, intent=body, expires=expires, number=number, digest=digest
    )
    yield from record(book, received)
    yield from advance(book, intent_id, facts, at)


_TTL_MAX_S: Final = 366 * 86_400


def _report(book: Book, command: Report, facts: Facts, at: datetime) -> Iterator[e.Event]:
    state = book.orders.of_report(command)
    was_in_doubt = state is not None and state.in_doubt
    yield from absorb(book, command, at)
    is_unsure = state is not None and state.is_unanswered and not state.in_doubt
    if state is not None and is_unsure and command.is_duplicate_order:
        yield from record(book, e.OrderInDoubt(
            cl_ord_id=state.root, detail="the broker knows this id, and we have no word of it"
        ))
    if state is not None and was_in_doubt and not state.in_doubt:
        yield from _cancel_again(book, state)
        yield from _doubt_over(book, state, facts, at)


def _delivery(
    book: Book, command: c.ReportDelivery, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    if (asked := _replacing(book, command.cl_ord_id)) is not None:
        if command.delivery is c.Delivery.NEVER_LEFT:
            yield from record(book, _replace_lost(asked, command.detail))
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
        yield from _refuse_taken(book, state, command.detail, at)
        yield from _doubt_over(book, state, facts, at)
        return
    left = e.OrderNeverLeft(cl_ord_id=command.cl_ord_id, detail=command.detail)
    yield from record(book, left)
    if state.canceled_by:
        yield from record(book, e.IntentRefused(
            intent_id=state.intent_id, stage=Stage.DISPATCH, reason=Reason.OMS_CANCELED,
            detail=f"by {state.canceled_by}",
        ))
    else:
        yield from advance(book, state.intent_id, facts, at)
    if was_in_doubt:
        yield from _doubt_over(book, state, facts, at)


def _replacing(book: Book, request_id: str) -> e.ReplaceRequested | None:
    """Return the change that goes by this id, where it has no answer yet."""
    state = book.orders.find(request_id)
    asked = state.replacing if state is not None else None
    return asked if asked is not None and asked.request_id == request_id else None


def _replace_lost(asked: e.ReplaceRequested, detail: str) -> e.ReplaceRefused:
    return e.ReplaceRefused(
        target=asked.cl_ord_id, reason=Reason.ADAPTER_NEVER_LEFT, detail=detail,
        request_id=asked.request_id,
    )


def _refuse_taken(book: Book, state: OrderState, detail: str, at: datetime) -> Iterator[e.Event]:
    """End an order whose id another order has; its instruments wait for a person."""
    refusal = Report(
        route=state.route, cl_ord_id=state.root, exec_type=ExecType.REJECTED, text=detail
    )
    yield from absorb(book, refusal, at)
    for leg in state.intent.legs:
        yield from record(book, e.InstrumentHalted(
            symbol=leg.symbol, reason=Reason.OMS_EXTERNAL, detail=f"{state.root}: {detail}"
        ))


def _doubt_over(
    book: Book, state: OrderState, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    needs = [doubt_need(leg.symbol) for leg in state.intent.legs]
    yield from resume(book, book.intents.waiting_for(needs), facts, at)


def _cancel(book: Book, command: c.RequestCancel, facts: Facts, at: datetime) -> Iterator[e.Event]:
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


def _cancel_all(
    book: Book, command: c.RequestCancelAll, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    why = (Reason.OMS_CANCELED, f"by {command.by}")
    yield from _stop_all(book, command.by, why, command.symbol)


def _stop_all(
    book: Book, by: str, why: tuple[Reason, str], symbol: str | None
) -> Iterator[e.Event]:
    """Ask for the cancel of every working order, and end every held intent, or a symbol's."""
    for state in list(book.orders.working.values()):
        if not state.order.is_done and _is_about(state.intent, symbol):
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


def _cancel_again(book: Book, state: OrderState) -> Iterator[e.Event]:
    """Ask anew for a cancel that has no answer: it may have met no order, or nobody."""
    if state.canceling is not None and not state.order.is_done:
        yield from record(book, _cancel_of(state, state.canceled_by))


def _kill(book: Book, command: c.SetKillSwitch, facts: Facts, at: datetime) -> Iterator[e.Event]:
    if not command.engaged and book.kill_reason is None and e.EVERYTHING not in book.halted:
        return
    yield from record(book, e.KillSwitchSet(
        engaged=command.engaged, reason=command.reason, by=command.by
    ))
    if command.engaged:
        why = (Reason.RISK_KILL_SWITCH, command.reason)
        yield from _stop_all(book, f"kill by {command.by}", why, None)


def _clear_halt(
    book: Book, command: c.ClearHalt, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    if command.symbol in book.halted:
        yield from record(book, e.HaltCleared(
            symbol=command.symbol, reason=command.reason, by=command.by
        ))


def _session(book: Book, command: c.EnterSession, facts: Facts, at: datetime) -> Iterator[e.Event]:
    entered = Market(
        phase=command.phase, session=command.session, opens=command.opens, closes=command.closes
    )
    if book.markets.get(command.calendar) == entered:
        return
    yield from record(book, e.SessionEntered(
        calendar=command.calendar, phase=command.phase, session=command.session,
        opens=command.opens, closes=command.closes,
    ))
    waiting = book.intents.waiting_for((session_need(command.calendar),))
    yield from resume(book, waiting, facts, at)


def _settings(
    book: Book, command: c.ActivateSettings, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    if (book.settings, book.settings_version) == (command.settings, command.version):
        return
    yield from record(book, e.SettingsActivated(
        settings=command.settings, version=command.version
    ))
    yield from resume(book, book.intents.waiting_for((SETTINGS,)), facts, at)


def _instruments(
    book: Book, command: c.DefineInstruments, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    if any(book.instruments.get(i.symbol) != i for i in command.instruments):
        yield from record(book, e.InstrumentsDefined(instruments=command.instruments))


def _connect(book: Book, command: c.ConnectRoute, facts: Facts, at: datetime) -> Iterator[e.Event]:
    if (told := flaw(command)) is not None:  # no ledger opens with it, and nothing trades by it
        yield from record(book, e.InstrumentHalted(
            symbol=e.EVERYTHING, reason=Reason.OMS_MALFORMED_REPORT, detail=told
        ))
        return
    is_new = command.statement.account not in book.ledger.accounts
    yield from record(book, e.RouteConnected(
        route=command.route, kind=command.kind, account=command.statement.account,
        capabilities=command.capabilities, opening=command.statement if is_new else None,
    ))
    if is_new:
        unknown = (h.symbol for h in command.statement.holdings if book.terms(h.symbol) is None)
        yield from record(book, *(unknown_terms(symbol) for symbol in unknown))
    else:
        for found in list(recon.breaks(book, command.statement)):
            yield from record(book, found)
            if found.subject != "cash":
                yield from record(book, e.InstrumentHalted(
                    symbol=found.subject, reason=Reason.OMS_EXTERNAL,
                    detail=f"book {found.book}, broker {found.statement}",
                ))
    for state in list(book.orders.working.values()):
        if state.route == command.route:
            yield from _cancel_again(book, state)
            if state.replacing is not None and command.capabilities.absence_is_proof:
                yield from record(book, _replace_lost(state.replacing, "the broker never saw it"))
    yield from resume(book, book.intents.waiting_for((route_need(command.route),)), facts, at)


def _disconnect(
    book: Book, command: c.DisconnectRoute, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    route = book.routes.get(command.route)
    if route is not None and route.is_up:
        yield from record(book, e.RouteDisconnected(route=command.route, reason=command.reason))


def _facts(book: Book, command: c.FactArrived, facts: Facts, at: datetime) -> Iterator[e.Event]:
    yield from resume(book, book.intents.waiting_for(command.needs), facts, at)


def _mark(book: Book, command: c.Mark, facts: Facts, at: datetime) -> Iterator[e.Event]:
    held = {symbol for nets in book.ledger.nets.values() for symbol in nets}
    quotes = tuple(
        q for q in command.quotes
        if q.symbol in held and flaw(q) is None and q.bid > 0 and q.ask >= q.bid
    )
    if quotes:
        yield from record(book, e.PositionsMarked(quotes=quotes))


def _tick(book: Book, command: c.Tick, facts: Facts, at: datetime) -> Iterator[e.Event]:
    yield from resume(book, book.intents.due_by(at), facts, at)


def _strategy(
    book: Book, command: c.StrategyState, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    if command.enabled == (command.strategy_id not in book.disabled):
        return
    yield from record(book, e.StrategySwitched(
        strategy_id=command.strategy_id, enabled=command.enabled, reason=command.reason
    ))


HANDLERS: Final[Mapping[type, Handler]] = {
    c.SubmitIntent: _submit,
    Report: _report,
    c.ReportDelivery: _delivery,
    c.RequestCancel: _cancel,
    c.RequestReplace: request_replace,
    c.RequestCancelAll: _cancel_all,
    c.SetKillSwitch: _kill,
    c.ClearHalt: _clear_halt,
    c.EnterSession: _session,
    c.ActivateSettings: _settings,
    c.DefineInstruments: _instruments,
    c.ConnectRoute: _connect,
    c.DisconnectRoute: _disconnect,
    c.FactArrived: _facts,
    c.Mark: _mark,
    c.Tick: _tick,
    c.StrategyState: _strategy,
}
