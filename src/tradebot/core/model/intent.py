"""What does someone want to trade? The request alone: it has no id, no status and no memory."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.ids import StrategyId, digest_text
from tradebot.core.model.money import ONE, plain


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    def __init__(self, word: str) -> None:
        self.sign = 1 if word == "buy" else -1


class OrdType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"


class TimeInForce(StrEnum):
    DAY = "day"
    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"


class Source(StrEnum):
    """Who asks; desk requests (words, voice) always need a person's approval.

    Nobody outside asks as `kill`: its orders only reduce, see flatten.py.
    """

    STRATEGY = "strategy"
    CLI = "cli"
    API = "api"
    DESK = "desk"
    KILL = "kill"


class Channel(StrEnum):
    """How a person's words came in."""

    TYPED = "typed"
    SPOKEN = "spoken"


ASKED_TEXT_MAX: Final = 1_000
EXTERNAL: Final = "external"  # the owner of what is held or traded by orders that are not ours
RESERVED_OWNERS: Final = frozenset({EXTERNAL, "manual", *Source})  # no strategy may be called so


@fact
class Leg:
    """One side of an intent; `ratio_qty` units of it for each unit of the intent's quantity."""

    symbol: str
    side: Side
    ratio_qty: Decimal = ONE

    @property
    def signed_ratio(self) -> Decimal:
        """Return how much of it is held for each unit that trades: negative is sold."""
        return self.side.sign * self.ratio_qty


@fact
class Asked:
    """What a person said that became an intent, and who read it: for people, it decides nothing.

    `provider`, `model` and `prompt_digest` are those of a language model; with `fallback` one was
    asked, and the grammar answered in its place.
    """

    text: str
    channel: Channel = Channel.TYPED
    confidence: Decimal = ONE
    provider: str | None = None
    model: str | None = None
    prompt_digest: str | None = None
    fallback: bool = False


@fact
class Intent:
    """One to four legs traded as one order: quantity in units (combos: in combos), price a unit.

    For combos `price` is the net price of one combo, a unit of its largest multiplier: positive is
    paid (debit), negative is received (credit), see combo.py. `ttl_s` is how long the intent may
    wait, in seconds from its arrival. An order that `rests` works until it fills or somebody
    cancels it, however long that takes.
    """

    legs: tuple[Leg, ...]
    order_qty: Decimal
    ord_type: OrdType = OrdType.MARKET
    time_in_force: TimeInForce = TimeInForce.DAY
    price: Decimal | None = None
    stop_px: Decimal | None = None
    strategy_id: StrategyId | None = None
    source: Source = Source.STRATEGY
    user: str | None = None
    route: str | None = None
    key: str | None = None
    correlation_id: str | None = None
    ttl_s: int | None = None
    rests: bool = False
    created: datetime | None = None
    asked: Asked | None = None

    @property
    def is_combo(self) -> bool:
        return len(self.legs) > 1

    @property
    def owner(self) -> str:
        """Name whose the position will be: the strategy's, or of those who ask by this door."""
        return self.strategy_id or self.source.value

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple([leg.symbol for leg in self.legs])

    @property
    def symbol(self) -> str:
        """Name what is traded: the symbol, or the legs joined for a combo."""
        return "+".join(self.symbols)

    @property
    def side(self) -> Side:
        return self.legs[0].side

    def digest(self) -> str:
        """Digest the content that an approval or an idempotency key stands for.

        What is not said does not count: a field of a later release, left out, changes no digest.
        """
        said = {
            "legs": [(leg.symbol, leg.side.value, plain(leg.ratio_qty)) for leg in self.legs],
            "order_qty": plain(self.order_qty),
            "ord_type": self.ord_type.value,
            "time_in_force": self.time_in_force.value,
            "price": None if self.price is None else plain(self.price),
            "stop_px": None if self.stop_px is None else plain(self.stop_px),
            "strategy_id": self.strategy_id,
            "route": self.route,
            "ttl_s": self.ttl_s,
            "rests": self.rests or None,
        }
        return digest_text(
            "intent", *(f"{name}={value}" for name, value in said.items() if value is not None)
        )
