"""What does TWS do with an order, a change, a cancel, and with questions about them?"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Final

from tests.fakes.faults import Request
from tests.fakes.tws import codes, telling
from tests.fakes.tws.contracts import BAG_CON_ID, Listing
from tests.fakes.tws.messages import ByClient, ByServer
from tests.fakes.tws.session import Answer, Asked, Session
from tests.fakes.tws.tickets import Ticket, turned_around
from tests.fakes.venue_facts import Hours, Leg, Status, VenueOrder

from tradebot.core.model.money import is_multiple

if TYPE_CHECKING:
    from tests.fakes.tws.gateway import FakeGateway

_TYPES: Final = frozenset({"MKT", "LMT", "STP", "STP LMT"})
_BOUND_TO_TERMS: Final = ("action", "order_type", "con_id", "legs")


@dataclass(frozen=True)
class Terms:
    """What an order asks of the venue, whatever TWS calls it."""

    legs: tuple[Leg, ...]
    contract: dict[str, object]
    qty: Decimal
    limit: Decimal | None
    stop: Decimal | None
    is_sold_bag: bool


def place(session: Session, asked: Asked) -> None:
    """Take a new order, or change one that is known by this number."""
    gateway, order_id = session.gateway, int(str(asked["order_id"]))
    assert session.client_id is not None
    known = gateway.tickets.latest(session.client_id, order_id)
    terms = _terms(gateway, asked)
    code = _refusal(session, asked, terms, known)
    if code or terms is None:
        session.error(code, req_id=order_id)
    elif asked["what_if"] == "1":
        _suppose(session, asked, terms)
    elif not gateway.is_linked:
        gateway.stranded.append((session.client_id, asked))
    elif known is not None:
        _change(known, terms, gateway)
    else:
        _submit(session, asked, terms)


def submit_stranded(gateway: "FakeGateway") -> None:
    """Send on what came while the vendor was out of reach."""
    while gateway.stranded:
        client_id, asked = gateway.stranded.pop(0)
        terms = _terms(gateway, asked)
        known = gateway.tickets.latest(client_id, int(str(asked["order_id"])))
        assert terms is not None
        if known is None:
            _to_venue(gateway, _ticket(gateway, client_id, asked, terms), asked, terms)
        elif known.at_venue.is_working:
            _change(known, terms, gateway)


def cancel(session: Session, asked: Asked) -> None:
    gateway, order_id = session.gateway, int(str(asked["order_id"]))
    assert session.client_id is not None
    ticket = gateway.tickets.latest(session.client_id, order_id)
    if ticket is None:
        session.error(10147, codes.text_of(10147, order_id=order_id), req_id=order_id)
    elif not ticket.at_venue.is_working:
        state = telling.word_of(ticket.at_venue, Hours.REGULAR)
        text = codes.text_of(10148, order_id=order_id, state=state)
        session.error(10148, text, req_id=order_id)
    elif ticket.at_venue in gateway.held_cancels:
        session.error(161, req_id=order_id)
    elif gateway.holds_cancels:
        gateway.held_cancels.append(ticket.at_venue)
        session.tell(telling.order_status(ticket, gateway.venue, "PendingCancel"))
    elif gateway.is_linked:
        gateway.venue.cancel(ticket.at_venue)


def global_cancel(session: Session, asked: Asked) -> None:
    for ticket in session.gateway.tickets.working():
        session.gateway.venue.cancel(ticket.at_venue)


def open_orders(session: Session, asked: Asked) -> None:
    """List the orders of this client; client 0 has those that a person sent, too."""
    _list_open(session, [
        t for t in session.gateway.tickets.working()
        if t.client_id == session.client_id and (not t.is_manual or session.binds_manual)
    ])


def all_open_orders(session: Session, asked: Asked) -> None:
    _list_open(session, session.gateway.tickets.working())


def auto_open_orders(session: Session, asked: Asked) -> None:
    """Bind what a person sends by hand to client 0, from now on."""
    if session.client_id != 0:
        session.error(321, codes.NOT_THE_DEFAULT_CLIENT)
        return
    session.binds_manual = asked["is_wanted"] == "1"
    for ticket in session.gateway.tickets.working():
        if ticket.is_manual:
            session.gateway.tickets.bind(ticket)


def executions(session: Session, asked: Asked) -> None:
    """List the executions of today that the filter lets through, also those of other clients."""
    gateway, req_id = session.gateway, asked["req_id"]
    if not gateway.is_linked:
        return
    since = gateway.midnight() if not asked["time"] else max(
        gateway.midnight(), datetime.strptime(_digits(asked["time"]), "%Y%m%d%H%M%S")
        .replace(tzinfo=UTC),
    )
    commissions = []
    trades = groupby(gateway.venue.executions, key=lambda e: (e.group, e.busts and e.exec_id))
    for _, group in trades:
        made = list(group)
        ticket = gateway.ticket_of(made[0].order)
        client = str(asked["client_id"] or 0)
        if made[0].at < since or client not in ("0", str(ticket.client_id)):
            continue
        for layout, values in telling.executions(
            ticket, made, gateway.contracts, gateway.zone
        ):
            if asked["symbol"] in ("", values["symbol"]):
                session.send(layout, **{**values, "req_id": req_id})
        commissions += [telling.commission(execution) for execution in made if execution.qty]
    session.send(ByServer.EXECUTIONS_END, req_id=req_id)
    for message in commissions:
        session.tell(message)


def completed_orders(session: Session, asked: Asked) -> None:
    gateway = session.gateway
    if not gateway.is_linked:
        return
    for ticket in gateway.tickets.ended_since(gateway.midnight()):
        if not (ticket.is_manual and asked["is_api_only"] == "1"):
            session.tell(telling.completed_order(ticket))
    session.send(ByServer.COMPLETED_ORDERS_END)


def _refusal(session: Session, asked: Asked, terms: Terms | None, known: Ticket | None) -> int:
    """Return the code under which an order goes no further than TWS, or 0."""
    gateway, account = session.gateway, asked["account"]
    assert session.client_id is not None
    checks = (
        (321, gateway.is_read_only),
        (200, terms is None),
        (435, (account or gateway.only_account) not in gateway.accounts),
        (387, asked["order_type"] not in _TYPES),
        (434, terms is not None and terms.qty <= 0),
        (10243, terms is not None and terms.qty % 1 != 0),
        (110, terms is not None and not _is_on_tick(gateway, terms)),
    )
    code = next((code for code, is_wrong in checks if is_wrong), 0)
    if code:
        return code
    if known is None:
        is_used = int(str(asked["order_id"])) < gateway.next_valid_id(session.client_id)
        return 103 if is_used else 0
    order = known.at_venue
    if order.status is Status.FILLED:
        return 104
    if not order.is_working:
        return 103
    is_same = all(asked[name] == known.asked.get(name) for name in _BOUND_TO_TERMS)
    assert terms is not None
    return 0 if is_same and terms.qty > order.cum else 105


def _terms(gateway: "FakeGateway", asked: Asked) -> Terms | None:
    """Read an order; None where a contract of it is unknown."""
    kind, side = str(asked["order_type"]), 1 if asked["action"] == "BUY" else -1
    limit = Decimal(str(asked["lmt_price"])) if "LMT" in kind else None
    stop = Decimal(str(asked["aux_price"])) if "STP" in kind else None
    qty = Decimal(str(asked["total_quantity"]))
    if asked["sec_type"] != "BAG":
        found = gateway.contracts.found(asked)
        if len(found) != 1:
            return None
        return Terms((Leg(found[0].symbol),), found[0].fields(), qty, limit, stop, False)
    legs = []
    for con_id, ratio, action, *_ in asked["legs"]:
        listing = gateway.contracts.by_con_id(int(con_id))
        if listing is None:
            return None
        legs.append(Leg(listing.symbol, Decimal(ratio) * (1 if action == "BUY" else -1)))
    contract: dict[str, object] = {
        "con_id": BAG_CON_ID, "symbol": asked["symbol"], "sec_type": "BAG", "strike": "0",
        "exchange": "SMART", "currency": "USD", "local_symbol": asked["symbol"],
        "trading_class": "COMB", "expiry": "", "right": "", "multiplier": "",
    }
    terms = Terms(tuple(legs), contract, qty, limit, stop, False)
    if side > 0:
        return terms
    return Terms(turned_around(terms.legs), contract, qty, None if limit is None else -limit,
                 stop, True)


def _is_on_tick(gateway: "FakeGateway", terms: Terms) -> bool:
    listing = gateway.contracts.listing(terms.legs[0].symbol)
    return all(
        price is None or is_multiple(price, _tick(listing, price, len(terms.legs) > 1))
        for price in (terms.limit, terms.stop)
    )


def _tick(listing: Listing, price: Decimal, is_bag: bool) -> Decimal:
    return Decimal("0.01") if is_bag else listing.tick_at(price)


def _submit(session: Session, asked: Asked, terms: Terms) -> None:
    gateway, order_id = session.gateway, asked["order_id"]
    assert session.client_id is not None
    ticket = _ticket(gateway, session.client_id, asked, terms)
    order = _to_venue(gateway, ticket, asked, terms)
    if order.status is Status.REJECTED:
        return
    remarks = [gateway.remarks.popleft()] if gateway.remarks else []
    if not asked["tif"]:
        remarks.append(10349)
    if asked["outside_rth"] == "1" and terms.limit is None:
        remarks.append(2109)
    if gateway.venue.hours is not Hours.REGULAR and order.is_working and not order.outside_hours:
        remarks.append(399)
    for code in remarks:
        session.error(code, req_id=order_id)


def _ticket(gateway: "FakeGateway", client_id: int, asked: Asked, terms: Terms) -> Ticket:
    ticket = gateway.tickets.begin(client_id, int(str(asked["order_id"])), terms.contract)
    ticket.asked = {**asked, "account": asked["account"] or gateway.account}
    ticket.is_sold_bag = terms.is_sold_bag
    return ticket


def _to_venue(
    gateway: "FakeGateway", ticket: Ticket, asked: Asked, terms: Terms
) -> VenueOrder:
    gateway.tickets.arriving = ticket  # what it is told as it arrives is "PreSubmitted"
    side = str(asked["action"]).lower() if len(terms.legs) == 1 else "buy"
    order = gateway.venue.submit(
        str(asked["order_ref"]), terms.legs, terms.qty, side=side, limit=terms.limit,
        stop=terms.stop, tif=str(asked["tif"] or "day").lower(),
        outside_hours=asked["outside_rth"] == "1" and terms.limit is not None,
    )
    if order.is_working and not order.cum:
        gateway.tell_state(ticket)
    return order


def _change(ticket: Ticket, terms: Terms, gateway: "FakeGateway") -> None:
    ticket.at_venue.stop = terms.stop
    gateway.venue.change(ticket.at_venue, qty=terms.qty, limit=terms.limit)


def _suppose(session: Session, asked: Asked, terms: Terms) -> None:
    """Tell what margin an order would take; it goes nowhere."""
    margin = {f"{kind}_margin_{when}": "1000.00" for kind in ("init", "maint")
              for when in ("before", "change", "after")}
    session.send(
        ByServer.OPEN_ORDER, **{name: terms.contract.get(name, "") for name in terms.contract},
        order_id=asked["order_id"], client_id=session.client_id, perm_id=0, what_if=1,
        action=asked["action"], total_quantity=asked["total_quantity"], tif=asked["tif"],
        order_type=asked["order_type"], status="PreSubmitted", commission="1.00",
        commission_currency="USD", **margin,
    )


def _list_open(session: Session, tickets: list[Ticket]) -> None:
    gateway = session.gateway
    if gateway.is_read_only:
        session.error(321)
        return
    if not gateway.is_linked:
        return
    for ticket in tickets:
        word = telling.word_of(ticket.at_venue, gateway.venue.hours)
        session.tell(telling.open_order(ticket, word))
        session.tell(telling.order_status(ticket, gateway.venue, word))
    session.send(ByServer.OPEN_ORDERS_END)


def _kind_of_order(session: Session, asked: Asked) -> Request:
    assert session.client_id is not None
    known = session.gateway.tickets.latest(session.client_id, int(str(asked["order_id"])))
    return Request.SUBMIT if known is None else Request.REPLACE


def _digits(text: object) -> str:
    return "".join(filter(str.isdigit, str(text)))


ANSWERS: Final = (
    Answer(ByClient.PLACE, place, _kind_of_order),
    Answer(ByClient.CANCEL, cancel, Request.CANCEL),
    Answer(ByClient.GLOBAL_CANCEL, global_cancel, Request.CANCEL),
    Answer(ByClient.OPEN_ORDERS, open_orders, Request.FIND),
    Answer(ByClient.ALL_OPEN_ORDERS, all_open_orders, Request.FIND),
    Answer(ByClient.AUTO_OPEN_ORDERS, auto_open_orders, Request.FIND),
    Answer(ByClient.COMPLETED_ORDERS, completed_orders, Request.FIND),
    Answer(ByClient.EXECUTIONS, executions, Request.FILLS),
)
