"""Are the figures of a structure those of the textbook, and of its payoff looked at everywhere?"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.options.making import an_option, filled, some_legs, under

from tradebot.core.model.instrument import Right
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options import pricing
from tradebot.core.options.shapes import SHAPES, shape_of, strikes_of
from tradebot.core.options.structures import (
    PricedLeg,
    PricedStructure,
    Prospects,
    cost_of,
    fit,
    profile,
    weigh,
)

S = StrategyType
VOLATILITY: Final = Decimal("0.2")
TWO_EXPIRIES: Final = (S.CALENDAR, S.DIAGONAL)
ONE_EXPIRY: Final = tuple(name for name in S if name not in TWO_EXPIRIES)
FAR_UP: Final = 1_000_000


def weighed(legs: Sequence[PricedLeg], spot: Decimal | int = 100) -> Prospects:
    return weigh(legs, cost_of(legs), under(spot), VOLATILITY)


# Strikes and leg prices in the order of the table; then cost, most lost, most won, break-evens.
TEXTBOOK: Final = (
    (S.LONG_CALL, (100,), ("3.50",), "350", "350", None, ("103.5",)),
    (S.LONG_PUT, (100,), ("3.50",), "350", "350", "9650", ("96.5",)),
    (S.PUT_CREDIT_SPREAD, (90, 95), ("0.70", "1.90"), "-120", "380", "120", ("93.8",)),
    (S.CALL_CREDIT_SPREAD, (105, 110), ("1.80", "0.60"), "-120", "380", "120", ("106.2",)),
    (S.PUT_DEBIT_SPREAD, (95, 100), ("1.50", "3.50"), "200", "200", "300", ("98",)),
    (S.CALL_DEBIT_SPREAD, (100, 105), ("3.50", "1.50"), "200", "200", "300", ("102",)),
    # Unequal wings: the wider one loses, less the whole credit (never the span of all strikes).
    (S.IRON_CONDOR, (85, 95, 105, 110), ("0.40", "1.90", "1.80", "0.60"),
     "-270", "730", "270", ("92.3", "107.7")),
    (S.IRON_BUTTERFLY, (90, 100, 110), ("0.70", "3.50", "3.50", "0.60"),
     "-570", "430", "570", ("94.3", "105.7")),
    (S.BUTTERFLY, (95, 100, 105), ("6.00", "3.00", "1.20"), "120", "120", "380", ("96.2", "103.8")),
    (S.LONG_STRADDLE, (100,), ("3.20", "3.60"), "680", "680", None, ("93.2", "106.8")),
    (S.LONG_STRANGLE, (95, 105), ("1.50", "1.70"), "320", "320", None, ("91.8", "108.2")),
    (S.COVERED_CALL, (105,), ("100", "1.80"), "9820", "9820", "680", ("98.2",)),
    (S.CASH_SECURED_PUT, (95,), ("1.90",), "-190", "9310", "190", ("93.1",)),
    (S.PROTECTIVE_PUT, (95,), ("100", "1.50"), "10150", "650", None, ("101.5",)),
    (S.COLLAR, (95, 105), ("100", "1.50", "1.80"), "9970", "470", "530", ("99.7",)),
)


@pytest.mark.parametrize(
    ("strategy", "strikes", "prices", "cost", "loss", "gain", "turns"), TEXTBOOK,
    ids=[row[0] for row in TEXTBOOK],
)
def test_a_structure_loses_wins_and_turns_as_the_textbook_says(
    strategy: StrategyType, strikes: tuple[int, ...], prices: tuple[str, ...], cost: str, loss: str,
    gain: str | None, turns: tuple[str, ...],
) -> None:
    told = weighed(some_legs(strategy, strikes, prices))
    assert told.cost == Decimal(cost)
    assert told.max_loss == Decimal(loss)
    assert told.max_profit == (None if gain is None else Decimal(gain))
    assert told.break_evens == tuple(map(Decimal, turns))


def test_the_textbook_has_every_structure_that_ends_on_one_day() -> None:
    assert {row[0] for row in TEXTBOOK} == set(ONE_EXPIRY)
    assert set(SHAPES) == set(S)


def by_hand(legs: Sequence[PricedLeg], price: Decimal) -> Decimal:
    """Count money one leg after another, as a clerk would on the day of expiry."""
    money = Decimal(0)
    for leg in legs:
        strike, right = leg.terms.strike, leg.terms.right
        if right is None or strike is None:
            worth = price
        elif right is Right.CALL:
            worth = price - strike if price > strike else Decimal(0)
        else:
            worth = strike - price if price < strike else Decimal(0)
        money += leg.qty * (1 if strike is None else 100) * (worth - leg.price)
    return money


@st.composite
def partly_filled(draw: st.DrawFn, names: Sequence[StrategyType]) -> list[PricedLeg]:
    """Draw a structure of up to three lots of which each leg is filled as far as it got."""
    strategy = draw(st.sampled_from(names))
    right = draw(st.sampled_from(Right))
    count = strikes_of(shape_of(strategy, right))
    strikes = sorted(draw(st.sets(st.integers(60, 140), min_size=count, max_size=count)))
    price = st.decimals("0.05", "20", places=2)
    parts = shape_of(strategy, right)
    prices = [Decimal(100) if part.right is None else draw(price) for part in parts]
    legs = some_legs(strategy, strikes, prices, right)
    return [
        filled(leg, leg.qty * draw(st.integers(0, 3)) / draw(st.sampled_from([1, abs(leg.qty)])))
        for leg in legs
    ]


@settings(max_examples=300, deadline=None)
@given(legs=partly_filled(ONE_EXPIRY))
def test_the_figures_are_those_of_every_price_one_by_one(legs: list[PricedLeg]) -> None:
    told = weighed(legs)
    grid = {Decimal(n) / 4: by_hand(legs, Decimal(n) / 4) for n in range(4 * 200)}
    beyond, further = by_hand(legs, Decimal(FAR_UP)), by_hand(legs, Decimal(2 * FAR_UP))
    if further < beyond:
        assert told.max_loss is None
    else:
        assert told.max_loss == max(Decimal(0), -min(grid.values()))
    if further > beyond:
        assert told.max_profit is None
    else:
        assert told.max_profit == max(grid.values())
    for turn in told.break_evens:
        slopes = sum(abs(leg.qty) for leg in legs) * 100
        assert abs(by_hand(legs, turn)) <= slopes * Decimal("0.0001")
    for low, high in pairwise(grid):
        if not any(low <= turn <= high for turn in told.break_evens):
            assert grid[low] * grid[high] > 0 or grid[low] == grid[high] == 0


def test_what_is_not_filled_at_all_neither_wins_nor_turns() -> None:
    told = weighed([filled(leg, 0) for leg in some_legs(S.LONG_STRADDLE, (100,), ("3", "3"))])
    assert (told.max_loss, told.max_profit, told.break_evens, told.profit_chance) == (0, 0, (), 0)


@settings(max_examples=100, deadline=None)
@given(legs=partly_filled(TWO_EXPIRIES), price=st.integers(1, 300))
def test_what_outlives_the_horizon_never_makes_a_loss_larger_than_told(
    legs: list[PricedLeg], price: int
) -> None:
    told, profit = weighed(legs), profile(legs, cost_of(legs), under())
    if told.max_loss is None:
        assert profit(Decimal(FAR_UP)) < profit(Decimal(FAR_UP // 2)) < 0
    else:
        assert profit(Decimal(price)) >= -told.max_loss - Decimal("0.01")


def test_a_round_break_even_is_written_as_people_write_it() -> None:
    told = weighed(some_legs(S.CALL_DEBIT_SPREAD, (195, 205), ("6", "1")), spot=200)
    assert list(map(str, told.break_evens)) == ["200"]


@pytest.mark.parametrize("right", Right)
def test_a_calendar_loses_its_price_and_wins_most_at_its_strike(right: Right) -> None:
    legs = some_legs(S.CALENDAR, (100,), ("2.30", "3.30"), right)
    told, profit = weighed(legs), profile(legs, cost_of(legs), under())
    assert told.cost == told.max_loss == 100
    month = pricing.value(legs[1].terms, under(), VOLATILITY).price
    assert told.max_profit == month * 100 - 100
    low, high = told.break_evens
    assert low < 100 < high
    assert abs(profit(low)) < Decimal("0.01") and abs(profit(high)) < Decimal("0.01")


@pytest.mark.parametrize(("right", "strikes"), [(Right.CALL, (95, 105)), (Right.PUT, (95, 105))])
def test_a_diagonal_loses_at_most_its_price(right: Right, strikes: tuple[int, int]) -> None:
    legs = some_legs(S.DIAGONAL, strikes, ("0.60", "6.40"), right)
    told = weighed(legs)
    assert told.cost == told.max_loss == 580
    short = next(leg.terms.strike for leg in legs if leg.qty < 0)
    profit = profile(legs, cost_of(legs), under())
    assert short is not None and told.max_profit == profit(short)


@settings(deadline=None)
@given(legs=partly_filled(ONE_EXPIRY))
def test_a_profit_is_as_likely_as_the_prices_that_bring_it(legs: list[PricedLeg]) -> None:
    step = Decimal(1)
    likely, unsure = Decimal(0), Decimal("0.000001")
    for n in range(400):
        low, high = n * step, (n + 1) * step
        weight = pricing.chance_below(high, under(), VOLATILITY) - pricing.chance_below(
            low, under(), VOLATILITY
        )
        ends = by_hand(legs, low), by_hand(legs, (low + high) / 2), by_hand(legs, high)
        if min(ends) > 0:
            likely += weight
        elif max(ends) > 0:
            unsure += weight
    chance = weighed(legs).profit_chance
    assert likely - Decimal("0.000001") <= chance <= likely + unsure


def test_greeks_are_signed_sums_and_a_share_moves_with_itself() -> None:
    legs = some_legs(S.COVERED_CALL, (105,), ("100", "1.80"))
    call = pricing.value(an_option(Right.CALL, 105), under(), VOLATILITY)
    told = weighed(legs).greeks
    assert told.delta == 100 - 100 * call.delta
    assert (told.gamma, told.vega) == (-100 * call.gamma, -100 * call.vega)


@pytest.mark.parametrize(("strategy", "strikes", "prices", "margin"), [
    (S.IRON_CONDOR, (85, 95, 105, 110), ("0.40", "1.90", "1.80", "0.60"), "730"),
    (S.LONG_STRADDLE, (100,), ("3.20", "3.60"), "680"),
    (S.CASH_SECURED_PUT, (95,), ("1.90",), "9310"),
    (S.COVERED_CALL, (105,), ("100", "1.80"), "5000"),
    (S.PROTECTIVE_PUT, (95,), ("100", "1.50"), "5150"),
])
def test_margin_is_what_options_can_lose_and_half_of_the_shares(
    strategy: StrategyType, strikes: tuple[int, ...], prices: tuple[str, ...], margin: str
) -> None:
    assert weighed(some_legs(strategy, strikes, prices)).margin == Decimal(margin)


def a_structure(
    strategy: StrategyType = S.IRON_CONDOR, strikes: Sequence[int] = (90, 95, 105, 110),
    prices: Sequence[str] = ("0.70", "1.90", "1.80", "0.60"),
) -> PricedStructure:
    legs = some_legs(strategy, strikes, prices)
    return PricedStructure(
        strategy=strategy, legs=tuple(legs), net_price=cost_of(legs) / 100, spot=Decimal(100),
        prospects=weighed(legs),
    )


@pytest.mark.parametrize(("budget", "qty"), [("259", 0), ("260", 1), ("519.99", 1), ("520", 2)])
def test_a_budget_is_never_exceeded(budget: str, qty: int) -> None:
    assert a_structure().prospects.max_loss == 260
    assert fit(a_structure(), Decimal(budget)).qty == qty


def test_what_does_not_fit_says_why() -> None:
    one, condor = Decimal(100), a_structure()
    assert fit(condor, one).why == "1 can lose $260, the budget is $100"
    assert fit(condor, Decimal(0)).why == fit(condor, None).why != ""


def test_fewer_than_were_asked_for_are_not_made_of_them() -> None:
    condor = a_structure()
    assert fit(condor, Decimal(600), wanted=1).qty == 1
    told = fit(condor, Decimal(600), wanted=3)
    assert (told.qty, told.why) == (0, "3 can lose $780, the budget is $600")
    assert fit(condor, Decimal(600), wanted=0).qty == 0


def test_shares_that_are_held_risk_nothing_more_by_calls_on_them() -> None:
    covered = a_structure(S.COVERED_CALL, (105,), ("100", "1.80"))
    assert fit(covered, Decimal(500)).qty == 0
    assert fit(covered, Decimal(500), shares=Decimal(99)).qty == 0
    assert fit(covered, Decimal(500), shares=Decimal(250)).qty == 2
    told = fit(covered, Decimal(500), wanted=3, shares=Decimal(250))
    assert (told.qty, told.why) == (0, "3 can lose $0, the budget is $500, the shares cover 2")


def test_a_put_on_shares_that_are_held_risks_its_price() -> None:
    protected = a_structure(S.PROTECTIVE_PUT, (95,), ("100", "1.50"))
    assert fit(protected, Decimal(449), shares=Decimal(1000)).qty == 2


def test_an_uncovered_call_fits_no_budget() -> None:
    (_, sold) = some_legs(S.COVERED_CALL, (105,), ("100", "1.80"))
    naked = replace(a_structure(), legs=(sold,), prospects=weighed([sold]))
    told = fit(naked, Decimal(10**9))
    assert told.qty == 0 and "no end" in told.why


def test_what_could_not_lose_is_a_broken_quote_and_no_gift() -> None:
    told = fit(a_structure(S.PUT_CREDIT_SPREAD, (90, 95), ("0.70", "6.90")), Decimal(1000))
    assert told.qty == 0 and "not sound" in told.why


def test_puts_mirror_what_can_be_made_of_either() -> None:
    for strategy in (S.BUTTERFLY, S.CALENDAR, S.DIAGONAL):
        assert {part.right for part in shape_of(strategy, Right.PUT)} == {Right.PUT}
    long, short = sorted(shape_of(S.DIAGONAL, Right.PUT), key=lambda part: not part.is_far)
    assert long.strike > short.strike
    assert shape_of(S.IRON_CONDOR, Right.PUT) == shape_of(S.IRON_CONDOR)
