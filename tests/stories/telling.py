"""How does a story tell an event? One short line, with short names in place of derived ids."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from tradebot.core.model import events as e
from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.core.model.config import Change
from tradebot.core.model.drift import Drift
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Answer, GateResult
from tradebot.core.model.report import Report

NEW_YORK: Final = ZoneInfo("America/New_York")


@dataclass
class Names:
    """Short names for derived ids, numbered as they appear: I1 intents, C1 orders, R1 requests."""

    given: dict[str, str] = field(default_factory=dict)

    def give(self, letter: str, full: str) -> str:
        count = sum(1 for short in self.given.values() if short.startswith(letter))
        return self.given.setdefault(full, f"{letter}{count + 1}")

    def short(self, full: str) -> str:
        return self.given.get(full, full)

    def full(self, short: str) -> str:
        return next((full for full, known in self.given.items() if known == short), short)


def tell(event: e.Event, names: Names) -> str:
    return TELLERS[type(event)](event, names)


def intent_text(body: Intent) -> str:
    if body.is_combo:
        legs = " ".join(f"{leg.side}:{leg.symbol}x{plain(leg.ratio_qty)}" for leg in body.legs)
        what = f"{plain(body.order_qty)} of {legs}"
    else:
        what = f"{body.side} {plain(body.order_qty)} {body.symbol}"
    price = "" if body.price is None else f" @{plain(body.price)}"
    stop = "" if body.stop_px is None else f" stop {plain(body.stop_px)}"
    return f"{what}{price}{stop} {body.time_in_force}"


def report_text(report: Report, names: Names) -> str:
    exec_id = f" {report.exec_id}" if report.exec_id else ""
    fill = f" {plain(report.last_qty)} @{plain(report.last_px)}" if report.last_qty else ""
    return f"{names.short(report.cl_ord_id)} {report.exec_type}{exec_id}{fill}"


def clock_text(at: datetime) -> str:
    return f"{at.astimezone(NEW_YORK):%H:%M:%S}"


def money_text(amount: Decimal) -> str:
    return f"{'+' if amount > 0 else ''}{plain(amount)}"


def _gates(gates: tuple[GateResult, ...]) -> str:
    stopped = [f"{g.gate} {g.answer}{_numbers(g)}" for g in gates if g.answer is not Answer.ALLOW]
    return f" ({'; '.join(stopped)})" if stopped else ""


def _numbers(result: GateResult) -> str:
    actual, limit = result.actual, result.limit
    if actual is None or limit is None:
        return ""
    return f" {plain(actual)} against {plain(limit)}"


def _received(event: e.IntentReceived, names: Names) -> str:
    number = f" as number {event.number} of" if event.number else f" key {event.intent.key} of"
    short = names.give("I", event.intent_id)
    owner = event.intent.strategy_id or event.intent.source
    ends = clock_text(event.expires)
    return f"received {short} {intent_text(event.intent)}{number} {owner}, until {ends}"


def _conflicted(event: e.IntentConflicted, names: Names) -> str:
    body, first = event.intent, names.short(event.first)
    return f"conflict key {body.key} is {first}: {intent_text(body)}"


def _passed(event: e.StagesPassed, names: Names) -> str:
    return f"passed {names.short(event.intent_id)} through {event.through.name.lower()}"


def _held(event: e.IntentHeld, names: Names) -> str:
    needs = ", ".join(event.needs)
    until = f" until {clock_text(event.until)}" if event.until else ""
    return (
        f"held {names.short(event.intent_id)} at {event.stage.name.lower()} {event.reason}"
        f" needs {needs}{until}{_gates(event.gates)}"
    )


def _refused(event: e.IntentRefused, names: Names) -> str:
    stage = event.stage.name.lower()
    detail = f": {event.detail}" if event.detail and not event.gates else ""
    short = names.short(event.intent_id)
    return f"refused {short} at {stage} {event.reason}{detail}{_gates(event.gates)}"


def _submitted(event: e.OrderSubmitted, names: Names) -> str:
    short = names.give("C", event.cl_ord_id)
    attempt = f" attempt {event.attempt}" if event.attempt > 1 else ""
    return (
        f"submitted {short} for {names.short(event.intent_id)} {intent_text(event.intent)}{attempt}"
        f" reserved {plain(event.reserved)} send by {clock_text(event.send_by)}"
    )


def _booked(event: e.TradeBooked, names: Names) -> str:
    external = " external" if event.is_external else ""
    fee = f" fee {plain(event.fee)}" if event.fee else ""
    realized = f" realized {money_text(event.realized)}" if event.realized else ""
    return (
        f"booked{external} {names.short(event.cl_ord_id)} {event.exec_id} {event.strategy_id}"
        f" {event.symbol} {money_text(event.qty)} @{plain(event.px)}"
        f" cash {money_text(event.cash)} cost {money_text(event.cost)}{fee}{realized}"
    )


def _cancel(event: e.CancelRequested, names: Names) -> str:
    short = names.give("R", event.request_id)
    return f"cancel requested {names.short(event.cl_ord_id)} as {short} by {event.by}"


def _replace(event: e.ReplaceRequested, names: Names) -> str:
    short = names.give("R", event.request_id)
    return (
        f"change requested {names.short(event.cl_ord_id)} as {short} by {event.by}:"
        f" {intent_text(event.intent)} reserved {plain(event.reserved)}"
    )


def _break(event: e.BreakFound, names: Names) -> str:
    return f"break {_drift(event.drift, names)}"


def _drift(drift: Drift, names: Names) -> str:
    subject = names.short(drift.subject)
    numbers = f"book {plain(drift.book)} statement {plain(drift.statement)}"
    return f"{drift.kind} {drift.account}/{subject} {numbers}"


def _compared(event: e.StatementCompared, names: Names) -> str:
    told = f"compared {event.account} ({event.because})"
    told += "".join(f" recovered {execution}" for execution in event.recovered)
    told += f" matched {event.matched}" if event.matched else ""
    drifts = ", ".join(_drift(drift, names) for drift in event.drifts)
    return f"{told}: {drifts or 'no difference'}"


def _kill(event: e.KillSwitchSet, names: Names) -> str:
    more = ", to flatten" if event.flatten else ""
    return f"kill switch {'on' if event.engaged else 'off'} by {event.by}: {event.reason}{more}"


def _control(event: e.ControlSet, names: Names) -> str:
    return f"{event.control} {'on' if event.engaged else 'off'} by {event.by}: {event.reason}"


def _opening(event: e.RouteConnected, names: Names) -> str:
    ledger = f", ledger opens with {plain(event.opening.cash)}" if event.opening else ""
    return f"route {event.route} up{ledger}"


def _marked(event: e.PositionsMarked, names: Names) -> str:
    return f"marked {', '.join(f'{q.symbol} {plain(q.mid)}' for q in event.quotes)}"


def _strategy(event: e.StrategySwitched, names: Names) -> str:
    return f"strategy {event.strategy_id} {'on' if event.enabled else 'off'}: {event.reason}"


def _settings(event: e.SettingsActivated, names: Names) -> str:
    return f"settings {event.version} mode {event.settings.mode}"


def _differences(changes: tuple[Change, ...]) -> str:
    return ", ".join(f"{change.key} {change.before} -> {change.after}" for change in changes)


TELLERS: Final[Mapping[type, Callable[[Any, Names], str]]] = {
    e.IntentReceived: _received,
    e.IntentConflicted: _conflicted,
    e.StagesPassed: _passed,
    e.IntentHeld: _held,
    e.IntentRefused: _refused,
    e.RouteChosen: lambda event, names: (
        f"route {event.route} for {names.short(event.intent_id)}"
        f"{' by window ' * bool(event.window)}{event.window}"
    ),
    e.OrderSubmitted: _submitted,
    e.OrderReported: lambda event, names: f"reported {report_text(event.report, names)}",
    e.ReportIgnored: lambda event, names: (
        f"ignored {report_text(event.report, names)} {event.reason}"
    ),
    e.OrderInDoubt: lambda event, names: (
        f"in doubt {names.short(event.cl_ord_id)} {event.detail}".rstrip()
    ),
    e.OrderNeverLeft: lambda event, names: (
        f"never left {names.short(event.cl_ord_id)} {event.detail}".rstrip()
    ),
    e.CancelRequested: _cancel,
    e.ReplaceRequested: _replace,
    e.ReplaceRefused: lambda event, names: (
        f"change refused {names.short(event.target)} {event.reason}{_gates(event.gates)}"
    ),
    e.CancelRefused: lambda event, names: (
        f"cancel refused {names.short(event.target)} {event.reason}"
    ),
    e.TradeBooked: _booked,
    e.PinNoticed: lambda event, names: f"pin risk {event.symbol} at {plain(event.spot)}",
    e.PositionSettled: lambda event, names: f"settled {report_text(event.report, names)}",
    e.ReconRequested: lambda event, names: f"finished {names.short(event.cl_ord_id)}",
    e.InstrumentHalted: lambda event, names: f"halted {event.symbol} {event.reason}",
    e.HaltCleared: lambda event, names: f"cleared {event.symbol} by {event.by}: {event.reason}",
    e.KillSwitchSet: _kill,
    e.RouteFlattened: lambda event, names: f"flat {event.route}",
    e.ControlSet: _control,
    LiveArmed: lambda event, names: (
        f"armed {event.account} by {event.by} until {clock_text(event.until)}:"
        f" {event.orders_max} orders, {plain(event.notional_max_usd)} USD"
    ),
    LiveDisarmed: lambda event, names: f"disarmed by {event.by}: {event.reason}",
    ArmingRefused: lambda event, names: f"arming of {event.account} refused: {event.detail}",
    e.SessionEntered: lambda event, names: f"session {event.calendar} {event.phase.lower()}",
    e.SettingsActivated: _settings,
    e.ConfigAccepted: lambda event, names: f"configuration {event.number} by {event.by}",
    e.SettingsProposed: lambda event, names: f"proposed {_differences(event.changes)}",
    e.SettingsApproved: lambda event, names: f"settings approved by {event.by}",
    e.SettingsDropped: lambda event, names: f"proposal dropped {event.reason}",
    e.InstrumentsDefined: lambda event, names: f"{len(event.instruments)} instruments known",
    e.RouteConnected: _opening,
    e.RouteRefused: lambda event, names: f"route {event.route} refused {event.reason}",
    e.RouteDisconnected: lambda event, names: f"route {event.route} down: {event.reason}",
    e.StatementCompared: _compared,
    e.BreakFound: _break,
    e.BreakClosed: lambda event, names: f"closed {_drift(event.drift, names)}",
    e.BreakAccepted: lambda event, names: (
        f"accepted {_drift(event.drift, names)} by {event.by}: {event.reason}"
    ),
    e.PositionsMarked: _marked,
    e.StrategySwitched: _strategy,
    e.IntentApproved: lambda event, names: (
        f"approved {names.short(event.intent_id)} by {event.by} until {clock_text(event.until)}"
        f" reserved {plain(event.reserved)}"
    ),
    e.ApprovalLapsed: lambda event, names: (
        f"approval of {names.short(event.intent_id)} lapsed {event.reason}: {event.detail}"
    ),
    e.BreakerSet: lambda event, names: (
        f"breaker of {event.route} {event.state} {event.reason}".rstrip()
    ),
    e.DeadLetterRetried: lambda event, names: (
        f"retried {names.short(event.intent_id)} by {event.by} until {clock_text(event.expires)}"
    ),
    e.DeadLetterDiscarded: lambda event, names: (
        f"discarded {names.short(event.intent_id)} by {event.by}: {event.reason}"
    ),
    e.ApprovalRefused: lambda event, names: (
        f"approval refused {names.short(event.target)} {event.reason}"
    ),
}
