"""What can be said of an exchange? Orders, executions, quotes, and what becomes of an order."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Final

ZERO: Final = Decimal(0)
NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Status(StrEnum):
    """Where an order stands; what is filled of it is a number beside it."""

    WORKING = "working"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    REPLACED = "replaced"


class Hours(StrEnum):
    REGULAR = "regular"
    EXTENDED = "extended"
    CLOSED = "closed"


class Word(StrEnum):
    FILL = "fill"
    REST = "rest"
    PARTIAL = "partial"
    REJECT = "reject"


@dataclass(frozen=True)
class Plan:
    """What becomes of an order when it arrives; `code` is in the words of one broker."""

    word: Word
    qty: Decimal = ZERO
    code: str = ""


FILL: Final = Plan(Word.FILL)
REST: Final = Plan(Word.REST)


def partial(qty: Decimal | int | str) -> Plan:
    return Plan(Word.PARTIAL, qty=Decimal(str(qty)))


def reject(code: str) -> Plan:
    return Plan(Word.REJECT, code=code)


@dataclass(frozen=True)
class Leg:
    """One leg; `ratio` is signed as it is held when the order buys: negative is sold."""

    symbol: str
    ratio: Decimal = Decimal(1)


@dataclass(frozen=True)
class VenueQuote:
    symbol: str
    bid: Decimal
    ask: Decimal
    at: datetime
    bid_size: Decimal = Decimal(100)
    ask_size: Decimal = Decimal(100)
    last: Decimal | None = None

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2


@dataclass(eq=False)
class VenueOrder:
    """One order: `qty` and `cum` in units (combos: in combos), `limit` and `stop` a unit.

    For a combo `limit` is the net price of a unit of it, as its legs are signed; its side is
    "buy". `is_external` orders were sent by somebody else on the same account. `memo` is for what
    a fake must remember of it.
    """

    order_id: str
    client_id: str
    legs: tuple[Leg, ...]
    side: str
    qty: Decimal
    limit: Decimal | None = None
    stop: Decimal | None = None
    tif: str = "day"
    outside_hours: bool = False
    status: Status = Status.WORKING
    reason: str = ""
    replaces: "VenueOrder | None" = None
    replaced_by: "VenueOrder | None" = None
    is_external: bool = False
    is_triggered: bool = False
    created: datetime = NEVER
    updated: datetime = NEVER
    cum_of: dict[str, Decimal] = field(default_factory=dict)
    memo: dict[str, object] = field(default_factory=dict)

    @property
    def sign(self) -> int:
        return 1 if self.side == "buy" else -1

    @property
    def symbol(self) -> str:
        return "+".join(leg.symbol for leg in self.legs)

    @property
    def is_combo(self) -> bool:
        return len(self.legs) > 1

    @property
    def cum(self) -> Decimal:
        """Return how much of it is whole: of a combo, what all of its legs make together."""
        done = [self.cum_of.get(leg.symbol, ZERO) / abs(leg.ratio) for leg in self.legs]
        return min(done).to_integral_value(ROUND_DOWN) if self.is_combo else done[0]

    @property
    def leaves(self) -> Decimal:
        return self.qty - self.cum if self.is_working else ZERO

    @property
    def is_working(self) -> bool:
        return self.status is Status.WORKING


@dataclass(frozen=True)
class Execution:
    """One trade of one symbol: `qty` is signed. `group` joins the legs of one trade of a combo.

    `net` is what the combo traded at then. `busts` names what it takes back.
    """

    exec_id: str
    group: int
    order: VenueOrder
    symbol: str
    qty: Decimal
    px: Decimal
    at: datetime
    fee: Decimal = ZERO
    net: Decimal | None = None
    busts: "Execution | None" = None
    cum: Decimal = ZERO  # of the order, with this execution


class What(StrEnum):
    """What a listener is told of: one thing at a time, in the order in which it happened."""

    NEW = "new"
    FILL = "fill"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    REPLACED = "replaced"  # `order` is the one that took its predecessor's place, or was changed
    BUST = "bust"
    CORRECT = "correct"
    TRIGGERED = "triggered"
    QUOTE = "quote"


@dataclass(frozen=True)
class Happening:
    """One thing that happened; `executions` are those of one trade, one for each leg."""

    what: What
    order: VenueOrder | None = None
    executions: tuple[Execution, ...] = ()
    quote: VenueQuote | None = None
