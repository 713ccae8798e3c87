"""What does a command lead to? Every decision begins in one of these functions."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.book.places import Market
from tradebot.core.model import commands as c
from tradebot.core.model import events as e
from tradebot.core.model.facts import Facts
from tradebot.core.model.reason import (
    Reason,
    control_need,
    mark_need,
    session_need,
    window_need,
)
from tradebot.core.model.report import Report
from tradebot.core.model.sound import flaw
from tradebot.core.pipeline import config
from tradebot.core.pipeline.approve import approve, lapse, lapse_all, reject
from tradebot.core.pipeline.arming import arm, disarm, end_arming, end_when_over
from tradebot.core.pipeline.dead_letters import discard, retry
from tradebot.core.pipeline.drawdown import halt_at_drawdown
from tradebot.core.pipeline.flatten import flatten
from tradebot.core.pipeline.pin import notice_pins
from tradebot.core.pipeline.pipeline import record, resume
from tradebot.core.pipeline.reconcile import (
    accept_break,
    reconcile,
)
from tradebot.core.pipeline.replace import request_replace
from tradebot.core.pipeline.requests import (
    cancel,
    cancel_all,
    end_overdue,
    stop_all,
    take_delivery,
    take_report,
)
from tradebot.core.pipeline.routes import connect, disconnect, refuse, set_breaker
from tradebot.core.pipeline.submit import revise, submit

Handler: TypeAlias = Callable[[Book, Any, Facts, datetime], Iterator[e.Event]]


def handle(book: Book, command: c.Command, facts: Facts, at: datetime) -> Iterator[e.Event]:
    """Decide everything one command leads to, and fold it into the book on the way."""
    book.now = at
    return HANDLERS[type(command)](book, command, facts, at)


def _kill(book: Book, command: c.SetKillSwitch, facts: Facts, at: datetime) -> Iterator[e.Event]:
    is_set = book.kill_reason is not None
    if _is_kill_news(book, command):
        yield from record(book, e.KillSwitchSet(
            engaged=command.engaged, reason=command.reason, by=command.by, flatten=command.flatten
        ))
    if command.engaged:
        yield from end_arming(book, f"kill switch: {command.reason}", command.by)
        why = (Reason.RISK_KILL_SWITCH, command.reason)
        yield from stop_all(book, f"kill by {command.by}", why, anew=not is_set)


def _is_kill_news(book: Book, command: c.SetKillSwitch) -> bool:
    """Tell whether a kill says more than the one that stands, or a clearing has what to clear."""
    kill = book.kill
    if not command.engaged:
        return kill.reason is not None or e.EVERYTHING in book.halted
    wants_more = command.flatten and not (kill.to_flatten.keys() >= book.routes.keys())
    return command.reason not in kill.reasons or wants_more


def _control(book: Book, command: c.SetControl, facts: Facts, at: datetime) -> Iterator[e.Event]:
    if command.engaged == (command.control in book.controls):
        return
    yield from record(book, e.ControlSet(
        control=command.control, engaged=command.engaged, reason=command.reason, by=command.by
    ))
    if command.engaged and command.control is c.Control.CLOCK_SET:
        yield from lapse_all(book, facts, at, (Reason.RISK_CLOCK_SET, command.reason))
    if not command.engaged:
        need = control_need(command.control)
        yield from resume(book, book.intents.waiting_for((need,)), facts, at)


def _clear_halt(
    book: Book, command: c.ClearHalt, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    if command.symbol in book.halted:
        yield from record(book, e.HaltCleared(
            symbol=command.symbol, reason=command.reason, by=command.by
        ))


def _session(book: Book, command: c.EnterSession, facts: Facts, at: datetime) -> Iterator[e.Event]:
    entered = Market(
        phase=command.phase, session=command.session, opens=command.opens, closes=command.closes,
        utc_offset_s=command.utc_offset_s,
    )
    if book.markets.get(command.calendar) == entered:
        return
    yield from record(book, e.SessionEntered(
        calendar=command.calendar, phase=command.phase, session=command.session,
        opens=command.opens, closes=command.closes, utc_offset_s=command.utc_offset_s,
    ))
    calendar = command.calendar
    waiting = book.intents.waiting_for((session_need(calendar), window_need(calendar)))
    yield from resume(book, waiting, facts, at)
    yield from config.take_effect(book, facts, at)


def _instruments(
    book: Book, command: c.DefineInstruments, facts: Facts, at: datetime
) -> Iterator[e.Event]:
    if any(book.instruments.get(i.symbol) != i for i in command.instruments):
        yield from record(book, e.InstrumentsDefined(instruments=command.instruments))


def _facts(book: Book, command: c.FactArrived, facts: Facts, at: datetime) -> Iterator[e.Event]:
    yield from resume(book, book.intents.waiting_for(command.needs), facts, at)


def _mark(book: Book, command: c.Mark, facts: Facts, at: datetime) -> Iterator[e.Event]:
    held = {symbol for nets in book.ledger.nets.values() for symbol in nets}
    quotes = tuple(
        q for q in command.quotes if q.symbol in held and flaw(q) is None and q.is_sane
    )
    if quotes:
        yield from record(book, e.PositionsMarked(quotes=quotes))
        yield from halt_at_drawdown(book)
        yield from notice_pins(book, facts)
        needs = [mark_need(quote.symbol) for quote in quotes]
        yield from resume(book, book.intents.waiting_for(needs), facts, at)


def _tick(book: Book, command: c.Tick, facts: Facts, at: datetime) -> Iterator[e.Event]:
    yield from lapse(book, at)
    yield from end_overdue(book, at)
    yield from end_when_over(book, at)
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
    c.SubmitIntent: submit,
    Report: take_report,
    c.ReportDelivery: take_delivery,
    c.RequestCancel: cancel,
    c.RequestReplace: request_replace,
    c.RequestCancelAll: cancel_all,
    c.SetKillSwitch: _kill,
    c.Flatten: flatten,
    c.SetControl: _control,
    c.ArmLive: arm,
    c.DisarmLive: disarm,
    c.ClearHalt: _clear_halt,
    c.EnterSession: _session,
    c.ActivateSettings: config.activate,
    c.AcceptConfig: config.accept,
    c.ApproveSettings: config.approve,
    c.RejectSettings: config.reject,
    c.DefineInstruments: _instruments,
    c.ConnectRoute: connect,
    c.RefuseRoute: refuse,
    c.Reconcile: reconcile,
    c.AcceptBreak: accept_break,
    c.DisconnectRoute: disconnect,
    c.FactArrived: _facts,
    c.Mark: _mark,
    c.Tick: _tick,
    c.StrategyState: _strategy,
    c.Approve: approve,
    c.Reject: reject,
    c.Revise: revise,
    c.SetBreaker: set_breaker,
    c.RetryDeadLetter: retry,
    c.DiscardDeadLetter: discard,
}
