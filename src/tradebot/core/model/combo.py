"""What does a combo cost? One price for all of its legs; the same everywhere.

The price of a combo is its cost a unit of the largest multiplier among its legs: a hundred shares
and an option on them have a price a share. Positive is paid, negative is received.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TypeAlias

from tradebot.core.model.fact import fact
from tradebot.core.model.intent import Leg
from tradebot.core.model.money import ZERO

Multiplier: TypeAlias = Callable[[str], Decimal]


@fact
class ComboLeg:
    """What one combo takes of a symbol, in units, and how its price counts in the net price."""

    symbol: str
    ratio_qty: Decimal
    weight: Decimal


def shares_of(legs: Sequence[Leg], multiplier: Multiplier) -> tuple[ComboLeg, ...]:
    unit = unit_of(legs, multiplier)
    return tuple(
        ComboLeg(
            symbol=leg.symbol, ratio_qty=leg.ratio_qty,
            weight=leg.signed_ratio * multiplier(leg.symbol) / unit,
        ) for leg in legs
    )


def unit_of(legs: Iterable[Leg], multiplier: Multiplier) -> Decimal:
    """Return by what a combo's price is multiplied to give its cost."""
    return max([multiplier(leg.symbol) for leg in legs])


def cost_of(legs: Sequence[Leg], prices: Iterable[Decimal], multiplier: Multiplier) -> Decimal:
    """Return what one combo costs at these prices of its legs, in currency."""
    return sum([
        leg.signed_ratio * multiplier(leg.symbol) * px
        for leg, px in zip(legs, prices, strict=True)
    ], ZERO)


def net_price(legs: Sequence[Leg], prices: Iterable[Decimal], multiplier: Multiplier) -> Decimal:
    """Return the price at which one combo costs just that."""
    return cost_of(legs, prices, multiplier) / unit_of(legs, multiplier)
