"""Are structures found again among what is held, whatever else is held beside them?"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.options.making import FAR, NEAR, an_option, some_legs
from tests.makers import an_instrument

from tradebot.core.model.instrument import Instrument, Right
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.holdings import (
    HeldLeg,
    HeldStructure,
    Together,
    group,
    terms_of,
)
from tradebot.core.options.shapes import SHAPES, strikes_of
from tradebot.core.options.structures import cost_of

S = StrategyType
STRIKES: Final = (90, 95, 100, 105)
SPY: Final = an_instrument("SPY", is_fund=True)


def held(terms: Instrument, qty: int, cost: int = 0) -> HeldLeg:
    return HeldLeg(terms=terms, qty=Decimal(qty), cost=Decimal(cost))


def put(strike: int, qty: int, cost: int = 0) -> HeldLeg:
    return held(an_option(Right.PUT, strike), qty, cost)


def call(strike: int, qty: int, cost: int = 0) -> HeldLeg:
    return held(an_option(Right.CALL, strike), qty, cost)


def of(strategy: StrategyType, count: int, right: Right | None = None) -> list[HeldLeg]:
    strikes = STRIKES[:strikes_of(SHAPES[strategy])]
    legs = some_legs(strategy, strikes, [5] * len(SHAPES[strategy]), right)
    return [
        HeldLeg(terms=leg.terms, qty=leg.qty * count, cost=leg.weight * leg.price * count)
        for leg in legs
    ]


def words(legs: Sequence[HeldLeg]) -> tuple[list[str], list[str]]:
    """Write what is found as `2 iron_condor`, and what is left as `-1 SPY...`."""
    made, left = group(legs)
    return (
        [f"{one.qty:f} {one.strategy}" for one in made],
        [f"{leg.qty:f} {leg.terms.symbol}" for leg in left],
    )


def only(legs: Sequence[HeldLeg]) -> HeldStructure:
    (made,), left = group(legs)
    assert not left
    return made


@pytest.mark.parametrize("right", [None, Right.PUT])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("strategy", S)
def test_every_structure_is_found_with_its_quantity(
    strategy: StrategyType, count: int, right: Right | None
) -> None:
    legs = of(strategy, count, right)
    made = only(legs)
    assert (made.strategy, made.qty) == (strategy, count)
    assert made.cost == sum(leg.cost for leg in legs)


def test_more_of_one_side_leaves_a_spread_beside_the_condor() -> None:
    legs = [put(90, 3), put(95, -3), call(100, -1), call(105, 1)]
    assert words(legs) == (["1 iron_condor", "2 put_credit_spread"], [])


def test_what_makes_no_structure_stays_as_it_is() -> None:
    assert words([held(SPY, 250), call(100, -2)]) == (["2 covered_call"], ["50 SPY"])
    assert words([call(100, -1)]) == ([], [f"-1 {call(100, -1).terms.symbol}"])
    assert words([held(SPY, 100)]) == ([], ["100 SPY"])
    assert words([held(SPY, -100), call(100, 1)]) == (["1 long_call"], ["-100 SPY"])


def test_spreads_that_lie_apart_are_not_taken_crosswise() -> None:
    legs = [call(100, -1), call(105, 1), call(120, -1), call(125, 1)]
    made, _ = group(legs)
    assert [one.strikes for one in made] == [(100, 105), (120, 125)]


def test_each_expiry_has_its_own_structures_before_a_calendar_is_seen() -> None:
    far = [held(an_option(Right.CALL, 100, FAR), 2), held(an_option(Right.CALL, 105, FAR), -1)]
    assert words([call(100, -1), *far]) == (["1 call_debit_spread", "1 calendar"], [])
    assert only([call(100, -1), far[0].part(Decimal(1))]).expiries == (NEAR, FAR)


def test_underlyings_are_not_mixed() -> None:
    other = an_option(Right.CALL, 105)
    foreign = held(Instrument(**{
        name: getattr(other, name) for name in other.__dataclass_fields__
    } | {"symbol": "QQQ261218C00105000", "underlying": "QQQ"}), 1)
    made, left = group([call(100, -1), foreign])
    assert [one.strategy for one in made] == [S.LONG_CALL]
    assert [leg.terms.underlying for leg in left] == ["SPY"]


def test_parts_share_cost_and_value_and_lose_none_of_it() -> None:
    leg = HeldLeg(
        terms=put(90, 1).terms, qty=Decimal(3), cost=Decimal(300), value=Decimal(330)
    )
    made, _ = group([leg, put(95, -1, -200), call(100, -1, -200), call(105, 1, 100)])
    condor, rest = made
    assert (condor.cost, rest.cost, rest.value) == (-200, 200, 220)
    assert condor.value is None  # nobody said what the others are worth


def together(*legs: HeldLeg) -> Together:
    return tuple((leg.terms.symbol, leg.qty) for leg in legs)


def test_what_was_opened_as_one_is_found_before_anything_else() -> None:
    """By quantities alone another condor would be found, and a butterfly."""
    condor = [put(80, 1), put(85, -1), call(110, -1), call(115, 1)]
    now = [*condor, call(95, 2), call(100, -3), call(105, 1)]
    assert "butterfly" in " ".join(words(now)[0])
    opened = [
        (together(*condor), Decimal(1)), (together(call(100, -1), call(105, 1)), Decimal(1)),
        (together(call(95, 1), call(100, -1)), Decimal(2)),
    ]
    made, left = group(now, opened)
    assert [(one.strategy, one.qty) for one in made] == [
        (S.IRON_CONDOR, 1), (S.CALL_CREDIT_SPREAD, 1), (S.CALL_DEBIT_SPREAD, 2),
    ]
    assert made[0].strikes == (80, 85, 110, 115)
    assert not left


def test_of_what_was_opened_only_what_is_held_counts() -> None:
    opened = [(together(call(95, 2), call(100, -2)), Decimal(3))]
    made, left = group([call(95, 5), call(100, -4)], opened)
    assert [(one.strategy, one.qty) for one in made] == [
        (S.CALL_DEBIT_SPREAD, 4), (S.LONG_CALL, 1),
    ]
    assert not left
    assert words([call(95, -2), call(100, 2)])[0] == ["2 call_credit_spread"]
    made, _ = group([call(95, -2), call(100, 2)], opened)  # the other way round by now
    assert [one.strategy for one in made] == [S.CALL_CREDIT_SPREAD]


@pytest.mark.parametrize(("legs", "loss", "profit", "turns"), [
    ([put(90, 2, 200), put(95, -2, -500)], 700, 300, ["93.5"]),
    ([put(90, 1, 100), put(95, -1, -250), call(100, -1, -250), call(105, 1, 100)],
     200, 300, ["92", "103"]),
    ([call(100, 1, 500)], 500, None, ["105"]),
    ([put(95, -1, -200)], 9300, 200, ["93"]),
    ([held(SPY, 100, 9800), call(100, -1, -200)], 9600, 400, ["96"]),
    ([held(SPY, 100, 9800), put(95, 1, 100)], 400, None, ["99"]),
])
def test_what_may_come_follows_from_terms_and_cost(
    legs: list[HeldLeg], loss: int, profit: int | None, turns: list[str]
) -> None:
    told = terms_of(only(legs))
    assert (told.max_loss, told.max_profit) == (loss, profit)
    assert told.break_evens == tuple(map(Decimal, turns))


def test_of_a_calendar_only_the_loss_is_known() -> None:
    told = terms_of(only([call(100, -1, -300), held(an_option(Right.CALL, 100, FAR), 1, 500)]))
    assert (told.max_loss, told.max_profit, told.break_evens) == (200, None, ())
    assert told.is_partial


quantities = st.dictionaries(st.integers(0, 9), st.integers(-4, 4), max_size=8)


@given(quantities)
def test_nothing_is_lost_or_made_up(drawn: dict[int, int]) -> None:
    kinds = [SPY, *(
        an_option(right, strike, day) for right in Right for strike in (95, 100)
        for day in (NEAR, FAR)
    ), an_option(Right.PUT, 90)]
    legs = [
        held(kinds[n], qty * (60 if kinds[n] is SPY else 1), qty * 7) for n, qty in drawn.items()
    ]
    made, left = group(legs)
    for name in {leg.terms.symbol for leg in legs}:
        parts = [leg for one in made for leg in one.legs] + left
        mine = [leg for leg in parts if leg.terms.symbol == name]
        whole = [leg for leg in legs if leg.terms.symbol == name]
        assert sum(leg.qty for leg in mine) == sum(leg.qty for leg in whole)
        assert abs(sum(leg.cost for leg in mine) - sum(leg.cost for leg in whole)) < Decimal("1e-9")
        assert all(leg.qty * whole[0].qty > 0 for leg in mine)


def test_the_cost_of_a_structure_is_that_of_its_legs() -> None:
    legs = some_legs(S.IRON_CONDOR, STRIKES, [1, 2, 2, 1])
    made = only([
        HeldLeg(terms=leg.terms, qty=leg.qty, cost=leg.weight * leg.price) for leg in legs
    ])
    assert made.cost == cost_of(legs) == -200
