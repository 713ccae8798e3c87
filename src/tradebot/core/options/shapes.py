"""Of which legs is each structure made? A table, and nothing else.

Strikes are numbered from the lowest up; the selection finds a price for each number.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Right
from tradebot.core.model.intent import Side
from tradebot.core.model.money import ONE
from tradebot.core.options.request import StrategyType

CALL, PUT = Right.CALL, Right.PUT
BUY, SELL = Side.BUY, Side.SELL


@fact
class Part:
    """One leg of a shape: `strike` is the number of its strike; `right` None is shares.

    `count` is how many options; of shares, for how many options. `is_far` ends in the later expiry.
    """

    side: Side
    right: Right | None
    strike: int = 0
    count: Decimal = ONE
    is_far: bool = False


Shape = tuple[Part, ...]


def _part(side: Side, right: Right | None, strike: int = 0, count: int = 1) -> Part:
    return Part(side=side, right=right, strike=strike, count=Decimal(count))


_SHARES: Final = _part(BUY, None)
_FAR_CALL: Final = Part(side=BUY, right=CALL, is_far=True)

SHAPES: Final[Mapping[StrategyType, Shape]] = {
    StrategyType.LONG_CALL: (_part(BUY, CALL),),
    StrategyType.LONG_PUT: (_part(BUY, PUT),),
    StrategyType.PUT_CREDIT_SPREAD: (_part(BUY, PUT, 0), _part(SELL, PUT, 1)),
    StrategyType.CALL_CREDIT_SPREAD: (_part(SELL, CALL, 0), _part(BUY, CALL, 1)),
    StrategyType.PUT_DEBIT_SPREAD: (_part(SELL, PUT, 0), _part(BUY, PUT, 1)),
    StrategyType.CALL_DEBIT_SPREAD: (_part(BUY, CALL, 0), _part(SELL, CALL, 1)),
    StrategyType.IRON_CONDOR: (
        _part(BUY, PUT, 0), _part(SELL, PUT, 1), _part(SELL, CALL, 2), _part(BUY, CALL, 3),
    ),
    StrategyType.IRON_BUTTERFLY: (
        _part(BUY, PUT, 0), _part(SELL, PUT, 1), _part(SELL, CALL, 1), _part(BUY, CALL, 2),
    ),
    StrategyType.BUTTERFLY: (
        _part(BUY, CALL, 0), _part(SELL, CALL, 1, 2), _part(BUY, CALL, 2),
    ),
    StrategyType.LONG_STRADDLE: (_part(BUY, PUT), _part(BUY, CALL)),
    StrategyType.LONG_STRANGLE: (_part(BUY, PUT, 0), _part(BUY, CALL, 1)),
    StrategyType.CALENDAR: (_part(SELL, CALL), _FAR_CALL),
    StrategyType.DIAGONAL: (_part(SELL, CALL, 1), _FAR_CALL),
    StrategyType.COVERED_CALL: (_SHARES, _part(SELL, CALL)),
    StrategyType.CASH_SECURED_PUT: (_part(SELL, PUT),),
    StrategyType.PROTECTIVE_PUT: (_SHARES, _part(BUY, PUT)),
    StrategyType.COLLAR: (_SHARES, _part(BUY, PUT, 0), _part(SELL, CALL, 1)),
}

EITHER_RIGHT: Final = frozenset({
    StrategyType.BUTTERFLY, StrategyType.CALENDAR, StrategyType.DIAGONAL,
})


def shape_of(strategy: StrategyType, right: Right | None = None) -> Shape:
    """Return the legs; of what can be made of calls or of puts, calls unless puts are asked for."""
    shape = SHAPES[strategy]
    if right is PUT and strategy in EITHER_RIGHT:
        top = strikes_of(shape) - 1
        return tuple(replace(part, right=PUT, strike=top - part.strike) for part in shape)
    return shape


def strikes_of(shape: Shape) -> int:
    """Count the different strikes."""
    return 1 + max(part.strike for part in shape)
