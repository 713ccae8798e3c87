"""Of which legs is each structure made? A table, and nothing else.

Strikes are numbered from the lowest up; the selection finds a price for each number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Instrument, Right
from tradebot.core.model.intent import Side
from tradebot.core.model.money import ONE, ZERO
from tradebot.core.model.strategy_type import StrategyType

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


_EXPIRIES_MAX: Final = 2
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


_NAMES: Final[Mapping[frozenset[Part], StrategyType]] = {
    frozenset(shape_of(strategy, right)): strategy for strategy in SHAPES for right in (CALL, PUT)
}


def structure_of(legs: Sequence[tuple[Instrument, Decimal]]) -> StrategyType | None:
    """Name the structure that signed quantities in units make, any number of it; None: none."""
    options = [(terms, qty) for terms, qty in legs if terms.strike is not None and qty]
    shares = [(terms, qty) for terms, qty in legs if terms.strike is None and qty]
    underlyings = {*(t.underlying for t, _ in options), *(t.symbol for t, _ in shares)}
    multipliers = {terms.multiplier for terms, _ in options}
    if len(underlyings) != 1 or len(multipliers) != 1:
        return None
    count = min(abs(qty) for _, qty in options)
    strikes = sorted({terms.strike for terms, _ in options if terms.strike is not None})
    near = min(terms.expiry for terms, _ in options if terms.expiry is not None)
    parts = [
        Part(
            side=BUY if qty > 0 else SELL, right=terms.right, count=abs(qty) / count,
            strike=strikes.index(terms.strike or ZERO), is_far=terms.expiry != near,
        ) for terms, qty in options
    ] + [
        Part(side=BUY if qty > 0 else SELL, right=None, count=abs(qty) / count / multiplier)
        for _, qty in shares for multiplier in multipliers
    ]
    found = frozenset(parts)
    is_one_each = len(found) == len(parts) and len({t.expiry for t, _ in options}) <= _EXPIRIES_MAX
    return _NAMES.get(found) if is_one_each else None
