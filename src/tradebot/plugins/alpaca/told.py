"""What did Alpaca tell of an order, an execution, a position? Its JSON, read strictly.

What cannot be read is never guessed: a number that is none, or a name that is missing, raises
Unreadable, and whoever asked knows as much as before.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID, ExecID, OrderID
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.report import Holding
from tradebot.ports import DeliveryUnknown

_QUOTED_IN: Final = ("USDT", "USDC", "USD", "BTC")  # of crypto, the longest first
_SELLING: Final = ("sell", "sell_short")
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,40})?(e-[0-9]{1,2})?", re.ASCII)
_NEEDED: Final = object()


class Unreadable(DeliveryUnknown):
    """An answer came, and nobody can say what it means."""


@fact
class ToldOrder:
    """An order as Alpaca tells of it; of one leg, or of many, which have ids of their own."""

    order_id: OrderID
    cl_ord_id: ClOrdID
    status: str
    symbol: str = ""
    is_sell: bool | None = None
    qty: Decimal = ZERO
    cum_qty: Decimal = ZERO
    limit: Decimal | None = None
    replaces: OrderID | None = None
    replaced_by: OrderID | None = None
    at: datetime | None = None
    ratio_qty: Decimal = ZERO
    legs: "tuple[ToldOrder, ...]" = ()

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(leg.symbol for leg in self.legs) or (self.symbol,)


@fact
class ToldExecution:
    """One execution. An order's filled quantity only grows, so with its id it names each one."""

    order_id: OrderID
    symbol: str
    is_sell: bool
    qty: Decimal
    px: Decimal
    cum_qty: Decimal
    at: datetime

    @property
    def exec_id(self) -> ExecID:
        return exec_id(self.order_id, self.cum_qty)


def exec_id(order_id: OrderID, cum_qty: Decimal) -> ExecID:
    """Name an execution the same way whoever tells of it: the stream's ids are not the ledger's."""
    return ExecID(f"{order_id}:{plain(cum_qty)}")


def read_order(row: Any) -> ToldOrder:
    legs = _field(row, "legs", list, ()) or ()
    return ToldOrder(
        order_id=OrderID(text(row, "id")), cl_ord_id=ClOrdID(text(row, "client_order_id")),
        status=text(row, "status"), symbol=symbol_of(row),
        is_sell=row.get("side") in _SELLING if row.get("side") else None,
        qty=number(row, "qty", ZERO), cum_qty=number(row, "filled_qty", ZERO),
        limit=number(row, "limit_price", None), replaces=_id(row, "replaces"),
        replaced_by=_id(row, "replaced_by"), at=_time(row, "submitted_at"),
        ratio_qty=number(row, "ratio_qty", ZERO), legs=tuple(map(read_order, legs)),
    )


def read_activity(row: Any) -> ToldExecution:
    """Read an execution as the account's history tells of it."""
    return ToldExecution(
        order_id=OrderID(text(row, "order_id")), symbol=symbol_of(row),
        is_sell=text(row, "side") in _SELLING, qty=number(row, "qty"), px=number(row, "price"),
        cum_qty=number(row, "cum_qty"), at=time_of(row, "transaction_time"),
    )


def read_position(row: Any) -> Holding:
    qty = abs(number(row, "qty"))
    return Holding(
        symbol=symbol_of(row), qty=-qty if row.get("side") == "short" else qty,
        avg_px=number(row, "avg_entry_price"),
    )


def symbol_of(row: Mapping[str, Any]) -> str:
    """Return the symbol; positions in crypto are told without the stroke that orders have."""
    symbol = _field(row, "symbol", str, "") or ""
    if row.get("asset_class") != "crypto" or "/" in symbol:
        return symbol
    quoted = next((money for money in _QUOTED_IN if symbol.endswith(money)), "")
    return f"{symbol.removesuffix(quoted)}/{quoted}" if quoted else symbol


def rows(answer: Any) -> list[Any]:
    if not isinstance(answer, list):
        raise Unreadable("expected a list of Alpaca")
    return answer


def text(row: Any, name: str) -> str:
    found = _field(row, name, str)
    if not found:
        raise Unreadable(f"{name} is missing")
    return str(found)


def number(row: Any, name: str, otherwise: Any = _NEEDED) -> Any:
    """Read a number, text or not; `otherwise` where there is none, which some must not be."""
    found = _field(row, name, str | int | float | Decimal, otherwise)
    if found is otherwise:
        return otherwise
    said = str(found)
    if isinstance(found, bool) or not _NUMBER.fullmatch(said):
        raise Unreadable(f"{name}: {said[:40]!r} is no number")
    return +Decimal(said)  # averages come with more digits than any sum here keeps


def time_of(row: Any, name: str) -> datetime:
    found = _time(row, name)
    if found is None:
        raise Unreadable(f"{name} is missing")
    return found


def _time(row: Any, name: str) -> datetime | None:
    found = _field(row, name, str, None)
    if not found:
        return None
    try:
        at = datetime.fromisoformat(found)
    except ValueError:
        raise Unreadable(f"{name}: {found[:40]!r} is no time") from None
    if at.utcoffset() is None:
        raise Unreadable(f"{name}: {found[:40]!r} has no zone")
    return at.astimezone(UTC)


def _id(row: Any, name: str) -> OrderID | None:
    found = _field(row, name, str, None)
    return OrderID(found) if found else None


def _field(row: Any, name: str, kind: Any, otherwise: Any = _NEEDED) -> Any:
    """Return a field that is of this kind, or none where it may lack."""
    if not isinstance(row, Mapping):
        raise Unreadable("expected an object of Alpaca")
    found = row.get(name)
    if found is None and otherwise is not _NEEDED:
        return otherwise
    if not isinstance(found, kind):
        raise Unreadable(f"{name} is {type(found).__name__}, which it never is")
    return found
