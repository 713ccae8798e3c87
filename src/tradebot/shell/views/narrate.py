"""How is an event told to a person? One short sentence each, in the words of a trading floor."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model import events as e
from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.core.model.drift import BreakKind, Drift
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Answer, GateResult
from tradebot.core.model.report import ExecType, Report

_PLACES: Final = 8


def sentence(event: e.Event) -> str:
    """Tell the event in one line, with its numbers."""
    return WORDS[type(event)](event)


def ask(intent: Intent) -> str:
    """Tell what an intent asks for, e.g. `buy 10 SPY limit 501.15 day`."""
    legs = " ".join(
        f"{leg.side} {plain(leg.ratio_qty * intent.order_qty)} {leg.symbol}" for leg in intent.legs
    )
    price = f" {plain(intent.price)}" if intent.price is not None else ""
    stop = f" stop {plain(intent.stop_px)}" if intent.stop_px is not None else ""
    return f"{legs} {intent.ord_type}{price}{stop} {intent.time_in_force}"


def numbers(gates: tuple[GateResult, ...]) -> str:
    """Tell the numbers of the gates that did not allow, e.g. `order_notional 60000 against 50000`.

    A gate without numbers says all it has to say by its reason; where one refuses, those that
    would only wait say nothing.
    """
    told, is_refused = [], any(gate.answer is Answer.BLOCK for gate in gates)
    for gate in gates:
        is_worst = gate.answer is Answer.BLOCK or not is_refused
        if gate.answer is not Answer.ALLOW and is_worst and gate.limit is not None:
            actual = "nothing" if gate.actual is None else _number(gate.actual)
            told.append(f"{gate.gate} {actual} against {_number(gate.limit)}")
    return "; ".join(told)


def _number(value: Decimal) -> str:
    return plain(round(value, _PLACES) if value.is_finite() else value)


def short(name: str) -> str:
    """Shorten an id for the eye; the full one is in the journal."""
    return name if len(name) <= 10 else f"{name[:2]}..{name[-6:]}"


def _who(intent: Intent) -> str:
    return intent.strategy_id or intent.user or intent.source.value


def _received(event: e.IntentReceived) -> str:
    return f"intent {short(event.intent_id)}: {ask(event.intent)} by {_who(event.intent)}"


def _held(event: e.IntentHeld) -> str:
    needs = ", ".join(event.needs) or "time"
    where = f"{short(event.intent_id)} at stage {event.stage.name.lower()}"
    return f"held {where}: {event.reason}, needs {needs}"


def _refused(event: e.IntentRefused) -> str:
    detail = numbers(event.gates) or event.detail
    return (
        f"refused {short(event.intent_id)} at stage {event.stage.name.lower()}: {event.reason}"
        + (f" ({detail})" if detail else "")
    )


def _routed(event: e.RouteChosen) -> str:
    by = f", promoted by window {event.window}" if event.window else ""
    return f"route of {short(event.intent_id)}: {event.route}{by}"


def _submitted(event: e.OrderSubmitted) -> str:
    return f"order {short(event.cl_ord_id)}: {ask(event.intent)} to {event.route}"


def _reported(event: e.OrderReported) -> str:
    return _report(event.report)


def _report(report: Report) -> str:
    name, text = short(report.cl_ord_id), f": {report.text}" if report.text else ""
    if report.exec_type in (ExecType.TRADE, ExecType.TRADE_CORRECT):
        fill = f"{plain(report.last_qty)} @ {plain(report.last_px)}"
        return f"{report.exec_type} {name}: {fill}{text}"
    why = f" ({report.rej_reason})" if report.rej_reason is not None else ""
    return f"{report.exec_type} {name}{why}{text}"


def _settled(event: e.PositionSettled) -> str:
    told = event.report
    shares = "".join(f", {leg.symbol} at {plain(leg.last_px)}" for leg in told.legs)
    text = f": {told.text}" if told.text else ""
    qty, px = plain(told.last_qty), plain(told.last_px)
    return f"settled {qty} {told.symbol} @ {px}{shares}{text}"


def _pinned(event: e.PinNoticed) -> str:
    return (
        f"PIN RISK {event.symbol}: {plain(event.qty)} held at {event.account} end today,"
        f" the market stands at {plain(event.spot)}"
    )


def _ignored(event: e.ReportIgnored) -> str:
    return f"ignored {_report(event.report)}: {event.reason}"


def _replace_refused(event: e.ReplaceRefused) -> str:
    told = numbers(event.gates) or event.detail
    more = f" ({told})" if told else ""
    return f"change of {short(event.target)} refused: {event.reason}{more}"


def _booked(event: e.TradeBooked) -> str:
    sign = "+" if event.qty > 0 else ""
    profit = f", realised {plain(event.realized)}" if event.realized else ""
    return (
        f"booked {event.symbol} {sign}{plain(event.qty)} @ {plain(event.px)}"
        f" for {event.strategy_id}: cash {plain(event.cash)}, fee {plain(event.fee)}{profit}"
    )


def _kill(event: e.KillSwitchSet) -> str:
    word = "SET" if event.engaged else "cleared"
    more = ", to close all that is held" if event.flatten else ""
    return f"kill switch {word} by {event.by}: {event.reason}{more}"


def _control(event: e.ControlSet) -> str:
    name, word = event.control.replace("_", " "), "ENGAGED" if event.engaged else "released"
    return f"{name} {word} by {event.by}: {event.reason}"


def _armed(event: LiveArmed) -> str:
    limits = f"{event.orders_max} orders, {plain(event.notional_max_usd)} USD"
    until = f"{event.until:%F %T} UTC"
    return f"LIVE ARMED for {event.account} by {event.by}: {limits}, until {until}: {event.reason}"


def _session(event: e.SessionEntered) -> str:
    return f"{event.calendar} is {event.phase}" + (f" ({event.session})" if event.session else "")


def _connected(event: e.RouteConnected) -> str:
    opening = event.opening
    cash = f", opens with {plain(opening.cash)} {opening.currency}" if opening else ""
    return f"route {event.route} ({event.kind}) is up, account {event.account}{cash}"


def _proposed(event: e.SettingsProposed) -> str:
    told = "; ".join(f"{c.key} {c.before} -> {c.after}" for c in event.changes)
    return (
        f"LOOSER SETTINGS WAIT: {told}; the rest is in force;"
        f" to let them in: tradebot config approve {event.digest}"
    )


def _strategy(event: e.StrategySwitched) -> str:
    word = "enabled" if event.enabled else "DISABLED"
    return f"strategy {event.strategy_id} {word}" + (f": {event.reason}" if event.reason else "")


def _compared(event: e.StatementCompared) -> str:
    told = f"compared with the broker's statement of {event.account} ({event.because}): "
    if event.recovered:
        told += f"{len(event.recovered)} missing fills booked, "
    if not event.drifts:
        return f"{told}{event.orders} orders, {event.positions} positions and cash agree"
    return told + "; ".join(drift_text(drift) for drift in event.drifts)


def drift_text(drift: Drift) -> str:
    """Tell both numbers of a difference."""
    kind = drift.kind.replace("_", " ")
    if drift.kind is BreakKind.ACCOUNT:
        return f"{kind} {drift.account}: the broker speaks of {drift.subject}"
    return f"{kind} {drift.name}: book {plain(drift.book)}, broker {plain(drift.statement)}"


WORDS: Final[Mapping[type, Callable[[Any], str]]] = {
    e.IntentReceived: _received,
    e.IntentConflicted: lambda v: f"key of {short(v.first)} came back with another body: refused",
    e.StagesPassed: lambda v: f"passed {short(v.intent_id)} through stage {v.through.name.lower()}",
    e.IntentHeld: _held,
    e.IntentRefused: _refused,
    e.RouteChosen: _routed,
    e.OrderSubmitted: _submitted,
    e.OrderReported: _reported,
    e.ReportIgnored: _ignored,
    e.OrderInDoubt: lambda v: f"IN DOUBT {short(v.cl_ord_id)}: {v.detail}; its risk stays reserved",
    e.OrderNeverLeft: lambda v: f"order {short(v.cl_ord_id)} never left: {v.detail}",
    e.CancelRequested: lambda v: f"cancel {short(v.cl_ord_id)} asked by {v.by}",
    e.ReplaceRequested: lambda v: f"change of {short(v.cl_ord_id)} by {v.by}: {ask(v.intent)}",
    e.ReplaceRefused: _replace_refused,
    e.CancelRefused: lambda v: f"cancel of {v.target} refused: {v.reason}",
    e.TradeBooked: _booked,
    e.PositionSettled: _settled,
    e.PinNoticed: _pinned,
    e.ReconRequested: lambda v: f"order {short(v.cl_ord_id)} is finished",
    e.InstrumentHalted: lambda v: f"HALTED {v.symbol}: {v.reason} ({v.detail})",
    e.HaltCleared: lambda v: f"halt of {v.symbol} cleared by {v.by}: {v.reason}",
    e.KillSwitchSet: _kill,
    e.RouteFlattened: lambda v: f"route {v.route} is flat: its broker states that nothing is held",
    e.ControlSet: _control,
    LiveArmed: _armed,
    LiveDisarmed: lambda v: f"live disarmed by {v.by}: {v.reason}",
    ArmingRefused: lambda v: f"arming of {v.account} by {v.by} refused: {v.detail}",
    e.SessionEntered: _session,
    e.SettingsActivated: lambda v: f"settings {v.version}: mode {v.settings.mode}",
    e.ConfigAccepted: lambda v: (
        f"configuration {v.number} accepted from {v.by}, settings {v.settings_version}"
    ),
    e.SettingsProposed: _proposed,
    e.SettingsApproved: lambda v: f"looser settings {short(v.digest)} approved by {v.by}",
    e.SettingsDropped: lambda v: (
        f"looser settings {short(v.digest)} dropped: {v.reason} {v.by} {v.detail}".rstrip()
    ),
    e.InstrumentsDefined: lambda v: "instruments " + ", ".join(i.symbol for i in v.instruments),
    e.RouteConnected: _connected,
    e.RouteRefused: lambda v: f"route {v.route} is refused: {v.reason} ({v.detail})",
    e.RouteDisconnected: lambda v: f"route {v.route} is down: {v.reason}",
    e.StatementCompared: _compared,
    e.BreakFound: lambda v: f"BREAK {drift_text(v.drift)}",
    e.BreakClosed: lambda v: f"break {v.drift.name} is gone: book and broker agree",
    e.BreakAccepted: lambda v: f"break {drift_text(v.drift)} accepted by {v.by}: {v.reason}",
    e.PositionsMarked: lambda v: "marked " + ", ".join(q.symbol for q in v.quotes),
    e.StrategySwitched: _strategy,
    e.IntentApproved: lambda v: f"draft {short(v.intent_id)} approved by {' and '.join(v.names)}",
    e.ApprovalLapsed: lambda v: f"approval of {short(v.intent_id)} is void, {v.reason}: {v.detail}",
    e.BreakerSet: lambda v: f"BREAKER of route {v.route} is {v.state}: {v.reason}",
    e.DeadLetterRetried: lambda v: f"dead letter {short(v.intent_id)} tried again by {v.by}",
    e.DeadLetterDiscarded: lambda v: (
        f"dead letter {short(v.intent_id)} discarded by {v.by}: {v.reason}"
    ),
    e.ApprovalRefused: lambda v: (
        f"answer to draft {short(v.target)} refused: {v.reason} {v.detail}".rstrip()
    ),
}
