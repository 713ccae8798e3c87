"""What does Alpaca do when it is asked for an order, a change, a cancel? The REST of orders."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from itertools import count
from typing import Any, Final

from aiohttp import web
from tests.fakes.alpaca.assets import uuid_of
from tests.fakes.alpaca.book import Book, Json, type_of
from tests.fakes.alpaca.refusals import REFUSALS, Refused
from tests.fakes.alpaca.rules import check_tick
from tests.fakes.alpaca.stream import Updates
from tests.fakes.alpaca.ticket import TIMES, Ticket, client_id, number, one_of, read
from tests.fakes.faults import Request
from tests.fakes.venue_facts import ZERO, Happening, VenueOrder, What

from tradebot.core.model.money import plain

_OPEN: Final = frozenset({
    "new", "accepted", "pending_new", "partially_filled", "pending_cancel", "pending_replace",
})
_PAGE_USUAL, _PAGE_MOST = 50, 500


@dataclass(eq=False)
class Replacement:
    """A change that was taken and has not reached the exchange: an order of its own already."""

    old: VenueOrder
    id: str
    client_id: str
    changed: dict[str, Any]
    status: str = "accepted"


class Desk:
    """Orders as clients ask for them. `holds`: what is taken, but not done before `release`."""

    def __init__(self, book: Book, updates: Updates) -> None:
        self.holds: set[Request] = set()
        self.finds_late = 0  # how often a new order is not found by its client's id at first
        self._book = book
        self._updates = updates
        self._arriving: dict[str, dict[str, object]] = {}
        self._accepted: dict[str, Json] = {}
        self._replacements: dict[str, Replacement] = {}
        self._names = count(1)

    def note(self, happening: Happening) -> None:
        """Keep with an order what the venue does not know of it, before anybody is told."""
        order = happening.order
        if order is None:
            self._follow_trails()
            return
        order.memo.update(self._arriving.pop(order.client_id, {}))
        if happening.what is What.NEW or happening.what is What.REJECTED:
            self._accepted.setdefault(order.order_id, self._book.order(
                order, status="pending_new", failed_at=None,
            ))
        if happening.what is What.REPLACED:
            self._book.carried(order)

    def release(self) -> None:
        """Do what was held back, or tell that it came too late."""
        self.holds.clear()
        for order in list(self._book.venue.orders.values()):
            if order.memo.pop("pending", "") == "pending_cancel" and not order.is_working:
                self._updates.say("order_cancel_rejected", self._book.order(order))
            elif order.memo.pop("cancels", False):
                self._book.venue.cancel(order)
        for replacement in [r for r in self._replacements.values() if r.status == "accepted"]:
            self._settle(replacement)

    async def submit(self, request: web.Request) -> web.Response:
        body = await _body(request)
        ticket = read(body, str(uuid_of("generated", next(self._names))))
        self._refuse_known(ticket.client_id)
        self._book.rules.check(ticket)
        code = self._book.venue.refusal(REFUSALS)
        if code is not None:
            raise Refused(code)
        order = self._place(ticket)
        return web.json_response(self._accepted[order.order_id])

    def _place(self, ticket: Ticket) -> VenueOrder:
        memo: dict[str, object] = {
            "type": ticket.type, "notional": _text(ticket.notional),
            "trail_price": _text(ticket.trail_price),
            "trail_percent": _text(ticket.trail_percent),
            "intents": {
                leg.symbol: self._book.rules.intent(leg.symbol, leg.side) for leg in ticket.legs
            },
            "finds": self.finds_late,
        }
        if not ticket.is_mleg:
            memo["intent"] = self._book.rules.intent(ticket.symbol, ticket.side)
        self._arriving[ticket.client_id] = memo
        stop = self._first_stop(ticket, memo) if ticket.type == "trailing_stop" else ticket.stop
        return self._book.venue.submit(
            ticket.client_id,
            [leg.as_leg() for leg in ticket.legs] if ticket.is_mleg else ticket.symbol,
            self._units(ticket), side=ticket.side, limit=ticket.limit, stop=stop, tif=ticket.tif,
            outside_hours=ticket.extended,
        )

    async def replace(self, request: web.Request) -> web.Response:
        order, body = self._known(request), await _body(request)
        self._refuse_change(order)
        changed = self._changes(order, body)
        new_id = client_id(body, str(uuid_of("generated", next(self._names))))
        self._refuse_known(new_id)
        replacement = Replacement(order, str(uuid_of("order", new_id)), new_id, changed)
        self._replacements[new_id] = replacement
        if Request.REPLACE in self.holds:
            order.memo["pending"] = "pending_replace"
            self._updates.say("pending_replace", self._book.order(order))
        told = self._replacement_json(replacement)
        if Request.REPLACE not in self.holds:
            self._settle(replacement)
        return web.json_response(told)

    async def cancel(self, request: web.Request) -> web.Response:
        order = self._known(request)
        if not order.is_working or "pending" in order.memo:
            raise Refused("not_cancelable", status=self._book.status_of(order))
        self._cancel(order)
        return web.Response(status=204)

    async def cancel_all(self, request: web.Request) -> web.Response:
        orders = [o for o in self._book.venue.working() if "pending" not in o.memo]
        for order in orders:
            self._cancel(order)
        told = [{"id": self._book.id_of(o), "status": 200, "body": None} for o in orders]
        return web.json_response(told, status=207)

    async def get(self, request: web.Request) -> web.Response:
        order_id = request.match_info["order_id"]
        order = self._book.by_id(order_id)
        if order is not None:
            told = self._book.order(order)
            return web.json_response(told if _is_nested(request) else told | {"legs": None})
        return web.json_response(self._leg(order_id) or self._waiting(id=order_id))

    async def find(self, request: web.Request) -> web.Response:
        client = request.query.get("client_order_id", "")
        order = self._book.by_client_id(client)
        if order is None:
            return web.json_response(self._waiting(client_id=client))
        late = order.memo.get("finds", 0)
        if late:
            assert isinstance(late, int)
            order.memo["finds"] = late - 1
            raise Refused("order_not_found", order_id=client)
        return web.json_response(self._book.order(order))

    async def listed(self, request: web.Request) -> web.Response:
        """List orders by page; unless nested, legs stand beside the order that they belong to."""
        query = request.query
        told = [self._book.order(order) for order in self._book.venue.orders.values()]
        told += [self._replacement_json(r) for r in self._replacements.values()
                 if self._book.by_client_id(r.client_id) is None]
        if not _is_nested(request):
            told = [row for order in told for row in _flat(order)]
        wanted = query.get("status", "open")
        told = [o for o in told if wanted == "all" or (o["status"] in _OPEN) == (wanted == "open")]
        if symbols := query.get("symbols"):
            told = [o for o in told if _touches(o, symbols.split(","))]
        if side := query.get("side"):
            told = [o for o in told if o["side"] == side]
        after, until = time_of(query, "after"), time_of(query, "until")
        told = [o for o in told if after is None or moment(o["submitted_at"]) > after]
        told = [o for o in told if until is None or moment(o["submitted_at"]) <= until]
        told.sort(key=lambda o: str(o["submitted_at"]),
                  reverse=query.get("direction", "desc") == "desc")
        return web.json_response(told[:page_size(query, "limit", _PAGE_USUAL, _PAGE_MOST)])

    def _known(self, request: web.Request) -> VenueOrder:
        order_id = request.match_info["order_id"]
        order = self._book.by_id(order_id)
        if order is None:
            waiting = [r for r in self._replacements.values() if r.id == order_id]
            raise Refused("not_cancelable", status=waiting[0].status) if waiting \
                else Refused("order_not_found", order_id=order_id)
        return order

    def _refuse_known(self, client: str) -> None:
        if client in self._replacements or self._book.by_client_id(client) is not None:
            raise Refused("duplicate_id")

    def _cancel(self, order: VenueOrder) -> None:
        if Request.CANCEL not in self.holds:
            self._book.venue.cancel(order)
            return
        order.memo |= {"pending": "pending_cancel", "cancels": True}
        self._updates.say("pending_cancel", self._book.order(order))

    def _refuse_change(self, order: VenueOrder) -> None:
        status = self._book.status_of(order)
        if not order.is_working:
            raise Refused("not_open")
        if status in ("accepted", "pending_new"):
            raise Refused("not_at_exchange")
        if "pending" in order.memo:
            raise Refused("replace_pending", status=status)
        if order.memo.get("notional"):
            raise Refused("notional_replace")

    def _changes(self, order: VenueOrder, body: Json) -> dict[str, Any]:
        """Read what shall be different; what is not named stays."""
        limit, stop = number(body, "limit_price"), number(body, "stop_price")
        qty = number(body, "qty") or order.qty
        check_tick("limit_price", None if order.is_combo else limit)
        check_tick("stop_price", stop)
        changed = {
            "qty": qty, "limit": order.limit if limit is None else limit,
            "stop": order.stop if stop is None else stop,
            "tif": one_of(body, "time_in_force", TIMES) if body.get("time_in_force")
            else order.tif,
        }
        same = {"qty": order.qty, "limit": order.limit, "stop": order.stop, "tif": order.tif}
        if changed == same:
            raise Refused("unchanged")
        if qty != order.qty and (qty % 1 or order.qty % 1):
            raise Refused("fractional_replace")
        if qty <= order.cum:
            raise Refused("qty_below_filled")
        return changed

    def _settle(self, replacement: Replacement) -> None:
        """Put the change in force, unless what it changes is gone by now."""
        old = replacement.old
        old.memo.pop("pending", None)
        if not old.is_working or replacement.changed["qty"] <= old.cum:
            replacement.status = "rejected"
            self._updates.say("order_replace_rejected", self._book.order(old))
            self._updates.say("rejected", self._replacement_json(replacement))
            return
        replacement.status = "done"
        self._arriving[replacement.client_id] = {
            key: old.memo[key] for key in ("type", "intent", "intents") if key in old.memo
        }
        self._book.venue.supersede(
            old, replacement.client_id, keeps_fills=True, **replacement.changed,
        )

    def _replacement_json(self, replacement: Replacement) -> Json:
        old, changed = replacement.old, replacement.changed
        return self._book.order(
            old, id=replacement.id, client_order_id=replacement.client_id,
            status=replacement.status, replaces=self._book.id_of(old), replaced_by=None,
            replaced_at=None, qty=plain(changed["qty"]), limit_price=_text(changed["limit"]),
            stop_price=_text(changed["stop"]), time_in_force=changed["tif"],
        )

    def _waiting(self, *, id: str = "", client_id: str = "") -> Json:
        """Return a change that the exchange does not know (yet, or not any more)."""
        for replacement in self._replacements.values():
            if id == replacement.id or client_id == replacement.client_id:
                return self._replacement_json(replacement)
        raise Refused("order_not_found", order_id=id or client_id)

    def _leg(self, leg_id: str) -> Json | None:
        for order in self._book.venue.orders.values():
            for leg in order.legs if order.is_combo else ():
                if self._book.leg_id(order, leg.symbol) == leg_id:
                    return self._book.leg(order, leg)
        return None

    def _units(self, ticket: Ticket) -> Decimal:
        if ticket.qty is not None:
            return ticket.qty
        quote = self._book.venue.quotes.get(ticket.symbol)
        assert ticket.notional is not None
        px = quote.ask if quote is not None else Decimal(100)
        return (ticket.notional / px).quantize(Decimal("1e-9"), ROUND_DOWN)

    def _first_stop(self, ticket: Ticket, memo: dict[str, object]) -> Decimal:
        quote = self._book.venue.quotes.get(ticket.symbol)
        px = ZERO if quote is None else quote.ask if ticket.side == "buy" else quote.bid
        memo["hwm"] = plain(px)
        return _trailed(px, ticket.side, ticket.trail_price, ticket.trail_percent)

    def _follow_trails(self) -> None:
        """Move the stops that trail the market, before it trades against them."""
        for order in self._book.venue.working():
            quote = self._book.venue.quotes.get(order.symbol)
            if type_of(order) != "trailing_stop" or quote is None or "hwm" not in order.memo:
                continue
            px, best = quote.ask if order.side == "buy" else quote.bid, order.memo["hwm"]
            if order.sign * (px - Decimal(str(best))) < 0:
                price, percent = order.memo["trail_price"], order.memo["trail_percent"]
                order.memo["hwm"] = plain(px)
                order.stop = _trailed(
                    px, order.side, None if price is None else Decimal(str(price)),
                    None if percent is None else Decimal(str(percent)),
                )


def page_size(query: Any, name: str, usual: int, most: int) -> int:
    told = query.get(name, str(usual))
    if not told.isdigit() or not 0 < int(told) <= most:
        raise Refused("bad_parameter", name=name)
    return int(told)


def time_of(query: Any, name: str) -> datetime | None:
    told = query.get(name)
    try:
        return None if told is None else moment(told.replace(" ", "+"))
    except ValueError:
        raise Refused("bad_parameter", name=name) from None


def moment(text: str) -> datetime:
    """Read a time or a day; a time without a zone is one of New York's, which nobody wants."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = datetime.fromisoformat(text + "T00:00:00+00:00" if "T" not in text else text + "Z")
    return at


async def _body(request: web.Request) -> Json:
    try:
        told = json.loads(await request.read())
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Refused("bad_body") from None
    if not isinstance(told, dict):
        raise Refused("bad_body")
    return told


def _is_nested(request: web.Request) -> bool:
    return request.query.get("nested", "").lower() in ("true", "1")


def _flat(order: Json) -> Iterable[Json]:
    legs = order["legs"] or ()
    return [order | {"legs": None}, *legs]


def _touches(order: Json, symbols: list[str]) -> bool:
    return any(part["symbol"] in symbols for part in (order, *(order["legs"] or ())))


def _trailed(
    px: Decimal, side: str, price: Decimal | None, percent: Decimal | None
) -> Decimal:
    far = price if price is not None else px * (percent or ZERO) / 100
    return (px + far if side == "buy" else px - far).quantize(Decimal("0.01"))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
