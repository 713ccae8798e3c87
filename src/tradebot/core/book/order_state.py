"""What do we know of one order beside the broker's word?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from tradebot.core.model.events import ReplaceRequested, TradeBooked
from tradebot.core.model.ids import ClOrdID, ExecID, IntentId
from tradebot.core.model.intent import Intent, TimeInForce
from tradebot.core.model.money import ZERO
from tradebot.core.model.order import Order, OrdStatus
from tradebot.core.model.report import ExecType, Report


class Counted(NamedTuple):
    """An order's share in the sums: what it reserves, may still trade, can lose; if it is open."""

    reserved: Decimal
    leaves_qty: Decimal
    risk: Decimal
    is_open: bool


NOT_COUNTED: Final = Counted(ZERO, ZERO, ZERO, False)
_NONE_YET: Final[Mapping[ExecID, Any]] = {}  # one for all: most orders never have any


@dataclass(slots=True)
class OrderState:
    """One order with what we know beside the broker's word; `reserved`, `risk` in currency.

    `has_never_left` marks the tombstone of an attempt: should the broker know it after all, its
    fills still find their owner. `since` is when it was sent as it is now; `due`, when it is
    looked at next, whether it must be cancelled.
    """

    order: Order
    root: ClOrdID
    intent_id: IntentId
    intent: Intent
    route: str
    account: str
    send_by: datetime
    sent: datetime
    since: datetime
    reserved: Decimal
    risk: Decimal = ZERO
    attempt: int = 1
    armed_by: str = ""
    outside_hours: bool = False
    requests: int = 0
    canceled_by: str = ""  # who asked last; it never goes out again, even if the cancel failed
    canceling: ClOrdID | None = None  # our last cancel request, while it has no answer
    asked: datetime | None = None  # when that was
    asks: int = 0
    due: datetime | None = None
    replacing: ReplaceRequested | None = None  # our last change, while it has no answer
    reserved_then: Decimal = ZERO  # for the whole order, once it is changed
    risk_then: Decimal = ZERO
    in_doubt: bool = False
    is_handed_off: bool = False
    has_never_left: bool = False
    ended_as: OrdStatus | None = None  # as which it is counted
    finished: datetime | None = None
    counted: Counted = NOT_COUNTED
    booked: Mapping[ExecID, TradeBooked] = field(default_factory=lambda: _NONE_YET)
    # of executions that are not booked yet: what takes them back
    early: Mapping[ExecID, Report] = field(default_factory=lambda: _NONE_YET)

    @property
    def is_unanswered(self) -> bool:
        """The broker has not said a word of this order."""
        return not self.order.cum_qty and self.order.standing is OrdStatus.PENDING_NEW

    @property
    def is_being_ended(self) -> bool:
        """A cancel is on its way, and is asked for anew until it is answered."""
        return self.canceling is not None and self.due is not None

    @property
    def may_rest(self) -> bool:
        return self.intent.rests or self.order.time_in_force is TimeInForce.GTC


def share_of(state: OrderState) -> Counted:
    """Return what still counts: all of it while in doubt, else the share not yet filled."""
    order = state.order
    if order.is_done:
        return NOT_COUNTED
    leaves_qty = order.order_qty - order.cum_qty if order.cum_qty else order.order_qty
    reserved, risk = state.reserved, state.risk
    if not state.in_doubt and order.cum_qty and order.order_qty:
        reserved = reserved * leaves_qty / order.order_qty
        risk = risk * leaves_qty / order.order_qty
    if state.replacing is not None:  # while a change is on its way the worse of both counts
        then_qty = state.replacing.intent.order_qty
        left_qty = then_qty - order.cum_qty
        reserved = max(reserved, state.reserved_then * left_qty / then_qty)
        risk = max(risk, state.risk_then * left_qty / then_qty)
    return Counted(reserved, leaves_qty, risk, True)


def answered(state: OrderState, asked: ReplaceRequested, report: Report) -> None:
    """Take the broker's answer to a change of ours: made, or not to be made."""
    if report.exec_type is ExecType.REPLACED:
        made_qty = state.order.order_qty  # brokers may make another one of it
        state.intent = replace(asked.intent, order_qty=made_qty)
        state.reserved = state.reserved_then * made_qty / asked.intent.order_qty
        state.risk = state.risk_then * made_qty / asked.intent.order_qty
    if report.exec_type in (ExecType.REPLACED, ExecType.CANCEL_REJECTED):
        state.replacing = None


def change_made(state: OrderState, asked: ReplaceRequested, proof: str) -> Report:
    """Return the answer that a change of ours never got, where something else proves it made."""
    return Report(
        route=state.route, cl_ord_id=asked.request_id, exec_type=ExecType.REPLACED,
        orig_cl_ord_id=state.order.cl_ord_id, order_qty=asked.intent.order_qty, text=proof,
    )
