"""Who can swear that this TWS speaks the real language? Libraries that people trade with.

A witness is `ib_async` or `ib_insync` on a gateway of ours, without a line of the adapter. What
its decoder logs as an error is kept: the libraries swallow what they cannot read.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from types import ModuleType
from typing import Any, Final, TypeAlias

from tests.fakes.tws.gateway import FakeGateway
from tests.fakes.venue import Venue
from tests.fakes.venue_facts import VenueOrder

Scene: TypeAlias = Callable[..., Awaitable[None]]

VERSIONS: Final = (157, 163, 164, 170, 176, 178)
PATIENCE_S: Final = 2.0
_PLAYED: Final = "played"


class Witness(logging.Handler):
    """One library, a gateway before it, and all that was heard of them."""

    def __init__(self, library: ModuleType, *, version: int = 178, **more: Any) -> None:
        super().__init__(logging.ERROR)
        self.library = library
        self.name_of_library = library.__name__
        self.venue = Venue(fee=Decimal("1.00"))
        self.venue.quote("SPY", "500.00", "500.02")
        self.gateway = FakeGateway(self.venue, server_version=version, **more)
        self.said: list[tuple[Any, ...]] = []
        self.misread: list[str] = []
        self.clients: list[Any] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.endswith(".Decoder"):
            self.misread.append(record.getMessage())

    @property
    def ib(self) -> Any:
        return self.clients[-1]

    async def connect(self, client_id: int = 1, **more: Any) -> Any:
        """Connect one more client; what its library tells of goes to `said`."""
        ib = self.library.IB()
        self.clients.append(ib)
        ib.errorEvent += lambda number, code, *_: self.said.append(("error", number, code))
        ib.disconnectedEvent += lambda: self.said.append(("disconnected",))
        ib.orderStatusEvent += lambda trade: self.said.append(
            ("status", trade.order.orderId, trade.orderStatus.status, trade.orderStatus.filled)
        )
        ib.execDetailsEvent += lambda trade, fill: self.said.append(
            ("execution", trade.order.orderId, fill.execution.execId)
        )
        ib.commissionReportEvent += lambda trade, fill, report: self.said.append(
            ("commission", trade.order.orderId, report.execId)
        )
        await ib.connectAsync(
            self.gateway.host, self.gateway.port, client_id, timeout=PATIENCE_S, **more
        )
        return ib

    def limit(self, side: str, qty: int | Decimal, price: str, **more: Any) -> Any:
        return self.library.LimitOrder(side, qty, Decimal(price), **{"tif": "DAY", **more})

    async def contract(self, symbol: str = "SPY") -> Any:
        (found,) = await self.ib.qualifyContractsAsync(self.library.Stock(symbol, "SMART", "USD"))
        return found

    async def place(self, order: Any, contract: Any = None) -> Any:
        """Place an order and wait until TWS has numbered it."""
        trade = self.ib.placeOrder(contract or await self.contract(), order)
        await until(lambda: trade.orderStatus.permId != 0)
        return trade

    def at_venue(self, reference: str) -> VenueOrder:
        (order,) = self.venue.called(reference)
        return order

    def heard(self, kind: str) -> list[tuple[Any, ...]]:
        return [said[1:] for said in self.said if said[0] == kind]

    async def hears(self, code: int, *, of: int | None = None) -> None:
        """Wait until a code is told, of an order where one is named."""
        await until(lambda: any(
            told == code and of in (None, number) for number, told in self.heard("error")
        ))


@asynccontextmanager
async def witnessing(library: ModuleType, **more: Any) -> AsyncIterator[Witness]:
    """Open a gateway for a witness; whatever its library could not read fails the scene."""
    witness = Witness(library, **more)
    logging.getLogger(f"{library.__name__}.Decoder").addHandler(witness)
    try:
        async with witness.gateway:
            yield witness
            for ib in witness.clients:
                ib.disconnect()
        assert not witness.misread, witness.misread
    finally:
        logging.getLogger(f"{library.__name__}.Decoder").removeHandler(witness)


def plays(*scenarios: str) -> Callable[[Scene], Scene]:
    """Say which scenarios a scene plays; what is told unasked has no name of its own."""
    def mark(scene: Scene) -> Scene:
        setattr(scene, _PLAYED, scenarios)
        return scene
    return mark


def played(scene: Scene) -> tuple[str, ...]:
    return tuple(getattr(scene, _PLAYED, ()))


def scenes_in(names: Mapping[str, Any]) -> tuple[Scene, ...]:
    """Return the scenes of a file that say what they play, as they stand there."""
    return tuple(scene for scene in names.values() if hasattr(scene, _PLAYED))


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; where it never comes, the scene fails."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():
            await asyncio.sleep(0.001)


async def settle() -> None:
    """Let everything arrive that is under way; for what must not happen."""
    await asyncio.sleep(0.01)
