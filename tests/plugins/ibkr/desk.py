"""Where do tests meet the adapter? At a TWS on loopback, with every report written down."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tests.fakes.tws.gateway import FakeGateway
from tests.fakes.venue import Venue
from tests.fakes.venue_facts import VenueOrder
from tests.plugins.playing import CALENDARS, FixedClock, is_outside_hours

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, IntentId, derive_cl_ord_id
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.report import ExecType, Report
from tradebot.plugins.ibkr.broker import IbkrBroker
from tradebot.plugins.ibkr.settings import IbkrSettings

TRADING: Final = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
PATIENCE_S: Final = 3.0
CALL, PUT = "SPY261218C00510000", "SPY261218P00490000"
QUICK: Final = IbkrSettings(
    connect_timeout_s=1.0, answer_timeout_s=0.5, heartbeat_s=60.0, commission_wait_s=0.05,
    absence_s=0.01,
)


class Desk:
    """One adapter, one gateway, one venue; `told` is every report in its order."""

    def __init__(
        self, state_dir: Path, settings: IbkrSettings = QUICK, *, venue: Venue | None = None,
        **more: Any,
    ) -> None:
        self.venue = venue or Venue(fee=Decimal("1.00"))
        self.venue.quote("SPY", "500.00", "500.02")
        self.gateway = FakeGateway(self.venue, **more)
        self.clock = FixedClock(TRADING)
        self.told: list[Report] = []
        self.failure: BaseException | None = None
        self._settings = settings
        self._state_dir = state_dir
        self._reading: asyncio.Task[None] | None = None
        self._count = 0
        self.broker = self.another()

    def another(self) -> IbkrBroker:
        """Build the adapter anew, as a restart does."""
        self.broker = IbkrBroker(
            replace(self._settings, port=self.gateway.port or 1), route="ib", clock=self.clock,
            market=None, state_dir=self._state_dir, calendars=CALENDARS,  # type: ignore[arg-type]
        )
        return self.broker

    async def connect(self) -> IbkrBroker:
        await self.broker.connect()
        self.failure = None
        self._reading = asyncio.create_task(self._read())
        return self.broker

    async def disconnect(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        await self.broker.disconnect()

    def order(self, qty: int = 10, price: str | None = "500.02", **more: Any) -> OrderSubmitted:
        """Return an order to buy; each has an id of its own."""
        self._count += 1
        legs = more.pop("legs", (Leg(symbol=more.pop("symbol", "SPY"), side=Side.BUY),))
        intent = Intent(
            legs=legs, order_qty=Decimal(qty), price=None if price is None else Decimal(price),
            ord_type=more.pop("ord_type", OrdType.MARKET if price is None else OrdType.LIMIT),
            **more,
        )
        intent_id = IntentId(f"{self._count}")
        return OrderSubmitted(
            cl_ord_id=derive_cl_ord_id(intent_id, "ib", "DU1234567"), intent_id=intent_id,
            intent=intent, route="ib", account="DU1234567", send_by=TRADING,
            reserved=Decimal(10_000), outside_hours=is_outside_hours(self.clock),
        )

    async def send(self, order: OrderSubmitted) -> VenueOrder:
        """Send an order, and return what the venue has of it once it has."""
        await self.broker.submit(order)
        await until(lambda: bool(self.venue.called(order.cl_ord_id)))
        return self.venue.called(order.cl_ord_id)[-1]

    def kinds(self, cl_ord_id: ClOrdID | None = None) -> list[ExecType]:
        return [
            r.exec_type for r in self.told
            if cl_ord_id in (None, r.cl_ord_id, r.orig_cl_ord_id)
        ]

    async def heard(self, *kinds: ExecType) -> None:
        """Wait until the last things told are these."""
        await until(lambda: self.kinds()[-len(kinds):] == list(kinds), lambda: self.kinds())

    def on_the_wire(self, message: str) -> list[tuple[str, ...]]:
        """Return what the client sent of one kind, field by field."""
        return [fields for way, _, fields in self.gateway.recorded if way == "<" and
                fields[0] == message]

    async def _read(self) -> None:
        try:
            async for report in self.broker.reports():
                self.told.append(report)
        except Exception as error:  # what ended them, whatever it was, is asked for
            self.failure = error


async def until(is_so: Callable[[], bool], told: Callable[[], object] = lambda: "") -> None:
    """Wait for something that happens soon."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():
                await asyncio.sleep(0.001)
    except TimeoutError:
        raise AssertionError(f"it did not happen: {told()}") from None


@asynccontextmanager
async def a_desk(
    path: Path, settings: IbkrSettings = QUICK, *, connects: bool = True, **more: Any
) -> AsyncIterator[Desk]:
    desk = Desk(path, settings, **more)
    async with desk.gateway:
        desk.another()
        if connects:
            await desk.connect()
        yield desk
        await desk.disconnect()
