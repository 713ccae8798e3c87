"""What does TWS remember of the orders of one account, whoever sent them by which connection?"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Final

from tests.fakes.tws.messages import NO_NUMBER
from tests.fakes.venue import Venue
from tests.fakes.venue_facts import Execution, Leg, Status, VenueOrder

FIRST_PERM_ID: Final = 1_840_000_001
_MEMO: Final = "tws ticket"
_SHOWN: Final = Decimal("1e-8")


@dataclass(eq=False)
class Ticket:
    """One order under the numbers by which TWS knows it.

    `order_id` counts within one client; it is 0 for what a person sent by hand, and below 0 once
    client 0 has bound that. `contract` and `asked` hold the fields in which it was placed.
    `is_sold_bag`: the client sells a bag whose legs the venue holds turned around. `is_taken`: it
    got as far as the vendor.
    """

    client_id: int
    order_id: int
    perm_id: int
    contract: dict[str, object]
    asked: dict[str, object] = field(default_factory=dict)
    is_sold_bag: bool = False
    is_taken: bool = False
    order: VenueOrder | None = None

    @property
    def key(self) -> tuple[int, int]:
        return self.client_id, self.order_id

    @property
    def is_manual(self) -> bool:
        return self.order_id <= 0

    @property
    def at_venue(self) -> VenueOrder:
        assert self.order is not None
        return self.order

    def turned(self, price: Decimal | None) -> Decimal | None:
        """Turn a price of the venue's into one of the client's, or back."""
        return -price if self.is_sold_bag and price is not None else price


class Tickets:
    """All tickets. They outlive every connection."""

    def __init__(self) -> None:
        self.all: list[Ticket] = []
        self.arriving: Ticket | None = None
        self.highest: dict[int, int] = {}
        self._by_number: dict[tuple[int, int], Ticket] = {}
        self._perm_ids = count(FIRST_PERM_ID)
        self._manual_ids = count(-1, -1)

    def begin(self, client_id: int, order_id: int, contract: dict[str, object]) -> Ticket:
        ticket = Ticket(client_id, order_id, next(self._perm_ids), contract)
        self.highest[client_id] = max(self.highest.get(client_id, 0), order_id)
        self._by_number[ticket.key] = ticket
        self.all.append(ticket)
        return ticket

    def of(self, order: VenueOrder) -> Ticket | None:
        """Return the ticket of a venue's order; the one on its way there becomes its own."""
        if _MEMO not in order.memo and self.arriving is not None:
            self.arriving.order, order.memo[_MEMO] = order, self.arriving
            self.arriving = None
        ticket = order.memo.get(_MEMO)
        assert ticket is None or isinstance(ticket, Ticket)
        return ticket

    def by_hand(self, order: VenueOrder, contract: dict[str, object]) -> Ticket:
        """Open a ticket for an order that no client sent."""
        self.arriving = Ticket(0, 0, next(self._perm_ids), contract)
        self.all.append(self.arriving)
        ticket = self.of(order)
        assert ticket is not None
        return ticket

    def bind(self, ticket: Ticket) -> None:
        """Give a manual order a number under which client 0 may change and cancel it."""
        if ticket.order_id == 0:
            ticket.order_id = next(self._manual_ids)
            self._by_number[ticket.key] = ticket

    def latest(self, client_id: int, order_id: int) -> Ticket | None:
        """Return whom a number of a client means: a number used anew means the new one."""
        return self._by_number.get((client_id, order_id))

    def count_anew(self) -> None:
        """Forget the numbers of what is over."""
        self.highest.clear()
        self._by_number = {t.key: t for t in self.all if t.at_venue.is_working}

    def working(self) -> list[Ticket]:
        return [t for t in self.all if t.at_venue.is_working]

    def ended_since(self, since: datetime) -> list[Ticket]:
        """Return what TWS calls completed: of today, and never turned down by TWS itself."""
        return [
            t for t in self.all
            if not t.at_venue.is_working and t.at_venue.updated >= since
            and t.at_venue.status is not Status.REJECTED
        ]


def exec_id(execution: Execution) -> str:
    """Return what TWS calls an execution: its last part counts corrections, the third legs."""
    revision, first = 1, execution
    while first.busts is not None:
        revision, first = revision + 1, first.busts
    place = 1
    if execution.order.is_combo:
        place = 2 + [leg.symbol for leg in execution.order.legs].index(execution.symbol)
    return f"0000e0d5.{first.group:08x}.{place:02}.{revision:02}"


def bag_exec_id(execution: Execution) -> str:
    return f"0000e0d5.{execution.group:08x}.01.01"


def average_price(venue: Venue, order: VenueOrder) -> Decimal:
    """Return what was paid on average for a unit (of a combo: net), as the venue signs it."""
    fills = venue.fills_of(order)
    if order.is_combo:  # each trade of a whole combo once, by its first leg
        fills = [f for f in fills if f.net is not None and f.symbol == order.legs[0].symbol]
    qty = sum((abs(fill.qty) for fill in fills), Decimal(0))
    paid = sum((abs(f.qty) * (f.px if f.net is None else f.net) for f in fills), Decimal(0))
    return (paid / qty).quantize(_SHOWN) if qty else Decimal(0)


def combos_of(execution: Execution) -> Decimal:
    """Return how many combos a leg's execution is part of."""
    (leg,) = (leg for leg in execution.order.legs if leg.symbol == execution.symbol)
    return abs(execution.qty / leg.ratio)


def order_id_in_executions(ticket: Ticket) -> object:
    return NO_NUMBER if ticket.order_id == 0 else ticket.order_id


def turned_around(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    return tuple(Leg(leg.symbol, -leg.ratio) for leg in legs)
