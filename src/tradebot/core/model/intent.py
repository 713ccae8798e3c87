"""What does someone want to trade? The request alone: it has no id, no status and no memory."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tradebot.core.model.fact import fact
from tradebot.core.model.ids import StrategyId, digest_text
from tradebot.core.model.money import ONE
from tradebot.core.model.order import TimeInForce


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        return 1 if self is Side.BUY else -1


class OrdType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"


class Source(StrEnum):
    """Who asks; desk requests (words, voice) always need a person's approval."""

    STRATEGY = "strategy"
    CLI = "cli"
    API = "api"
    DESK = "desk"


@fact
class Leg:
    """One side of an intent; `ratio_qty` units of it for each unit of the intent's quantity."""

    symbol: str
    side: Side
    ratio_qty: Decimal = ONE


@fact
class Intent:
    """One to four legs traded as one order: quantity in units (combos: in combos), price a unit.

    For combos `price` is the net price of one combo: positive is paid (debit), negative is
    received (credit). `ttl_s` is how long the intent may wait, in seconds from its arrival.
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
    created: datetime | None = None

    @property
    def is_combo(self) -> bool:
        return len(self.legs) > 1

    @property
    def symbol(self) -> str:
        """Name what is traded: the symbol, or the legs joined for a combo."""
        return "+".join(leg.symbol for leg in self.legs)

    @property
    def side(self) -> Side:
        return self.legs[0].side

    def digest(self) -> str:
        """Digest the content that an approval or an idempotency key stands for."""
        legs = tuple((leg.symbol, leg.side.value, leg.ratio_qty.normalize()) for leg in self.legs)
        numbers = tuple(
            None if n is None else n.normalize() for n in (self.order_qty, self.price, self.stop_px)
        )
        return digest_text(
            "intent", legs, numbers, self.ord_type.value, self.time_in_force.value,
            self.strategy_id, self.route, self.ttl_s,
        )
