"""What became of every recent intent, order and fill? It outlives what the book forgets.

The book holds what decisions need; these records hold what people ask for later: the newest of
each kind, bounded, kept up by one row an event class. Nothing here is ever decided on.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from tradebot.core.book.book import Book
from tradebot.core.gates.lists import gates_of
from tradebot.core.model import events as e
from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID, IntentId, OrderID
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import ZERO
from tradebot.core.model.order import Order
from tradebot.core.model.reason import GateResult, Need, Reason, Stage
from tradebot.core.model.settings import Policy
from tradebot.shell.views.newest import KEPT_MAX, Newest

_TYPED_MIN: Final = 4  # characters that name an intent or order in short
EVENTS_MAX: Final = 200  # of one intent; the oldest leave first


class Moment(NamedTuple):
    """Where and when a decision stands in the journal, and the quotes that it read."""

    seq: int
    at: datetime
    quotes: tuple[Quote, ...] = ()


class Told(NamedTuple):
    """One event of an intent's life."""

    moment: Moment
    event: e.Event


@dataclass(slots=True)
class IntentRecord:
    intent_id: IntentId
    intent: Intent
    received: Moment
    expires: datetime
    stage: Stage = Stage.INTAKE
    verdict: str = "pass"
    reason: Reason | None = None
    detail: str = ""
    needs: tuple[Need, ...] = ()
    until: datetime | None = None
    passed: e.StagesPassed | None = None
    policy: Policy | None = None  # under which it passed
    objections: tuple[GateResult, ...] = ()
    route: str | None = None
    cl_ord_id: ClOrdID | None = None
    revises: IntentId | None = None
    is_open: bool = True
    events: list[Told] = field(default_factory=list)

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """What every gate said that the last walk asked, in their order."""
        objections = {gate.gate: gate for gate in self.objections}
        asked: Iterable[GateResult] = ()
        if self.passed is not None and self.policy is not None:
            asked = gates_of(self.passed.gate_list, self.passed.readings, self.policy)
        return (*(objections.pop(gate.gate, gate) for gate in asked), *objections.values())


@dataclass(slots=True)
class OrderRecord:
    """One attempt at the broker; `order` is the book's own frozen leaf, so it costs nothing.

    `intent` is what the order asks for now: a change that was made counts.
    """

    submitted: e.OrderSubmitted
    intent: Intent
    order: Order
    moment: Moment
    updated: datetime
    order_id: OrderID | None = None
    text: str = ""
    in_doubt: bool = False
    is_canceling: bool = False
    is_replacing: bool = False
    never_left: bool = False
    fees: Decimal = ZERO
    realized: Decimal = ZERO
    aliases: list[ClOrdID] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return not self.never_left and not self.order.is_done


class FillRecord(NamedTuple):
    moment: Moment
    trade: e.TradeBooked


class Histories:
    """Bounded records, kept up event by event; the book has applied the event already."""

    def __init__(
        self, book: Book, size: int = KEPT_MAX, events_max: int | None = EVENTS_MAX
    ) -> None:
        self.intents: Newest[IntentId, IntentRecord] = Newest(size)
        self.orders: Newest[ClOrdID, OrderRecord] = Newest(size)
        self.fills: deque[FillRecord] = deque(maxlen=size)
        self.marks: dict[str, tuple[Decimal, datetime]] = {}
        self.book = book
        self.events_max = events_max
        self._root_of: dict[ClOrdID, ClOrdID] = {}

    def apply(self, moment: Moment, event: e.Event) -> None:
        RECORDS[type(event)](self, moment, event)

    def order(self, cl_ord_id: str | None) -> OrderRecord | None:
        """Find an order by the id it began with, or by any later id of its chain."""
        if cl_ord_id is None:
            return None
        name = ClOrdID(cl_ord_id)
        return self.orders.get(self._root_of.get(name, name))

    def in_full(self, name: str) -> str:
        """Complete an id as the log shortens it, or its beginning, where only one can be meant."""
        start, _, end = name.partition("..")
        kept = (*self.intents.entries, *self.orders.entries, *self._root_of)
        found = {known for known in kept if known.startswith(start) and known.endswith(end)}
        return found.pop() if len(found) == 1 and len(start + end) >= _TYPED_MIN else name

    def intent_of(self, order: OrderRecord | None) -> IntentRecord | None:
        return self.intents.get(order.submitted.intent_id) if order is not None else None

    def tell(self, record: IntentRecord, moment: Moment, event: e.Event) -> None:
        record.events.append(Told(moment, event))
        if self.events_max is not None and len(record.events) > self.events_max:
            del record.events[0]

    def put_order(self, record: OrderRecord) -> None:
        for gone in self.orders.add(record.submitted.cl_ord_id, record):
            for alias in gone.aliases:
                self._root_of.pop(alias, None)

    def alias(self, record: OrderRecord, cl_ord_id: ClOrdID) -> None:
        if cl_ord_id != record.submitted.cl_ord_id and cl_ord_id not in self._root_of:
            self._root_of[cl_ord_id] = record.submitted.cl_ord_id
            record.aliases.append(cl_ord_id)

    def refresh(self, record: OrderRecord, moment: Moment) -> None:
        """Take the order's state from the book, while the book has it."""
        state = self.book.orders.find(record.submitted.cl_ord_id)
        record.updated = moment.at
        if state is not None:
            record.order, record.in_doubt = state.order, state.in_doubt
            record.is_canceling = state.canceling is not None
            record.is_replacing = state.replacing is not None
            record.intent = state.intent
            self.alias(record, state.order.cl_ord_id)


def _received(kept: Histories, moment: Moment, event: e.IntentReceived) -> None:
    record = IntentRecord(
        intent_id=event.intent_id, intent=event.intent, received=moment, expires=event.expires,
        revises=event.revises,
    )
    kept.tell(record, moment, event)
    kept.intents.add(event.intent_id, record)


def _conflicted(kept: Histories, moment: Moment, event: e.IntentConflicted) -> None:
    record = kept.intents.get(event.first)
    if record is not None:
        kept.tell(record, moment, event)


def _passed(kept: Histories, moment: Moment, event: e.StagesPassed) -> None:
    record = _tell(kept, moment, event, event.intent_id)
    if record is not None:
        record.stage, record.verdict, record.reason = event.through, "pass", None
        record.detail, record.needs, record.until = "", (), None
        record.passed, record.objections = event, ()
        record.policy = kept.book.settings.policy


def _held(kept: Histories, moment: Moment, event: e.IntentHeld) -> None:
    record = _tell(kept, moment, event, event.intent_id)
    if record is not None:
        record.stage, record.verdict, record.reason = event.stage, "hold", event.reason
        record.detail, record.needs, record.until = event.detail, event.needs, event.until
        record.objections = event.gates or record.objections
        record.expires = event.expires or record.expires


def _refused(kept: Histories, moment: Moment, event: e.IntentRefused) -> None:
    record = _tell(kept, moment, event, event.intent_id)
    if record is not None:
        record.stage, record.verdict, record.reason = event.stage, "refuse", event.reason
        record.detail, record.needs, record.until = event.detail, (), None
        record.objections = event.gates or record.objections
        record.is_open = False


def _routed(kept: Histories, moment: Moment, event: e.RouteChosen) -> None:
    record = _tell(kept, moment, event, event.intent_id)
    if record is not None:
        record.route = event.route


def _submitted(kept: Histories, moment: Moment, event: e.OrderSubmitted) -> None:
    state = kept.book.orders.find(event.cl_ord_id)
    assert state is not None  # the book has applied the event
    kept.put_order(OrderRecord(
        submitted=event, intent=event.intent, order=state.order, moment=moment, updated=moment.at
    ))
    record = _tell(kept, moment, event, event.intent_id)
    if record is not None:
        record.cl_ord_id, record.stage, record.verdict = event.cl_ord_id, Stage.DISPATCH, "pass"


def _reported(kept: Histories, moment: Moment, event: e.OrderReported) -> None:
    report = event.report
    order = kept.order(report.cl_ord_id) or kept.order(report.orig_cl_ord_id)
    if order is None:
        return
    kept.refresh(order, moment)
    order.order_id = report.order_id or order.order_id
    order.text = report.text or order.text
    record = _reach(kept, moment, event, order, Stage.EXECUTION)
    if record is not None:
        record.reason, record.is_open = None, order.is_open


def _ignored(kept: Histories, moment: Moment, event: e.ReportIgnored) -> None:
    order = kept.order(event.report.cl_ord_id) or kept.order(event.report.orig_cl_ord_id)
    record = kept.intent_of(order)
    if record is not None:
        kept.tell(record, moment, event)


def _doubted(kept: Histories, moment: Moment, event: e.OrderInDoubt) -> None:
    order = kept.order(event.cl_ord_id)
    if order is None:
        return
    kept.refresh(order, moment)
    record = _reach(kept, moment, event, order, Stage.DISPATCH)
    if record is not None:
        record.reason, record.detail = Reason.ADAPTER_AMBIGUOUS, event.detail


def _never_left(kept: Histories, moment: Moment, event: e.OrderNeverLeft) -> None:
    order = kept.order(event.cl_ord_id)
    if order is None:
        return
    order.never_left, order.in_doubt, order.updated = True, False, moment.at
    order.text = event.detail or order.text
    record = _reach(kept, moment, event, order, Stage.DISPATCH)
    if record is not None:
        record.reason, record.detail = Reason.ADAPTER_NEVER_LEFT, event.detail
        record.cl_ord_id = None


def _requested(
    kept: Histories, moment: Moment, event: e.CancelRequested | e.ReplaceRequested
) -> None:
    order = kept.order(event.cl_ord_id)
    if order is not None:
        kept.alias(order, event.request_id)
        kept.refresh(order, moment)
        _reach(kept, moment, event, order, Stage.DISPATCH)


def _replace_refused(kept: Histories, moment: Moment, event: e.ReplaceRefused) -> None:
    order = kept.order(event.target)
    if order is not None:
        kept.refresh(order, moment)
        _reach(kept, moment, event, order, Stage.DISPATCH)


def _booked(kept: Histories, moment: Moment, event: e.TradeBooked) -> None:
    kept.fills.append(FillRecord(moment, event))
    kept.marks[event.symbol] = (event.px, moment.at)
    order = kept.order(event.cl_ord_id)
    if order is not None:
        order.fees += event.fee
        order.realized += event.realized
        _reach(kept, moment, event, order, Stage.POST_TRADE)


def _of_option(kept: Histories, moment: Moment, event: e.Event, symbol: str | None) -> None:
    """Tell of an option's end to every intent that traded it."""
    orders = {f.trade.cl_ord_id for f in kept.fills if f.trade.symbol == symbol}
    for order in map(kept.order, sorted(orders)):
        record = kept.intent_of(order)
        if record is not None:
            kept.tell(record, moment, event)


def _handed_off(kept: Histories, moment: Moment, event: e.ReconRequested) -> None:
    order = kept.order(event.cl_ord_id)
    if order is not None:
        record = _reach(kept, moment, event, order, Stage.RECON)
        if record is not None:
            record.is_open = False


def _marked(kept: Histories, moment: Moment, event: e.PositionsMarked) -> None:
    kept.marks.update((quote.symbol, (quote.mid, moment.at)) for quote in event.quotes)


def _retried(kept: Histories, moment: Moment, event: e.DeadLetterRetried) -> None:
    record = _tell(kept, moment, event, event.intent_id)
    if record is not None:
        record.expires, record.is_open = event.expires, True


def _of_intent(kept: Histories, moment: Moment, event: Any) -> None:
    _tell(kept, moment, event, event.intent_id)


def _not_theirs(kept: Histories, moment: Moment, event: object) -> None:
    """Nothing about one intent, order or fill: the book tells it."""


def _tell(
    kept: Histories, moment: Moment, event: e.Event, intent_id: IntentId
) -> IntentRecord | None:
    record = kept.intents.get(intent_id)
    if record is not None:
        kept.tell(record, moment, event)
    return record


def _reach(
    kept: Histories, moment: Moment, event: e.Event, order: OrderRecord, stage: Stage
) -> IntentRecord | None:
    record = kept.intent_of(order)
    if record is not None:
        kept.tell(record, moment, event)
        record.stage = max(record.stage, stage)
    return record


_NOT_THEIRS: Final = (
    e.CancelRefused, e.InstrumentHalted, e.HaltCleared, e.KillSwitchSet, e.ControlSet,
    e.SessionEntered, e.SettingsActivated, e.InstrumentsDefined, e.RouteConnected,
    e.RouteDisconnected, e.RouteRefused, e.StatementCompared, e.BreakFound, e.BreakClosed,
    e.BreakAccepted, e.StrategySwitched, e.ApprovalRefused, e.BreakerSet, LiveArmed, LiveDisarmed,
    ArmingRefused, e.RouteFlattened, e.ConfigAccepted, e.SettingsProposed, e.SettingsApproved,
    e.SettingsDropped,
)
RECORDS: Final[Mapping[type, Callable[[Histories, Moment, Any], None]]] = {
    **dict.fromkeys(_NOT_THEIRS, _not_theirs),
    e.IntentReceived: _received,
    e.IntentConflicted: _conflicted,
    e.StagesPassed: _passed,
    e.IntentHeld: _held,
    e.IntentRefused: _refused,
    e.RouteChosen: _routed,
    e.OrderSubmitted: _submitted,
    e.OrderReported: _reported,
    e.ReportIgnored: _ignored,
    e.OrderInDoubt: _doubted,
    e.OrderNeverLeft: _never_left,
    e.CancelRequested: _requested,
    e.ReplaceRequested: _requested,
    e.ReplaceRefused: _replace_refused,
    e.TradeBooked: _booked,
    e.PositionSettled: lambda kept, moment, event: (
        _of_option(kept, moment, event, event.report.symbol)
    ),
    e.PinNoticed: lambda kept, moment, event: _of_option(kept, moment, event, event.symbol),
    e.ReconRequested: _handed_off,
    e.PositionsMarked: _marked,
    e.IntentApproved: _of_intent,
    e.ApprovalLapsed: _of_intent,
    e.DeadLetterRetried: _retried,
    e.DeadLetterDiscarded: _of_intent,
}
