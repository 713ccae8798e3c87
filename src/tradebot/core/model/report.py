"""What does a broker say? One message in FIX words; also a command."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID, ExecID, OrderID
from tradebot.core.model.money import ZERO


class ExecType(StrEnum):
    NEW = "new"
    DONE_FOR_DAY = "done_for_day"
    CANCELED = "canceled"
    REPLACED = "replaced"
    PENDING_CANCEL = "pending_cancel"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    RESTATED = "restated"
    PENDING_REPLACE = "pending_replace"
    TRADE = "trade"
    TRADE_CORRECT = "trade_correct"
    TRADE_CANCEL = "trade_cancel"
    ORDER_STATUS = "order_status"
    TRIGGERED = "triggered"
    CANCEL_REJECTED = "cancel_rejected"  # FIX sends OrderCancelReject (35=9) for this


MONEY: Final = frozenset({ExecType.TRADE, ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})


@fact
class LegFill:
    """What one leg of a combo traded at: price a unit, quantity a combo times its ratio."""

    symbol: str
    last_px: Decimal


@fact
class Report:
    """One execution report: quantities in units, prices a unit (net for combos), fee in currency.

    `cl_ord_id` names the order, or the cancel or replace request that is answered; then
    `orig_cl_ord_id` names the order. `order_qty` and `cum_qty` are set only where the broker
    changes them (replaced, restated, converted). `is_duplicate_order` marks the reject of a
    second order under a ClOrdID that already lives: it says nothing about the first. `flaw` is
    set where a number of it was none. The fee of a bust or correction is its own: that of the
    execution which it takes back is paid back.
    """

    route: str
    cl_ord_id: ClOrdID
    exec_type: ExecType
    exec_id: ExecID | None = None
    orig_cl_ord_id: ClOrdID | None = None
    order_id: OrderID | None = None
    exec_ref_id: ExecID | None = None
    last_qty: Decimal = ZERO
    last_px: Decimal = ZERO
    fee: Decimal = ZERO
    legs: tuple[LegFill, ...] = ()
    order_qty: Decimal | None = None
    cum_qty: Decimal | None = None
    symbol: str | None = None  # set by brokers that tell it; needed for orders we do not know
    is_sell: bool | None = None
    is_duplicate_order: bool = False
    transact_time: datetime | None = None
    text: str = ""
    flaw: str = ""
