"""How did two brokers fill the same orders? A fold over the bookings of both."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias

from tradebot.core.model.events import TradeBooked
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import IntentId
from tradebot.core.model.money import ZERO

PAIRS_MAX: Final = 10_000  # orders that are compared; the oldest leave first
Key: TypeAlias = tuple[IntentId, str]  # an order and one of its symbols
_BPS: Final = 10_000


@dataclass(slots=True)
class Filled:
    """What one side filled: signed quantity, and what it is worth at the prices it got."""

    fills: int = 0
    qty: Decimal = ZERO
    value: Decimal = ZERO

    def add(self, trade: TradeBooked) -> None:
        self.fills += 1
        self.qty += trade.qty
        self.value += trade.qty * trade.px


@dataclass(slots=True)
class Twins:
    first: Filled = field(default_factory=Filled)
    shadow: Filled = field(default_factory=Filled)


@fact
class PairFigures:
    """Both sides in figures; `difference_bps` is what the shadow paid more, where both filled."""

    orders: int
    fills: int
    shadow_fills: int
    qty: Decimal
    shadow_qty: Decimal
    missing: int
    shadow_missing: int
    difference_bps: Decimal | None


@dataclass(slots=True)
class Pairs:
    """Orders by intent and symbol; a combo counts once a leg."""

    twins: dict[Key, Twins] = field(default_factory=dict)

    def add(self, intent_id: IntentId, symbol: str) -> None:
        self.twins.setdefault((intent_id, symbol), Twins())
        if len(self.twins) > PAIRS_MAX:
            del self.twins[next(iter(self.twins))]

    def booked(self, intent_id: IntentId, trade: TradeBooked, *, is_shadow: bool) -> None:
        """Count a booking; a bust is a booking that takes quantity and value back."""
        twins = self.twins.get((intent_id, trade.symbol))
        if twins is not None:
            (twins.shadow if is_shadow else twins.first).add(trade)

    def compared(self) -> PairFigures:
        pairs = list(self.twins.values())
        return PairFigures(
            orders=len(pairs),
            fills=sum(pair.first.fills for pair in pairs),
            shadow_fills=sum(pair.shadow.fills for pair in pairs),
            qty=sum((abs(pair.first.qty) for pair in pairs), ZERO),
            shadow_qty=sum((abs(pair.shadow.qty) for pair in pairs), ZERO),
            missing=sum(1 for pair in pairs if pair.shadow.qty and not pair.first.qty),
            shadow_missing=sum(1 for pair in pairs if pair.first.qty and not pair.shadow.qty),
            difference_bps=_difference_bps(pairs),
        )


def _difference_bps(pairs: list[Twins]) -> Decimal | None:
    """Weigh each order by the quantity that both sides filled."""
    paid, more = ZERO, ZERO
    for pair in pairs:
        first, shadow = pair.first, pair.shadow
        both = min(abs(first.qty), abs(shadow.qty))
        if both and first.qty * shadow.qty > 0:
            sign = 1 if first.qty > 0 else -1
            px = first.value / first.qty
            paid += abs(px) * both
            more += sign * (shadow.value / shadow.qty - px) * both
    return more / paid * _BPS if paid else None
