"""Is a structure known by its legs alone, whatever the request for it claimed?"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tradebot.core.model.instrument import Instrument, Right, occ_symbol, parse_occ
from tradebot.core.model.money import ONE
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.shapes import EITHER_RIGHT, Part, shape_of, structure_of

NEAR, FAR = date(2026, 9, 18), date(2026, 10, 16)
Held = list[tuple[Instrument, Decimal]]


def legs_of(strategy: StrategyType, right: Right | None = None, count: int = 1) -> Held:
    return [
        (_terms(part), part.side.sign * part.count * count * (ONE if part.right else 100))
        for part in shape_of(strategy, right)
    ]


def _terms(part: Part) -> Instrument:
    if part.right is None:
        return Instrument(symbol="SPY")
    strike = Decimal(480 + 10 * part.strike)
    return parse_occ(occ_symbol("SPY", FAR if part.is_far else NEAR, part.right, strike))


def _all() -> Iterator[tuple[StrategyType, Right]]:
    for strategy in StrategyType:
        yield strategy, Right.CALL
        if strategy in EITHER_RIGHT:
            yield strategy, Right.PUT


@pytest.mark.parametrize(("strategy", "right"), [*_all()])
@pytest.mark.parametrize("count", [1, 7])
def test_each_structure_is_known_by_its_legs_in_any_order_and_number(
    strategy: StrategyType, right: Right, count: int
) -> None:
    legs = legs_of(strategy, right, count)
    assert structure_of(legs) is strategy
    assert structure_of(legs[::-1]) is strategy


@pytest.mark.parametrize(("strategy", "right"), [*_all()])
def test_legs_that_were_turned_are_not_what_they_were(
    strategy: StrategyType, right: Right
) -> None:
    assert structure_of([(terms, -qty) for terms, qty in legs_of(strategy, right)]) is not strategy


@pytest.mark.parametrize(("strategy", "right"), [
    pair for pair in _all() if len(shape_of(*pair)) > 1
])
def test_a_leg_too_many_or_too_few_makes_it_another(
    strategy: StrategyType, right: Right
) -> None:
    legs = legs_of(strategy, right)
    for place, (terms, qty) in enumerate(legs):
        uneven = [*legs[:place], (terms, qty * 3), *legs[place + 1:]]
        assert structure_of(uneven) is not strategy
        assert structure_of([*legs[:place], *legs[place + 1:]]) is not strategy


def test_what_is_no_structure_has_no_name() -> None:
    (call, _), = legs_of(StrategyType.LONG_CALL)
    (put, _), = legs_of(StrategyType.LONG_PUT)
    other = parse_occ(occ_symbol("QQQ", NEAR, Right.PUT, Decimal(480)))
    third = parse_occ(occ_symbol("SPY", date(2026, 11, 20), Right.CALL, Decimal(480)))
    assert structure_of([]) is None
    assert structure_of([(Instrument(symbol="SPY"), Decimal(100))]) is None
    assert structure_of([(call, -ONE)]) is None  # nothing covers it
    assert structure_of([(call, ONE), (other, ONE)]) is None  # two underlyings
    assert structure_of([(call, -ONE), (put, -ONE)]) is None
    assert structure_of([(call, -ONE), (third, ONE), (put, ONE)]) is None
    assert structure_of([(Instrument(symbol="SPY"), Decimal(99)), (call, -ONE)]) is None
