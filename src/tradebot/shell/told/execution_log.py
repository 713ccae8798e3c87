"""How long did each execution take, stage by stage? One JSON line an execution, for people.

received -> decided -> durable -> sent -> acknowledged -> filled: each is told in milliseconds since
the one before it that is known. What a restart forgot, or a clock that went back, is null.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

from tradebot.core.model.commands import Command, SubmitIntent
from tradebot.core.model.events import (
    IntentReceived,
    OrderReported,
    OrderSubmitted,
    PositionSettled,
    ReconRequested,
    ReplaceRequested,
)
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import plain
from tradebot.core.model.report import MONEY, ExecType, Report
from tradebot.ports import Clock
from tradebot.shell.engine import Engine
from tradebot.shell.journal.decision import Decision
from tradebot.shell.metrics.durations import Durations
from tradebot.shell.told.outlet import Outlet
from tradebot.shell.views.views import Views

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED_MAX: Final = 20_000
STAGES: Final = ("received", "decided", "durable", "sent", "acknowledged", "filled")
TOTAL: Final = "total"


@dataclass(slots=True)
class Passage:
    """One order's times, and whose it is."""

    route: str = ""
    intent_id: IntentId | None = None
    intent: Intent | None = None
    received: datetime | None = None
    decided: datetime | None = None
    durable: datetime | None = None
    sent: datetime | None = None
    acknowledged: datetime | None = None
    filled: datetime | None = None


Ended: TypeAlias = Callable[[ClOrdID, Passage, Decision], None]
"""Hears of an order that ended, and with which decision."""


class ExecutionLog:
    """Listens to arrivals, decisions and sends; lines are made where they are written.

    `steps` sum up how long each step took, of orders that were never filled, too. `listeners`
    hear of each order once, when it has ended.
    """

    def __init__(
        self, out: Outlet, views: Views, clock: Clock, *, is_written: bool = True
    ) -> None:
        self.outlets = {"execution_log": out}
        self.listeners: list[Ended] = []
        self.steps = {name: Durations() for name in (*STAGES[1:], TOTAL)}
        self._is_written = is_written
        self._views = views
        self._clock = clock
        self._arrived: OrderedDict[int, tuple[Command, datetime]] = OrderedDict()
        self._intents: OrderedDict[IntentId, datetime] = OrderedDict()
        self._orders: OrderedDict[ClOrdID, Passage] = OrderedDict()

    def listen_to(self, engine: Engine) -> None:
        engine.arrivals.append(self.on_arrival)
        engine.listeners.append(self.on_decision)

    def on_arrival(self, command: Command) -> None:
        if isinstance(command, SubmitIntent):
            _keep(self._arrived, id(command), (command, self._clock.now()))

    def on_sent(self, cl_ord_id: ClOrdID) -> None:
        way = self._orders.get(cl_ord_id)
        if way is not None:
            way.sent = self._clock.now()
            self._took("sent", way.durable, way.sent)

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            listener = _LISTENERS.get(type(event))
            if listener is not None:
                listener(self, decision, event)

    def _received(self, decision: Decision, event: IntentReceived) -> None:
        found = self._arrived.pop(id(decision.command), None)
        if found is not None:
            _keep(self._intents, event.intent_id, found[1])

    def _submitted(self, decision: Decision, event: OrderSubmitted) -> None:
        way = Passage(
            route=event.route, intent_id=event.intent_id, intent=event.intent,
            received=self._intents.pop(event.intent_id, None), decided=decision.at,
            durable=self._clock.now(),
        )
        _keep(self._orders, event.cl_ord_id, way)
        self._took("decided", way.received, way.decided)
        self._took("durable", way.decided, way.durable)

    def _replaced(self, decision: Decision, event: ReplaceRequested) -> None:
        way = self._orders.get(event.cl_ord_id)
        if way is not None:
            _keep(self._orders, event.request_id, way)

    def _reported(self, decision: Decision, event: OrderReported) -> None:
        report = event.report
        name = report.orig_cl_ord_id or report.cl_ord_id
        way = self._orders.get(name) or Passage()
        if report.exec_type is ExecType.NEW and way.acknowledged is None:
            way.acknowledged = decision.at
            self._took("acknowledged", way.sent or way.durable, decision.at)
        elif report.exec_type in MONEY:
            if way.filled is None:
                last = way.acknowledged or way.sent or way.durable
                self._took("filled", last, decision.at)
                self._took(TOTAL, way.received, decision.at)
            way.filled = decision.at
            self._write(partial(self._line, decision, report, replace(way)))

    def _settled(self, decision: Decision, event: PositionSettled) -> None:
        self._write(partial(self._line, decision, event.report, Passage()))

    def _finished(self, decision: Decision, event: ReconRequested) -> None:
        way = self._orders.pop(event.cl_ord_id, None)
        if way is not None:
            for listener in self.listeners:
                listener(event.cl_ord_id, way, decision)

    def _write(self, line: Callable[[], str]) -> None:
        if self._is_written:
            self.outlets["execution_log"].later(line)

    def _took(self, name: str, since: datetime | None, at: datetime | None) -> None:
        if since is not None and at is not None and at >= since:
            self.steps[name].add((at - since).total_seconds())

    def _line(self, decision: Decision, report: Report, way: Passage) -> str:
        name = report.orig_cl_ord_id or report.cl_ord_id
        told: dict[str, object] = {"at": decision.at.isoformat(), "seq": decision.seq}
        told |= self._views.ids_of(intent_id=way.intent_id, cl_ord_id=name)
        if way.intent is not None:
            told |= {"strategy_id": way.intent.strategy_id, "symbol": way.intent.symbol,
                     "side": None if way.intent.is_combo else way.intent.side.value}
        told |= {
            "client_order_id": name, "route": report.route, "exec_id": report.exec_id,
            "exec_type": report.exec_type.value, "last_qty": plain(report.last_qty),
            "last_px": plain(report.last_px), "fee": plain(report.fee),
            "latency_ms": _steps(way),
        }
        return json.dumps(told) + "\n"


_LISTENERS: Final[Mapping[type, Callable[[ExecutionLog, Decision, Any], None]]] = {
    IntentReceived: ExecutionLog._received,
    OrderSubmitted: ExecutionLog._submitted,
    ReplaceRequested: ExecutionLog._replaced,
    OrderReported: ExecutionLog._reported,
    PositionSettled: ExecutionLog._settled,
    ReconRequested: ExecutionLog._finished,
}


def _steps(way: Passage) -> dict[str, float | None]:
    """Tell each step since the one before it that is known, and the whole way."""
    told: dict[str, float | None] = {}
    first = last = way.received
    for name in STAGES[1:]:
        at = getattr(way, name)
        told[name] = _ms(last, at)
        if at is not None:
            last = at
    told[TOTAL] = _ms(first, last)
    return told


def _ms(since: datetime | None, at: datetime | None) -> float | None:
    if since is None or at is None or at < since:
        return None
    return round((at - since).total_seconds() * 1000, 3)


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    if len(kept) > REMEMBERED_MAX:
        kept.popitem(last=False)
