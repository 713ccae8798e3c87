"""Where do the strikes and the expiry of each structure lie when nobody says? A table.

The bands of days are those in which the desk may open a structure; the middle is sought.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, TypeAlias

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Right
from tradebot.core.model.money import ONE
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.request import Request, RiskLevel
from tradebot.core.options.shapes import CALL, EITHER_RIGHT, PUT


@fact
class ByDelta:
    """The strike whose option has a delta of about this size."""

    right: Right
    delta: Decimal


@fact
class AtTheMoney:
    """The strike nearest to the underlying's price."""


@fact
class Beside:
    """The strike a width below (-1) or above (+1) the strike of that number."""

    number: int
    side: int


Aim: TypeAlias = ByDelta | AtTheMoney | Beside


@fact
class Recipe:
    """An aim for each strike, from the lowest up.

    `width_frac` is about how wide, as a part of the spot; `width` exactly so. What `is_sold` brings
    a credit, and its deltas follow the level of risk that was asked for.
    """

    days_min: int
    days_max: int
    aims: tuple[Aim, ...]
    width_frac: Decimal = Decimal("0.01")
    width: Decimal | None = None
    is_sold: bool = False


FAR_DAYS: Final = 30  # how much longer the later expiry of a calendar lives
RISK_SCALE: Final[Mapping[RiskLevel, Decimal]] = {
    RiskLevel.LOW: Decimal("0.75"), RiskLevel.MEDIUM: ONE, RiskLevel.HIGH: Decimal("1.25"),
}

_WIDE: Final = Decimal("0.03")
_WINGS: Final = (Beside(number=1, side=-1), AtTheMoney(), Beside(number=1, side=1))


def _call(delta: str) -> ByDelta:
    return ByDelta(right=CALL, delta=Decimal(delta))


def _put(delta: str) -> ByDelta:
    return ByDelta(right=PUT, delta=Decimal(delta))


RECIPES: Final[Mapping[StrategyType, Recipe]] = {
    StrategyType.LONG_CALL: Recipe(days_min=30, days_max=60, aims=(_call("0.50"),)),
    StrategyType.LONG_PUT: Recipe(days_min=30, days_max=60, aims=(_put("0.50"),)),
    StrategyType.PUT_CREDIT_SPREAD: Recipe(
        days_min=25, days_max=40, is_sold=True, aims=(Beside(number=1, side=-1), _put("0.25")),
    ),
    StrategyType.CALL_CREDIT_SPREAD: Recipe(
        days_min=25, days_max=40, is_sold=True, aims=(_call("0.25"), Beside(number=0, side=1)),
    ),
    StrategyType.PUT_DEBIT_SPREAD: Recipe(
        days_min=25, days_max=60, aims=(Beside(number=1, side=-1), _put("0.50")),
    ),
    StrategyType.CALL_DEBIT_SPREAD: Recipe(
        days_min=25, days_max=60, aims=(_call("0.50"), Beside(number=0, side=1)),
    ),
    StrategyType.IRON_CONDOR: Recipe(
        days_min=30, days_max=45, is_sold=True, aims=(
            Beside(number=1, side=-1), _put("0.16"), _call("0.16"), Beside(number=2, side=1),
        ),
    ),
    StrategyType.IRON_BUTTERFLY: Recipe(
        days_min=30, days_max=45, is_sold=True, width_frac=_WIDE, aims=_WINGS,
    ),
    StrategyType.BUTTERFLY: Recipe(days_min=20, days_max=45, width_frac=_WIDE, aims=_WINGS),
    StrategyType.LONG_STRADDLE: Recipe(days_min=20, days_max=35, aims=(AtTheMoney(),)),
    StrategyType.LONG_STRANGLE: Recipe(
        days_min=20, days_max=35, aims=(_put("0.25"), _call("0.25")),
    ),
    StrategyType.CALENDAR: Recipe(days_min=20, days_max=40, aims=(AtTheMoney(),)),
    StrategyType.DIAGONAL: Recipe(
        days_min=20, days_max=40, aims=(_call("0.70"), _call("0.30")),
    ),
    StrategyType.COVERED_CALL: Recipe(days_min=20, days_max=35, aims=(_call("0.30"),)),
    StrategyType.CASH_SECURED_PUT: Recipe(days_min=25, days_max=45, aims=(_put("0.30"),)),
    StrategyType.PROTECTIVE_PUT: Recipe(days_min=20, days_max=45, aims=(_put("0.30"),)),
    StrategyType.COLLAR: Recipe(days_min=30, days_max=60, aims=(_put("0.20"), _call("0.25"))),
}


def recipe_for(strategy: StrategyType, request: Request) -> Recipe:
    """Return the recipe with what the request says in place of what it usually is."""
    recipe = RECIPES[strategy]
    aims = recipe.aims
    if request.right is PUT and strategy in EITHER_RIGHT:
        aims = tuple(_mirrored(aim, len(aims) - 1) for aim in reversed(aims))
    scale = RISK_SCALE[request.risk_level] if recipe.is_sold and request.risk_level else ONE
    said = request.delta
    aims = tuple(
        replace(aim, delta=aim.delta * scale if said is None else said)
        if isinstance(aim, ByDelta) else aim for aim in aims
    )
    return replace(recipe, aims=aims, width=request.width)


def _mirrored(aim: Aim, top: int) -> Aim:
    match aim:
        case ByDelta():
            return replace(aim, right=PUT if aim.right is CALL else CALL)
        case Beside():
            return Beside(number=top - aim.number, side=-aim.side)
        case AtTheMoney():
            return aim
