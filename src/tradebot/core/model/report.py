"""What does a broker say? Reports in FIX words (they are commands, too), orders, statements."""

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
    SETTLEMENT = "settlement"  # of an option, by no order; FIX sends AssignmentReport (35=AW)


MONEY: Final = frozenset({
    ExecType.TRADE, ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT, ExecType.SETTLEMENT,
})


class RejReason(StrEnum):
    """Why a broker refused an order, a change or a cancel: FIX's OrdRejReason and CxlRejReason.

    Brokers say it in words and numbers of their own; `text` keeps those.
    """

    UNKNOWN_SYMBOL = "unknown_symbol"
    EXCHANGE_CLOSED = "exchange_closed"
    EXCEEDS_LIMIT = "exceeds_limit"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    TOO_LATE = "too_late"
    UNKNOWN_ORDER = "unknown_order"
    DUPLICATE_ORDER = "duplicate_order"
    UNSUPPORTED = "unsupported"
    INCORRECT_QUANTITY = "incorrect_quantity"
    INVALID_PRICE_INCREMENT = "invalid_price_increment"
    PRICE_OUT_OF_BAND = "price_out_of_band"
    NOT_PERMITTED = "not_permitted"
    NOT_SHORTABLE = "not_shortable"
    RATE_LIMITED = "rate_limited"
    PENDING_CHANGE = "pending_change"
    OTHER = "other"


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

    A settlement ends `last_qty` of the option `symbol` at what it pays, `last_px`; where shares
    change hands for the strike, `legs` name them and what they are worth then. `is_sell` where the
    option was held, not owed.
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
    rej_reason: RejReason | None = None
    text: str = ""
    flaw: str = ""


@fact
class BrokerOrder:
    """What a broker knows of one order of ours: its reports so far, oldest first.

    What was first ordered is told where the broker says it: an id that another order has is then
    noticed. `order_qty` in units (combos: in combos).
    """

    cl_ord_id: ClOrdID
    reports: tuple[Report, ...]
    symbol: str | None = None
    is_sell: bool | None = None
    order_qty: Decimal | None = None


@fact
class Holding:
    """One position as a broker states it: signed quantity in units, average price a unit."""

    symbol: str
    qty: Decimal
    avg_px: Decimal = ZERO


@fact
class OpenOrder:
    """An order that a broker works, whoever sent it; what the broker does not tell is None.

    `cl_ord_id` is what a cancel of it is asked under. `leaves_qty` in units (combos: in combos),
    `price` is its limit: with both, a change that nobody answered can be told from none.
    """

    cl_ord_id: ClOrdID
    symbols: tuple[str, ...] = ()
    leaves_qty: Decimal | None = None
    price: Decimal | None = None


@fact
class Statement:
    """A broker's own account of an account: cash, signed holdings, all orders that it works."""

    account: str
    as_of: datetime
    cash: Decimal
    currency: str = "USD"
    holdings: tuple[Holding, ...] = ()
    working: tuple[OpenOrder, ...] = ()
