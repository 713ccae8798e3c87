"""What does a client ask for when it posts an order? The body of a request, read strictly.

Numbers may come as JSON strings or as JSON numbers; what a client sent is kept as it was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from tests.fakes.alpaca.refusals import Refused
from tests.fakes.venue_facts import Leg

TYPES: Final = ("market", "limit", "stop", "stop_limit", "trailing_stop")
TIMES: Final = ("day", "gtc", "opg", "cls", "ioc", "fok")
INTENTS: Final = ("buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close")
_ID_LENGTH: Final = 128


@dataclass(frozen=True)
class LegTicket:
    symbol: str
    side: str
    ratio: Decimal
    intent: str | None

    def as_leg(self) -> Leg:
        return Leg(self.symbol, self.ratio if self.side == "buy" else -self.ratio)


@dataclass(frozen=True)
class Ticket:
    """An order that is well formed; whether it may be is another question."""

    client_id: str
    symbol: str
    side: str
    type: str
    tif: str
    qty: Decimal | None = None
    notional: Decimal | None = None
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    extended: bool = False
    intent: str | None = None
    legs: tuple[LegTicket, ...] = ()

    @property
    def is_mleg(self) -> bool:
        return bool(self.legs)


def number(body: Mapping[str, Any], name: str) -> Decimal | None:
    """Read a number that is written as text or as a JSON number; floats come as they print."""
    told = body.get(name)
    if told is None or told == "":
        return None
    try:
        value = Decimal(str(told))
    except InvalidOperation:
        raise Refused("bad_parameter", name=name) from None
    if isinstance(told, bool) or not value.is_finite():
        raise Refused("bad_parameter", name=name)
    return value


def one_of(body: Mapping[str, Any], name: str, words: tuple[str, ...]) -> str:
    told = body.get(name)
    if told not in words:
        raise Refused("bad_parameter", name={"type": "order type"}.get(name, name))
    return str(told)


def client_id(body: Mapping[str, Any], otherwise: str) -> str:
    told = body.get("client_order_id") or otherwise
    if not isinstance(told, str):
        raise Refused("bad_body")
    if len(told) > _ID_LENGTH:
        raise Refused("id_too_long")
    return told


def read(body: Mapping[str, Any], otherwise: str) -> Ticket:
    """Read an order; `otherwise` is its client's id where the client gives none."""
    order_class = body.get("order_class") or "simple"
    if order_class not in ("simple", "mleg"):
        raise Refused("order_class", name=order_class)
    kind = one_of(body, "type", TYPES)
    legs = _legs(body) if order_class == "mleg" else ()
    intent = body.get("position_intent")
    if intent is not None and intent not in INTENTS:
        raise Refused("bad_parameter", name="position_intent")
    ticket = Ticket(
        client_id=client_id(body, otherwise), type=kind, legs=legs, intent=intent,
        symbol="" if legs else str(body.get("symbol") or ""),
        side="buy" if legs else _side(body, intent),
        tif=one_of(body, "time_in_force", TIMES), qty=number(body, "qty"),
        notional=number(body, "notional"), limit=number(body, "limit_price"),
        stop=number(body, "stop_price"), trail_price=number(body, "trail_price"),
        trail_percent=number(body, "trail_percent"), extended=body.get("extended_hours") is True,
    )
    _check_numbers(ticket)
    return ticket


def _side(body: Mapping[str, Any], intent: str | None) -> str:
    if intent is not None and body.get("side") is None:
        return intent.partition("_")[0]
    return one_of(body, "side", ("buy", "sell"))


def _legs(body: Mapping[str, Any]) -> tuple[LegTicket, ...]:
    told = body.get("legs")
    if not isinstance(told, list) or not 2 <= len(told) <= 4:
        raise Refused("mleg_legs")
    legs = []
    for leg in told:
        if not isinstance(leg, dict):
            raise Refused("bad_body")
        ratio, intent = number(leg, "ratio_qty"), leg.get("position_intent")
        if ratio is None or ratio <= 0 or ratio != ratio.to_integral_value():
            raise Refused("bad_parameter", name="ratio_qty")
        legs.append(LegTicket(str(leg.get("symbol")), _side(leg, intent), ratio, intent))
    return tuple(legs)


def _check_numbers(ticket: Ticket) -> None:
    """Refuse numbers that are missing, of the wrong sign, or not wanted for this type."""
    if ticket.qty is not None and ticket.notional is not None:
        raise Refused("qty_and_notional")
    if ticket.qty is None and ticket.notional is None:
        raise Refused("no_qty")
    if not (ticket.qty is None or ticket.qty > 0):
        raise Refused("qty_not_positive")
    has_limit, has_stop = ticket.limit is not None, ticket.stop is not None
    if ticket.type == "limit" and not has_limit:
        raise Refused("limit_needed")
    if ticket.type == "stop" and not has_stop:
        raise Refused("stop_needed")
    if ticket.type == "stop_limit" and not (has_limit and has_stop):
        raise Refused("both_needed")
    if ticket.type == "market" and (has_limit or has_stop):
        raise Refused("no_price_wanted")
    trails = (ticket.trail_price is not None) + (ticket.trail_percent is not None)
    if ticket.type == "trailing_stop" and trails != 1:
        raise Refused("trail_needed")
    if not ticket.is_mleg and ticket.limit is not None and not ticket.limit > 0:
        raise Refused("limit_not_positive")
