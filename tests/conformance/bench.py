"""What must a test bench of an adapter be able to do? Move the other side by hand, and look at it.

The suite knows no broker. It speaks to an adapter through its port, and to what stands behind the
adapter through this: a counterparty that keeps a truth of its own. A bench that leaves a verb out
says why in `cannot`, case by case; nothing is skipped in silence.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from tests.fakes.faults import FaultKind, Faults
from tests.fakes.venue_facts import Plan
from tests.makers import CALL, HIGHER_CALL, an_instrument, parse_occ

from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import OrdType, TimeInForce
from tradebot.core.model.report import RejReason
from tradebot.core.model.settings import RouteKind
from tradebot.ports import Broker, Clock

SPY: Final = "SPY"
PARTED: Final = "QQQ"  # may be bought in parts, where a broker does that

PRICES: Final = (
    (SPY, "99.99", "100.01"), ("IBM", "199.98", "200.02"), (CALL, "5.00", "5.20"),
    (HIGHER_CALL, "2.00", "2.10"), (PARTED, "99.99", "100.01"),
)


@dataclass(frozen=True)
class Terms:
    """An order as the other side took it; `stop` and `limit` a unit."""

    ord_type: OrdType
    time_in_force: TimeInForce
    qty: Decimal
    limit: Decimal | None = None
    stop: Decimal | None = None
    outside_hours: bool = False


class Bench(ABC):
    """One adapter, and the other side that it speaks to.

    `name` is that of its entry point. `speed` is how many times as fast as ours the loop runs, None
    where nothing but timers is waited for and time may jump. `cannot` tells for the name of a case
    why it cannot hold here; `rejects` tells what the broker's own codes for a refusal mean.
    `mute_within_s` is how long, on the loop's clock, the adapter may trust a silent stream.
    """

    name: ClassVar[str]
    speed: ClassVar[Decimal | None] = Decimal(20)
    kind: ClassVar[RouteKind] = RouteKind.PAPER
    cannot: ClassVar[Mapping[str, str]] = {}
    rejects: ClassVar[Mapping[str, RejReason]] = {}
    mute_within_s: ClassVar[float] = 10.0
    account: str = "PAPER-1"
    instruments: tuple[Instrument, ...] = (
        an_instrument(SPY, is_fund=True), an_instrument("IBM"), parse_occ(CALL),
        parse_occ(HIGHER_CALL),
        an_instrument(PARTED, is_fund=True, lot_size=Decimal("0.000000001")),
    )

    def __init__(self, clock: Clock) -> None:
        """Build nothing that needs a loop to run: that is for `open`."""
        self.clock = clock
        self.faults = Faults(can=frozenset[FaultKind]())

    @abstractmethod
    async def open(self) -> None:
        """Start the other side: have SPY trade at 99.99 to 100.01, the rest as in PRICES."""

    @abstractmethod
    async def close(self) -> None: ...

    @abstractmethod
    def broker(self) -> Broker:
        """Build one more adapter on the same account, as a new process would."""

    def stranger(self) -> Broker:
        """Build an adapter whose credentials are wrong."""
        raise NotImplementedError

    def outsider(self) -> Broker:
        """Build an adapter that is told of another account than the one it comes to."""
        raise NotImplementedError

    # What the other side can be made to do. An order is named by the id that we gave it.

    def plan(self, *plans: Plan) -> None:
        """Say what becomes of the next orders."""
        raise NotImplementedError

    async def price(self, symbol: str, bid: str, ask: str) -> None:
        raise NotImplementedError

    async def trade(self, cl_ord_id: str, qty: int, px: str = "99") -> None:
        """Trade so much of an order; also of one that has ended, where the broker does that."""
        raise NotImplementedError

    async def trade_leg(self, cl_ord_id: str, symbol: str, qty: int, px: str) -> None:
        raise NotImplementedError

    async def end(self, cl_ord_id: str) -> None:
        """Cancel an order though nobody asked."""
        raise NotImplementedError

    async def bust(self, cl_ord_id: str) -> None:
        """Take its last execution back."""
        raise NotImplementedError

    async def correct(self, cl_ord_id: str, qty: int, px: str) -> None:
        """Put another in the place of its last execution."""
        raise NotImplementedError

    async def external(self, qty: int, limit: str | None = None) -> None:
        """Buy SPY by another program on the same account."""
        raise NotImplementedError

    async def early(self) -> None:
        """Let those trade, before the open, that may."""
        raise NotImplementedError

    def mute(self) -> None:
        """Let every connection stay up, and nothing be told any more."""
        raise NotImplementedError

    def confuse(self) -> None:
        """Have the next thing that is told hold a word that nobody knows."""
        raise NotImplementedError

    async def cut(self) -> None:
        """End every connection at once, without a word."""
        raise NotImplementedError

    # What is true there.

    @abstractmethod
    def copies(self, cl_ord_id: str) -> int:
        """Count the orders that ever came under an id."""

    def filled(self, cl_ord_id: str) -> Decimal:
        raise NotImplementedError

    def is_working(self, cl_ord_id: str) -> bool:
        raise NotImplementedError

    def terms(self, cl_ord_id: str) -> Terms:
        raise NotImplementedError

    def sent(self, cl_ord_id: str) -> bytes:
        """Return the message that brought an order, as it came over the wire."""
        raise NotImplementedError

    def truth(self) -> tuple[Decimal, dict[str, Decimal]]:
        """Return the cash and what is held."""
        raise NotImplementedError

    def arrivals(self) -> list[float]:
        """Return when each order, change and cancel arrived, on the loop's clock."""
        raise NotImplementedError
