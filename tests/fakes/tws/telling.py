"""In which words does TWS tell of an order, an execution, a position?"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

from tests.fakes.tws import codes
from tests.fakes.tws.contracts import NEW_YORK, Contracts
from tests.fakes.tws.layout import Layout
from tests.fakes.tws.messages import ByServer
from tests.fakes.tws.tickets import (
    Ticket,
    average_price,
    bag_exec_id,
    combos_of,
    exec_id,
    order_id_in_executions,
)
from tests.fakes.venue import Venue
from tests.fakes.venue_facts import ZERO, Execution, Hours, Status, VenueOrder

from tradebot.core.model.money import plain

Message: TypeAlias = tuple[Layout, dict[str, object]]

_WORDS = {
    Status.FILLED: "Filled", Status.CANCELED: "Cancelled", Status.EXPIRED: "Cancelled",
    Status.REJECTED: "Inactive",
}
_CONTRACT = (
    "con_id", "symbol", "sec_type", "expiry", "strike", "right", "multiplier", "exchange",
    "currency", "local_symbol", "trading_class",
)


def word_of(order: VenueOrder, hours: Hours) -> str:
    """Return the status that TWS gives an order: held ones are only pre-submitted."""
    if not order.is_working:
        return _WORDS[order.status]
    is_held = order.stop is not None and not order.is_triggered
    is_early = hours is not Hours.REGULAR and not (hours is Hours.EXTENDED and order.outside_hours)
    return "PreSubmitted" if is_held or is_early else "Submitted"


def terms(ticket: Ticket) -> dict[str, object]:
    """Return what open and completed orders both say: the contract, and what is asked of it."""
    order, asked = ticket.at_venue, ticket.asked
    return {
        **{name: ticket.contract.get(name, "") for name in _CONTRACT},
        "right": ticket.contract.get("right") or "?",
        "action": asked.get("action") or order.side.upper(),
        "total_quantity": number(order.qty), "order_type": asked.get("order_type") or "LMT",
        "lmt_price": _price(ticket.turned(order.limit)), "aux_price": _price(order.stop),
        "tif": order.tif.upper(), "account": asked.get("account", ""),
        "order_ref": order.client_id, "perm_id": ticket.perm_id,
        "outside_rth": order.outside_hours, "legs": asked.get("legs", ()),
        "routing": asked.get("routing", ()),
    }


def open_order(ticket: Ticket, word: str, paid: Iterable[Execution] = ()) -> Message:
    """Tell of an order, after a trade with what that cost."""
    cost = sum((execution.fee for execution in paid), ZERO)
    return ByServer.OPEN_ORDER, {
        **terms(ticket), "order_id": ticket.order_id, "client_id": ticket.client_id,
        "shares_allocation": f"{ticket.perm_id}.0/{ticket.asked.get('account', '')}/100",
        "status": word, **({"commission": _price(cost), "commission_currency": "USD"} if cost
                           else {}),
    }


def order_status(ticket: Ticket, venue: Venue, word: str) -> Message:
    order = ticket.at_venue
    fills = venue.fills_of(order)
    return ByServer.ORDER_STATUS, {
        "order_id": ticket.order_id, "status": word,
        "filled": number(order.cum), "remaining": number(order.qty - order.cum),
        "avg_fill_price": _price(ticket.turned(average_price(venue, order))),
        "perm_id": ticket.perm_id, "client_id": ticket.client_id,
        "last_fill_price": _price(fills[-1].px) if fills else "0",
    }


def completed_order(ticket: Ticket) -> Message:
    """Tell of an order that is over; its quantity is what was never filled, as in reality."""
    order = ticket.at_venue
    how = f"Filled Size: {number(order.cum)}" if order.status is Status.FILLED else (
        "Expired" if order.status is Status.EXPIRED else "Cancelled by Trader"
    )
    return ByServer.COMPLETED_ORDER, {
        **terms(ticket), "total_quantity": number(order.qty - order.cum),
        "status": word_of(order, Hours.REGULAR), "completed_status": how,
        "filled_quantity": number(order.cum), "completed_time": ib_time(order.updated),
    }


def executions(
    ticket: Ticket, made: Iterable[Execution], contracts: Contracts, zone: str
) -> Iterator[Message]:
    """Tell of executions of one trade: of a whole bag first as one, then leg by leg."""
    for place, execution in enumerate(made):
        if place == 0 and execution.net is not None and execution.busts is None:
            yield ByServer.EXECUTION, {
                **_bag_execution(ticket, execution), "time": ib_time(execution.at, zone),
            }
        listing = contracts.listing(execution.symbol)
        yield ByServer.EXECUTION, {
            **_execution(ticket, execution), **listing.fields(),
            "time": ib_time(execution.at, zone),
            "exec_id": exec_id(execution), "shares": number(abs(execution.qty)),
            "price": _price(execution.px), "avg_price": _price(execution.px),
            "side": "BOT" if _is_bought(execution) else "SLD",
            "cum_qty": number(execution.order.cum_of[execution.symbol]),
        }


def error(code: int, order_id: int) -> Message:
    return ByServer.ERROR, {"req_id": order_id, "code": code, "text": codes.text_of(code)}


def commission(execution: Execution) -> Message:
    return ByServer.COMMISSION, {
        "exec_id": exec_id(execution), "commission": _price(execution.fee),
    }


def number(qty: Decimal) -> str:
    return plain(qty)


def ib_time(at: datetime, zone: str = "UTC") -> str:
    """Write a time in a zone; one who sets none is told New York's, and not that it is."""
    local = at.astimezone(ZoneInfo(zone) if zone else NEW_YORK)
    return f"{local:%Y%m%d %H:%M:%S} {zone}" if zone else f"{local:%Y%m%d  %H:%M:%S}"


def _bag_execution(ticket: Ticket, first: Execution) -> dict[str, object]:
    combos = combos_of(first)
    return {
        **_execution(ticket, first), **{name: ticket.contract[name] for name in _CONTRACT},
        "exec_id": bag_exec_id(first), "shares": number(combos),
        "price": _price(ticket.turned(first.net)), "avg_price": _price(ticket.turned(first.net)),
        "side": "SLD" if ticket.is_sold_bag else "BOT", "cum_qty": number(first.cum),
    }


def _execution(ticket: Ticket, execution: Execution) -> dict[str, object]:
    return {
        "order_id": order_id_in_executions(ticket), "perm_id": ticket.perm_id,
        "client_id": ticket.client_id, "order_ref": execution.order.client_id,
        "account": ticket.asked.get("account", ""),
        "at_exchange": "ARCA", "ev_multiplier": "",
    }


def _is_bought(execution: Execution) -> bool:
    """Tell the side; of one that was taken back whole, the side of what it was."""
    while not execution.qty and execution.busts is not None:
        execution = execution.busts
    return execution.qty > 0


def _price(price: Decimal | None) -> str:
    return "0.0" if price is None else plain(price)
