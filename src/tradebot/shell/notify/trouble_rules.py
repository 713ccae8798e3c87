"""Which alerts come of what goes wrong, and of what a person did about it?"""

from collections.abc import Iterator, Mapping
from typing import Final

from tradebot.core.model import events as e
from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.model.commands import BreakerState, Control
from tradebot.core.model.drift import EXPLAIN_BREAK, SEVERITY, Drift, Severity
from tradebot.core.model.money import plain
from tradebot.core.model.reason import EXPLAIN
from tradebot.shell.notify.sight import Sight
from tradebot.shell.views.narrate import drift_text

_BY: Final[Mapping[str, AlertKind]] = {
    "watchdog": AlertKind.STALL, "journal keeper": AlertKind.JOURNAL,
}
_BREAK_LEVEL: Final[Mapping[Severity, Level]] = {
    Severity.WARN: Level.WARNING, Severity.FAIL: Level.CRITICAL, Severity.CRITICAL: Level.CRITICAL,
}
_BREAKER_LEVEL: Final[Mapping[BreakerState, Level]] = {
    BreakerState.OPEN: Level.WARNING, BreakerState.HALF_OPEN: Level.INFO,
    BreakerState.CLOSED: Level.INFO,
}
_RESTART: Final = "restart"  # why a start lets go of routes that the last life left connected


def killed(sight: Sight, event: e.KillSwitchSet) -> Iterator[Alert]:
    """Tell a kill with what was in flight."""
    counts, book = sight.views.status()["counts"], sight.views.book
    held = [
        f"{symbol} {plain(net.qty)}" for nets in book.ledger.nets.values()
        for symbol, net in nets.items()
    ]
    flight = (
        f"{counts['orders_working']} orders at work, {counts['orders_in_doubt']} of them in doubt;"
        f" held: {', '.join(held) or 'nothing'}"
    )
    yield sight.alert(
        _BY.get(event.by, AlertKind.KILL_SWITCH) if event.engaged else AlertKind.KILL_SWITCH,
        Level.CRITICAL if event.engaged else Level.WARNING,
        f"KILL SWITCH SET by {event.by}: {event.reason}" if event.engaged
        else f"Kill switch cleared by {event.by}: {event.reason}", event,
        more=f"In flight: {flight}\nLet it go on: tradebot clear-kill --reason TEXT"
        if event.engaged else f"In flight: {flight}",
        fields={
            "by": event.by, "reason": event.reason, "flatten": str(event.flatten).lower(),
            "orders_working": counts["orders_working"], "positions": counts["positions"],
            "orders_in_doubt": counts["orders_in_doubt"],
        },
    )


def flattened(sight: Sight, event: e.RouteFlattened) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.KILL_SWITCH, Level.INFO, f"Route {event.route} is flat after the kill", event,
        fields={"route": event.route},
    )


def halted(sight: Sight, event: e.InstrumentHalted) -> Iterator[Alert]:
    what = "everything" if event.symbol == e.EVERYTHING else event.symbol
    yield sight.alert(
        AlertKind.HALT, Level.CRITICAL, f"HALTED {what}: {event.reason}", event,
        more=f"{EXPLAIN[event.reason]}\n"
        f"Let it go on: tradebot clear-halt {event.symbol!r} --reason TEXT",
        fields={"symbol": event.symbol, "reason": event.reason.value, "detail": event.detail},
    )


def unhalted(sight: Sight, event: e.HaltCleared) -> Iterator[Alert]:
    what = "everything" if event.symbol == e.EVERYTHING else event.symbol
    yield sight.alert(
        AlertKind.HALT, Level.WARNING, f"Halt of {what} cleared by {event.by}", event,
        fields={"symbol": event.symbol, "by": event.by, "reason": event.reason},
    )


def controlled(sight: Sight, event: e.ControlSet) -> Iterator[Alert]:
    is_clock = event.control is Control.CLOCK_SET
    word, name = "on" if event.engaged else "off", event.control.replace("_", " ")
    yield sight.alert(
        AlertKind.CLOCK if is_clock else AlertKind.CONTROL,
        Level.WARNING if event.engaged else Level.INFO,
        f"{name.capitalize()} {word} by {event.by}: {event.reason}", event,
        fields={"control": event.control.value, "engaged": word, "by": event.by},
        key=f"control/{event.control}/{word}" if is_clock else "",
    )


def broke(sight: Sight, event: e.BreakerSet) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.BREAKER, _BREAKER_LEVEL[event.state],
        f"Breaker of route {event.route}: {event.state}", event,
        fields={"route": event.route, "state": event.state.value, "reason": event.reason},
        key=f"breaker/{event.route}/{event.state}",
    )


def connected(sight: Sight, event: e.RouteConnected) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.ROUTE, Level.INFO, f"Route {event.route} is up", event,
        fields={"route": event.route, "account": event.account, "kind": event.kind.value},
        key=f"route/{event.route}/up",
    )


def disconnected(sight: Sight, event: e.RouteDisconnected) -> Iterator[Alert]:
    if event.reason != _RESTART:
        yield sight.alert(
            AlertKind.ROUTE, Level.WARNING, f"Route {event.route} is down: {event.reason}", event,
            fields={"route": event.route, "reason": event.reason},
            key=f"route/{event.route}/down",
        )


def route_refused(sight: Sight, event: e.RouteRefused) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.ROUTE, Level.CRITICAL, f"Route {event.route} is refused: {event.detail}", event,
        more=f"{EXPLAIN[event.reason]} It is not tried again until you say so.\n"
        "Set it right (a restart reads its settings anew), then: tradebot config reload",
        fields={
            "route": event.route, "kind": event.kind.value, "reason": event.reason.value,
            "detail": event.detail,
        },
    )


def compared(sight: Sight, event: e.StatementCompared) -> Iterator[Alert]:
    if event.recovered:
        yield sight.alert(
            AlertKind.RECONCILIATION, Level.WARNING,
            f"{len(event.recovered)} missing executions booked: {event.account}", event,
            fields={"account": event.account, "route": event.route,
                    "recovered": len(event.recovered)},
        )


def differs(sight: Sight, event: e.BreakFound) -> Iterator[Alert]:
    level, name = _BREAK_LEVEL[SEVERITY[event.drift.kind]], event.drift.name
    yield sight.alert(
        AlertKind.RECONCILIATION, level, f"Break: {drift_text(event.drift)}", event,
        more=f"{EXPLAIN_BREAK[event.drift.kind]}\nLook: tradebot reconcile\n"
        f"Believe the broker: tradebot reconcile --accept {name} --reason TEXT",
        fields=_of_drift(event.drift),
    )


def agrees(sight: Sight, event: e.BreakClosed) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.RECONCILIATION, Level.INFO, f"Break is gone: {event.drift.name}", event,
        fields=_of_drift(event.drift),
    )


def accepted(sight: Sight, event: e.BreakAccepted) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.RECONCILIATION, Level.WARNING,
        f"Break accepted by {event.by}: {event.drift.name}", event,
        fields=_of_drift(event.drift) | {"by": event.by, "reason": event.reason},
    )


def _of_drift(drift: Drift) -> dict[str, object]:
    return {
        "account": drift.account, "break": drift.kind.value, "subject": drift.subject,
        "book": plain(drift.book), "statement": plain(drift.statement),
    }


def switched(sight: Sight, event: e.StrategySwitched) -> Iterator[Alert]:
    word = "enabled" if event.enabled else "disabled"
    yield sight.alert(
        AlertKind.STRATEGY, Level.INFO if event.enabled else Level.WARNING,
        f"Strategy {event.strategy_id} {word}", event,
        more="" if event.enabled else
        f"Let it go on: tradebot strategies enable {event.strategy_id} --reason TEXT",
        fields={"strategy_id": event.strategy_id, "reason": event.reason},
    )


def pinned(sight: Sight, event: e.PinNoticed) -> Iterator[Alert]:
    yield sight.alert(
        AlertKind.PIN_RISK, Level.WARNING, f"Pin risk: {event.symbol}", event,
        fields={"account": event.account, "symbol": event.symbol, "qty": plain(event.qty),
                "spot": plain(event.spot)},
    )
