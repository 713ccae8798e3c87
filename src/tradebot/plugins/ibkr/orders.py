"""Which orders are there at IB, under which numbers, and what was said of each?

An order has our ClOrdID as its reference, a number of its client's (0 where it is not ours to
change) and an id of the account's, its permId. Only the reference and the permId mean the same
order for ever.
"""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.ids import OUR_PREFIX, ClOrdID
from tradebot.core.model.report import Report

KEPT_MAX: Final = 10_000  # orders; of those that are done the oldest are forgotten first


@dataclass(frozen=True, slots=True)
class AskedChange:
    """What an order was asked to become; `ticket` is how that was written."""

    request_id: ClOrdID
    ticket: Any
    order_qty: Decimal
    price: Decimal | None


@dataclass(slots=True)
class KnownOrder:
    """One order at IB. `name` is the id in force: the reference, or the last change made.

    `is_followed`: somebody of ours asked about it, and hears what becomes of it. `is_heard`: IB has
    said anything of it; `word` is set whenever it does. `trouble` is the last code that may have
    ended it. `cancel` and `change` are what was asked of it and not answered.
    """

    cl_ord_id: ClOrdID
    contract: Any
    ticket: Any
    number: int = 0
    perm_id: int = 0
    is_followed: bool = False
    is_heard: bool = False
    is_live: bool = False
    is_done: bool = False
    name: ClOrdID = field(init=False)
    cancel: ClOrdID | None = None
    change: AskedChange | None = None
    trouble: tuple[int, str] | None = None
    word: asyncio.Event = field(default_factory=asyncio.Event)
    doubles: set[int] = field(default_factory=set)
    said: list[Report] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = self.cl_ord_id


class KnownOrders:
    """All orders that we sent or that IB told of."""

    def __init__(self) -> None:
        self._by_name: dict[ClOrdID, KnownOrder] = {}
        self._by_number: dict[int, KnownOrder] = {}
        self._by_perm: dict[int, KnownOrder] = {}

    def add(self, order: KnownOrder) -> KnownOrder:
        self._by_name[order.cl_ord_id] = order
        if order.number:
            self._by_number[order.number] = order
        self.bind(order, order.perm_id)
        if len(self._by_name) > KEPT_MAX:
            self._forget_one()
        return order

    def bind(self, order: KnownOrder, perm_id: int) -> None:
        """Note the account's own id of an order, once IB tells it."""
        if perm_id:
            self.heard(order)
            order.perm_id = perm_id
            self._by_perm[perm_id] = order

    def heard(self, order: KnownOrder) -> None:
        """Let whoever waits for a word of IB's about an order know that there is one."""
        order.is_heard = True
        order.word.set()

    def rename(self, order: KnownOrder, name: ClOrdID) -> None:
        """Note that a change was made: the order is asked for under its id, too."""
        order.name = name
        self._by_name[name] = order

    def called(self, name: str) -> KnownOrder | None:
        return self._by_name.get(ClOrdID(name))

    def numbered(self, number: int) -> KnownOrder | None:
        return self._by_number.get(number)

    def permanent(self, perm_id: int) -> KnownOrder | None:
        return self._by_perm.get(perm_id)

    def named(self, told: Any) -> ClOrdID:
        """Name the order that an order or an execution of IB's is about."""
        known = self.called(told.orderRef) or self.permanent(told.permId)
        return known.name if known is not None else name_of(told)

    def _forget_one(self) -> None:
        for name, order in self._by_name.items():
            if order.is_done:
                del self._by_name[name]
                self._by_number.pop(order.number, None)
                self._by_perm.pop(order.perm_id, None)
                return


def is_ours(told: Any) -> bool:
    return str(told.orderRef).startswith(OUR_PREFIX)


def name_of(told: Any) -> ClOrdID:
    """Name an order of IB's: as we called it, or by its permId where a stranger sent it."""
    return ClOrdID(told.orderRef) if is_ours(told) else ClOrdID(f"ib{told.permId}")
