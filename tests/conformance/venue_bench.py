"""What is the same for every adapter whose broker is a fake of ours? The exchange behind it."""

import asyncio
from decimal import Decimal
from typing import ClassVar

from tests.conformance.bench import PRICES, SPY, Bench, Terms
from tests.fakes.faults import FaultKind, Request
from tests.fakes.venue import Venue
from tests.fakes.venue_facts import ZERO, Happening, Hours, Plan, VenueOrder, What

from tradebot.core.model.intent import OrdType, TimeInForce
from tradebot.ports import Clock


class VenueBench(Bench):
    """A bench on a `Venue`. What is left to say: `open`, `close`, `broker`, `cut`, `sent`.

    `open` starts the fake on `self.venue` and sets `self.faults` to the fake's.
    """

    fee: ClassVar[Decimal] = ZERO  # of each execution, where the broker tells what it takes
    words: ClassVar[dict[str, TimeInForce]] = {tif.value: tif for tif in TimeInForce}

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.venue = Venue(now=clock.now, fee=self.fee)
        for symbol, bid, ask in PRICES:
            self.venue.quote(symbol, bid, ask)
        self.venue.listen(self._hear)
        self._arrivals: list[float] = []

    def plan(self, *plans: Plan) -> None:
        self.venue.plan(*plans)

    async def price(self, symbol: str, bid: str, ask: str) -> None:
        self.venue.quote(symbol, bid, ask)

    async def trade(self, cl_ord_id: str, qty: int, px: str = "99") -> None:
        self.venue.fill(self.order(cl_ord_id), qty, px)

    async def trade_leg(self, cl_ord_id: str, symbol: str, qty: int, px: str) -> None:
        self.venue.fill_leg(self.order(cl_ord_id), symbol, qty, px)

    async def end(self, cl_ord_id: str) -> None:
        self.venue.cancel(self.order(cl_ord_id))

    async def bust(self, cl_ord_id: str) -> None:
        self.venue.bust(self.venue.fills_of(self.order(cl_ord_id))[-1])

    async def correct(self, cl_ord_id: str, qty: int, px: str) -> None:
        last = self.venue.fills_of(self.order(cl_ord_id))[-1]
        self.venue.correct(last, Decimal(qty), Decimal(px))

    async def external(self, qty: int, limit: str | None = None) -> None:
        self.venue.place_external(SPY, qty, limit=None if limit is None else Decimal(limit))

    async def early(self) -> None:
        self.venue.open_hours(Hours.EXTENDED)

    def mute(self) -> None:
        self.faults.push(FaultKind.MUTE, on=Request.STREAM)

    def confuse(self) -> None:
        self.faults.push(FaultKind.UNKNOWN_WORD, on=Request.STREAM)

    def order(self, cl_ord_id: str) -> VenueOrder:
        """Return the one order that ever came under an id."""
        (order,) = self.venue.called(cl_ord_id)
        return order

    def copies(self, cl_ord_id: str) -> int:
        return len(self.venue.called(cl_ord_id))

    def filled(self, cl_ord_id: str) -> Decimal:
        return self.order(cl_ord_id).cum

    def is_working(self, cl_ord_id: str) -> bool:
        return self.order(cl_ord_id).is_working

    def terms(self, cl_ord_id: str) -> Terms:
        order = self.order(cl_ord_id)
        return Terms(
            ord_type=_type_of(order), time_in_force=self.words[order.tif], qty=order.qty,
            limit=order.limit, stop=order.stop, outside_hours=order.outside_hours,
        )

    def truth(self) -> tuple[Decimal, dict[str, Decimal]]:
        return self.venue.truth()

    def arrivals(self) -> list[float]:
        return self._arrivals

    def _hear(self, happening: Happening) -> None:
        order = happening.order
        is_ours = order is not None and not order.is_external
        if is_ours and happening.what in (What.NEW, What.REPLACED, What.CANCELED):
            self._arrivals.append(asyncio.get_running_loop().time())


def _type_of(order: VenueOrder) -> OrdType:
    if order.stop is not None:
        return OrdType.STOP if order.limit is None else OrdType.STOP_LIMIT
    return OrdType.MARKET if order.limit is None else OrdType.LIMIT
