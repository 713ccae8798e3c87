"""How much should be traded? Arithmetic that strategies ask for; the gates have the last word.

A size is whole lots, rounded down. What does not fit is 0, with the reason; it is never made to.
"""

from decimal import Decimal
from typing import Final, TypeAlias

from tradebot.core.model.fact import fact
from tradebot.core.model.money import ONE, ZERO, floor_to

KELLY_CAP_FRAC: Final = Decimal("0.05")
VOLATILITY_SCALE_MIN: Final = Decimal("0.1")
VOLATILITY_SCALE_MAX: Final = Decimal(2)


@fact
class Fixed:
    """So many units, always."""

    qty: Decimal


@fact
class PercentOfEquity:
    """Units worth this part of equity."""

    equity_frac: Decimal


@fact
class VolatilityScaled:
    """This part of equity where the market moves as much as planned, less where it moves more.

    Both volatilities over the same time, as fractions; the scale stays between a tenth and two.
    """

    equity_frac: Decimal
    target_volatility_frac: Decimal
    volatility_frac: Decimal


@fact
class FractionalKelly:
    """A part of what Kelly would stake on a bet that wins `payoff_ratio` times what it loses.

    Kelly's stake is p - (1 - p) / payoff_ratio of equity; never more than `cap_frac` is staked.
    """

    win_frac: Decimal
    payoff_ratio: Decimal
    kelly_frac: Decimal = Decimal("0.25")
    cap_frac: Decimal = KELLY_CAP_FRAC


Sizing: TypeAlias = Fixed | PercentOfEquity | VolatilityScaled | FractionalKelly


@fact
class Measure:
    """What a size is measured by: equity in currency, price a unit, what a unit stands for."""

    equity: Decimal | None
    price: Decimal | None
    multiplier: Decimal = ONE
    lot_size: Decimal = ONE


@fact
class Size:
    """A quantity in whole lots; where it is 0, why."""

    qty: Decimal
    why: str = ""


def size(sizing: Sizing, by: Measure) -> Size:
    """Return how much to trade, or 0 and the reason."""
    if isinstance(sizing, Fixed):
        return _whole(sizing.qty, by, "the quantity")
    if by.equity is None or not by.equity > 0:
        return Size(qty=ZERO, why="there is no equity to size by")
    if by.price is None or not by.price > 0 or not by.multiplier > 0:
        return Size(qty=ZERO, why="there is no price to size by")
    part = _part(sizing)
    if isinstance(part, Size):
        return part
    return _whole(
        by.equity * part / (by.price * by.multiplier), by, "that part of equity"
    )


def _part(sizing: PercentOfEquity | VolatilityScaled | FractionalKelly) -> Decimal | Size:
    """Return which part of equity to stake, from 0 to 1."""
    match sizing:
        case PercentOfEquity():
            part = sizing.equity_frac
        case VolatilityScaled():
            if not (sizing.volatility_frac > 0 and sizing.target_volatility_frac > 0):
                return Size(qty=ZERO, why="there is no volatility to size by")
            scale = sizing.target_volatility_frac / sizing.volatility_frac
            part = sizing.equity_frac * min(VOLATILITY_SCALE_MAX, max(VOLATILITY_SCALE_MIN, scale))
        case FractionalKelly():
            if not (0 <= sizing.win_frac <= 1 and sizing.payoff_ratio > 0):
                return Size(qty=ZERO, why="the odds are none")
            stake = sizing.win_frac - (1 - sizing.win_frac) / sizing.payoff_ratio
            if not stake > 0:
                return Size(qty=ZERO, why="the odds are against it")
            part = min(stake * sizing.kelly_frac, sizing.cap_frac)
    if not 0 < part <= 1:
        return Size(qty=ZERO, why="the part of equity is not between 0 and 1")
    return part


def _whole(qty: Decimal, by: Measure, what: str) -> Size:
    if not (qty > 0 and by.lot_size > 0):
        return Size(qty=ZERO, why=f"{what} is nothing")
    whole = floor_to(qty, by.lot_size)
    return Size(qty=whole) if whole > 0 else Size(qty=ZERO, why=f"{what} is less than one lot")
