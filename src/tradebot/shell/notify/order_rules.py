"""Which alerts come of orders and their intents? One rule an event; nothing is remembered."""

from collections.abc import Iterator, Mapping
from typing import Final

from tradebot.core.model import events as e
from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.model.money import plain
from tradebot.core.model.order import OrdStatus
from tradebot.core.model.reason import EXPLAIN, Answer, GateResult, Reason, Stage
from tradebot.core.model.report import ExecType, Report
from tradebot.shell.notify.sight import Sight, picked
from tradebot.shell.views.narrate import ask, short
from tradebot.shell.views.rows import Plain

_ENDED: Final[Mapping[ExecType, str]] = {
    ExecType.CANCELED: "canceled", ExecType.EXPIRED: "expired",
    ExecType.DONE_FOR_DAY: "done for the day",
}
_REFUSED: Final[Mapping[ExecType, str]] = {
    ExecType.REJECTED: "rejected", ExecType.CANCEL_REJECTED: "cancel or change rejected",
    ExecType.SUSPENDED: "suspended by the broker",
}
_TAKEN_BACK: Final = (ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT)
_ANSWERED: Final = (Reason.POLICY_REJECTED, Reason.POLICY_SUPERSEDED)  # by a person, who knows


def reported(sight: Sight, event: e.OrderReported) -> Iterator[Alert]:
    report = event.report
    row = sight.order(report.cl_ord_id, report.orig_cl_ord_id)
    name = f"{row.get('symbol') or report.symbol or short(report.cl_ord_id)}"
    kind = report.exec_type
    if kind is ExecType.TRADE:
        yield _filled(sight, event, row)
    elif kind in _TAKEN_BACK:
        word = "busted" if kind is ExecType.TRADE_CANCEL else "corrected"
        yield sight.alert(
            AlertKind.TRADE_BUSTED, Level.WARNING, f"Execution {word}: {name}", event,
            fields=picked(row) | {"exec_ref_id": report.exec_ref_id},
        )
    elif kind in _REFUSED:
        yield sight.alert(
            AlertKind.ORDER_REJECTED, Level.WARNING,
            f"Order {_REFUSED[kind]}: {name}" + (f": {report.text}" if report.text else ""), event,
            fields=picked(row), key=f"rejected/{row.get('strategy_id')}/{name}/{report.text}",
        )
    elif kind in _ENDED:
        yield sight.alert(
            AlertKind.CANCEL, Level.INFO,
            f"Order {_ENDED[kind]}: {_asked(row)}, filled {row.get('cum_qty', '0')}", event,
            fields=picked(row),
        )


def _filled(sight: Sight, event: e.OrderReported, row: Plain) -> Alert:
    report = event.report
    is_whole = row.get("ord_status") == OrdStatus.FILLED
    money = [
        f"{word} {row[name]}" for name, word in (("fees", "fees"), ("realized", "realised"))
        if row.get(name) not in (None, "0")
    ]
    whole = f"{_asked(row)}: filled {row.get('cum_qty')} at {row.get('avg_px')} on average"
    left = "" if is_whole else f", {row.get('leaves_qty')} left"
    return sight.alert(
        AlertKind.FILL if is_whole else AlertKind.PARTIAL_FILL, Level.INFO,
        f"Filled: {_asked(row)} @ {row.get('avg_px')}" if is_whole
        else f"Partly filled: {_asked(row)}, {row.get('leaves_qty')} left",
        event, more=", ".join([whole + left, *money]),
        fields=picked(row) | {
            "last_qty": plain(report.last_qty), "last_px": plain(report.last_px),
            "exec_id": report.exec_id,
        },
    )


def _asked(row: Plain) -> str:
    """Say shortly what an order is, e.g. `buy 10 SPY`."""
    words = (row.get("side"), row.get("order_qty"), row.get("symbol"))
    return " ".join(str(word) for word in words if word) or "an order"


def doubted(sight: Sight, event: e.OrderInDoubt) -> Iterator[Alert]:
    row = sight.order(event.cl_ord_id)
    yield sight.alert(
        AlertKind.ORDER_IN_DOUBT, Level.WARNING, f"Order in doubt: {_asked(row)}", event,
        more="The broker is asked until it tells; nothing new goes out on what it is about.",
        fields=picked(row), key=f"doubt/{event.cl_ord_id}",
    )


def refused(sight: Sight, event: e.IntentRefused) -> Iterator[Alert]:
    """Tell whose intent ended unsent, and by which limit; what a person decided is no news."""
    record = sight.views.record(event.intent_id)
    if event.reason in _ANSWERED or record is None:
        return
    body, draft = record.intent, sight.views.drafts.get(event.intent_id)
    worst = next((gate for gate in event.gates if gate.answer is Answer.BLOCK), None)
    fields = {
        "intent_id": event.intent_id, "symbol": body.symbol, "strategy_id": body.strategy_id,
        "user": body.user, "reason": event.reason.value, **_of_gate(worst),
    }
    if event.reason is Reason.ADAPTER_UNDELIVERED:
        yield sight.alert(
            AlertKind.DEAD_LETTER, Level.WARNING, f"Not delivered: {ask(body)}", event,
            more=f"Try it again: tradebot dead-letters retry {event.intent_id}\n"
            f"Give it up: tradebot dead-letters discard {event.intent_id} --reason TEXT",
            fields=fields,
        )
    elif event.reason is Reason.POLICY_INTENT_EXPIRED and draft is not None:
        yield sight.alert(
            AlertKind.DRAFT_EXPIRED, Level.WARNING, f"Draft expired: {ask(body)}", event,
            more="Nobody approved it in time; nothing was sent.", fields=fields,
        )
    else:
        is_risk = event.stage in (Stage.RISK, Stage.DISPATCH)
        yield sight.alert(
            AlertKind.REFUSED, Level.WARNING if is_risk else Level.INFO,
            f"Refused, {event.reason}: {ask(body)}", event, fields=fields,
            more=f"{EXPLAIN[event.reason]}\nWhy: tradebot why-not {event.intent_id}",
            key=f"refused/{body.owner}/{event.reason}",
        )


def change_refused(sight: Sight, event: e.ReplaceRefused) -> Iterator[Alert]:
    row = sight.order(event.target)
    yield sight.alert(
        AlertKind.REFUSED, Level.INFO, f"Change refused, {event.reason}: {_asked(row)}", event,
        fields=picked(row) | {"reason": event.reason.value},
        key=f"change/{row.get('strategy_id')}/{event.reason}",
    )


def booked(sight: Sight, event: e.TradeBooked) -> Iterator[Alert]:
    if event.is_external:
        yield sight.alert(
            AlertKind.EXTERNAL_TRADE, Level.WARNING,
            f"A trade that is none of ours: {event.symbol} {plain(event.qty)}", event,
            fields=_of_trade(event),
        )


def settled(sight: Sight, event: e.PositionSettled) -> Iterator[Alert]:
    report = event.report
    yield sight.alert(
        AlertKind.SETTLEMENT, Level.INFO, f"Settled: {plain(report.last_qty)} {report.symbol}",
        event, fields=_of_settlement(report),
    )


def _of_gate(gate: GateResult | None) -> dict[str, object]:
    if gate is None or gate.limit is None:
        return {}
    actual = None if gate.actual is None else plain(gate.actual)
    return {"gate": gate.gate, "actual": actual, "limit": plain(gate.limit)}


def _of_trade(event: e.TradeBooked) -> dict[str, object]:
    return {
        "symbol": event.symbol, "qty": plain(event.qty), "px": plain(event.px),
        "cash": plain(event.cash), "fee": plain(event.fee), "account": event.account,
        "exec_id": event.exec_id,
    }


def _of_settlement(report: Report) -> dict[str, object]:
    shares = {leg.symbol: plain(leg.last_px) for leg in report.legs}
    return {
        "symbol": report.symbol, "qty": plain(report.last_qty), "px": plain(report.last_px),
        "route": report.route, **shares,
    }
