"""Does the desk find legs where they trade, and say why where it finds none?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from tests.core.options.making import MONDAY, a_chain

from tradebot.core.model.chain import Chain, Listed
from tradebot.core.model.combo import net_price
from tradebot.core.model.instrument import ExerciseStyle, Right
from tradebot.core.model.intent import Leg
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options import pricing
from tradebot.core.options.page import Bounds
from tradebot.core.options.recipes import RECIPES
from tradebot.core.options.request import Request, RiskLevel
from tradebot.core.options.select import NoneFits, select
from tradebot.core.options.shapes import BUY, SELL, SHAPES, strikes_of
from tradebot.core.options.structures import PricedStructure

S = StrategyType
CHAIN: Final = a_chain()
BOUNDS: Final = Bounds()


def chosen(strategy: StrategyType, chain: Chain = CHAIN, **said: Any) -> PricedStructure:
    told = select(chain, strategy, Request(symbol="SPY", **said), BOUNDS)
    assert isinstance(told, PricedStructure), told
    return told


def why_not(strategy: StrategyType, chain: Chain = CHAIN, **said: Any) -> str:
    told = select(chain, strategy, Request(symbol="SPY", **said), BOUNDS)
    assert isinstance(told, NoneFits), told
    return told.why


def strikes(structure: PricedStructure) -> list[int]:
    return [int(leg.terms.strike) for leg in structure.options if leg.terms.strike]


def deltas(structure: PricedStructure) -> list[Decimal]:
    under = pricing.Conditions(spot=structure.spot, years=structure.options[0].years)
    return [
        abs(pricing.value(leg.terms, under, leg.volatility).delta) for leg in structure.options
    ]


def edited(change: Callable[[Listed], Listed], chain: Chain = CHAIN) -> Chain:
    return replace(chain, expiries=tuple(
        replace(expiry, options=tuple(map(change, expiry.options))) for expiry in chain.expiries
    ))


def test_every_structure_has_an_aim_for_each_of_its_strikes() -> None:
    assert {name: len(recipe.aims) for name, recipe in RECIPES.items()} == {
        name: strikes_of(shape) for name, shape in SHAPES.items()
    }


@pytest.mark.parametrize("strategy", S)
@pytest.mark.parametrize("right", [None, Right.PUT])
def test_every_structure_is_found_in_a_market_that_trades(
    strategy: StrategyType, right: Right | None
) -> None:
    found, recipe = chosen(strategy, right=right), RECIPES[strategy]
    assert recipe.days_min <= (found.expiry - MONDAY.date()).days <= recipe.days_max
    ahead = found.prospects
    assert ahead.max_loss is not None and ahead.max_loss > 0
    assert ahead.max_profit is None or ahead.max_profit > 0
    assert 0 < ahead.profit_chance < 1
    assert ahead.cost == found.net_price * 100
    assert (ahead.cost < 0) == (recipe.is_sold or strategy is S.CASH_SECURED_PUT)


def test_a_condor_sells_where_the_delta_is_and_buys_beyond() -> None:
    found = chosen(S.IRON_CONDOR)
    low, put, call, high = strikes(found)
    assert low < put < 500 < call < high
    assert all(abs(delta - Decimal("0.16")) < Decimal("0.03") for delta in deltas(found)[1:3])
    assert (put - low, high - call) == (5, 5)
    assert found.expiry == date(2027, 1, 1)  # 39 days: nearest to the middle of 30 to 45


@pytest.mark.parametrize("delta", ["0.05", "0.16", "0.30", "0.50", "0.70", "0.95"])
@pytest.mark.parametrize("strategy", [S.LONG_CALL, S.LONG_PUT])
def test_no_other_strike_is_nearer_to_the_delta(strategy: StrategyType, delta: str) -> None:
    aimed, found = Decimal(delta), chosen(strategy, delta=Decimal(delta))
    others = [
        chosen(strategy, strikes=(Decimal(strike),), expiry=found.expiry)
        for strike in range(420, 585, 5)
    ]
    off = [abs(deltas(other)[0] - aimed) for other in others]
    assert strikes(found) == strikes(others[off.index(min(off))])


def test_a_straddle_has_one_strike_at_the_money() -> None:
    assert strikes(chosen(S.LONG_STRADDLE, a_chain(days=(25,), spot=503))) == [505, 505]


def test_a_bull_sells_puts_below_and_a_bear_calls_above() -> None:
    assert max(strikes(chosen(S.PUT_CREDIT_SPREAD))) < 500 < min(
        strikes(chosen(S.CALL_CREDIT_SPREAD))
    )


def test_a_calendar_sells_the_earlier_and_buys_the_later_at_one_strike() -> None:
    found = chosen(S.CALENDAR, right=Right.PUT)
    sold, bought = found.legs
    assert sold.qty < 0 < bought.qty and sold.terms.strike == bought.terms.strike == 500
    assert sold.terms.expiry and bought.terms.expiry and sold.terms.expiry < bought.terms.expiry
    assert found.expiry == sold.terms.expiry == date(2026, 12, 25)
    assert (bought.terms.expiry - sold.terms.expiry).days == 28  # of 7, 28 and 56 nearest to 30


def test_the_price_of_the_whole_is_never_better_than_the_middle() -> None:
    odd = edited(lambda one: replace(one, ask=one.ask + Decimal("0.01")))
    for strategy in S:
        found = chosen(strategy, odd)
        units = {leg.terms.symbol: leg.terms.multiplier for leg in found.legs}
        legs = [
            Leg(symbol=leg.terms.symbol, side=BUY if leg.qty > 0 else SELL, ratio_qty=abs(leg.qty))
            for leg in found.legs
        ]
        middle = net_price(legs, [leg.price for leg in found.legs], units.__getitem__)
        assert 0 <= found.net_price - middle < Decimal("0.01")


def test_what_was_said_is_kept() -> None:
    found = chosen(
        S.CALL_DEBIT_SPREAD, strikes=(Decimal(520), Decimal(510)), expiry=date(2026, 12, 18)
    )
    assert (strikes(found), found.expiry) == ([510, 520], date(2026, 12, 18))
    found = chosen(S.PUT_CREDIT_SPREAD, delta=Decimal("0.35"), width=Decimal(20), horizon_days=60)
    low, high = strikes(found)
    assert high - low == 20 and (found.expiry - MONDAY.date()).days == 60
    assert abs(deltas(found)[1] - Decimal("0.35")) < Decimal("0.05")


def test_a_delta_of_nothing_is_not_the_usual_delta() -> None:
    assert strikes(chosen(S.LONG_CALL, delta=Decimal(0))) == [600]


def test_less_risk_sells_further_away() -> None:
    low, usual, high = (
        strikes(chosen(S.PUT_CREDIT_SPREAD, risk_level=level))[1]
        for level in (RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.HIGH)
    )
    assert low < usual < high
    assert strikes(chosen(S.LONG_CALL, risk_level=RiskLevel.LOW)) == strikes(chosen(S.LONG_CALL))


@pytest.mark.parametrize(("strategy", "said", "why"), [
    (S.IRON_CONDOR, {"strikes": (Decimal(430), Decimal(440))}, "has 4 strikes, 2 were named"),
    (S.LONG_CALL, {"strikes": (Decimal(501),)}, "no call is listed at 501"),
    (S.LONG_CALL, {"expiry": date(2026, 12, 19)}, "no expiry on 2026-12-19"),
    (S.LONG_CALL, {"expiry": date(2025, 12, 19)}, "no expiry on 2025-12-19"),
    (S.LONG_CALL, {"horizon_days": 300}, "no expiry in 225 to 375 days"),
    (S.LONG_STRADDLE, {"delta": Decimal("0.3")}, "not found by a delta"),
    (S.LONG_CALL, {"width": Decimal(5)}, "not found by a width"),
    (S.PUT_CREDIT_SPREAD, {"width": Decimal(7)}, "nothing trades at"),
    (S.DIAGONAL, {"delta": Decimal("0.3")}, "do not rise"),
    (S.LONG_STRANGLE, {"delta": Decimal("0.5")}, "500 500 do not rise"),
])
def test_what_was_said_and_is_not_there_is_a_reason_and_no_neighbour(
    strategy: StrategyType, said: dict[str, Any], why: str
) -> None:
    assert why in why_not(strategy, **said)


@pytest.mark.parametrize(("changes", "why"), [
    ({"open_interest": Decimal(499)}, "open interest 499, at least 500"),
    ({"open_interest": None}, "open interest unknown, at least 500"),
    ({"bid": Decimal(0)}, "no market on both sides"),
    ({"bid": Decimal(9), "ask": Decimal(8)}, "no market on both sides"),
    ({"bid": Decimal(9), "ask": Decimal("9.96")}, "0.96 apart, at most 0.948"),
])
def test_what_does_not_trade_is_not_chosen(changes: dict[str, Any], why: str) -> None:
    assert why in why_not(S.IRON_CONDOR, edited(lambda one: replace(one, **changes)))


def test_a_limit_that_is_just_met_is_met() -> None:
    enough = edited(lambda one: replace(one, open_interest=Decimal(500)))
    assert strikes(chosen(S.IRON_CONDOR, enough)) == strikes(chosen(S.IRON_CONDOR))


def test_a_strike_that_does_not_trade_is_stepped_over() -> None:
    usual = strikes(chosen(S.PUT_CREDIT_SPREAD))
    gone = edited(
        lambda one: replace(one, open_interest=None) if one.option.strike == usual[0] else one
    )
    assert strikes(chosen(S.PUT_CREDIT_SPREAD, gone)) == [usual[0] - 5, usual[1]]


def test_the_next_expiry_is_tried_where_the_best_does_not_trade() -> None:
    best = chosen(S.IRON_CONDOR).expiry
    gone = edited(
        lambda one: replace(one, open_interest=None) if one.option.expiry == best else one
    )
    assert chosen(S.IRON_CONDOR, gone).expiry == date(2026, 12, 25)


def test_a_delta_that_nothing_has_is_told_with_the_nearest() -> None:
    told = why_not(S.IRON_CONDOR, a_chain(days=(39,), strikes=(400, 500, 600)))
    assert "no put that trades has a delta of about 0.16" in told and "nearest is" in told


def test_nothing_is_at_the_money_far_from_it() -> None:
    told = why_not(S.LONG_STRADDLE, a_chain(days=(25,), strikes=(450, 550)))
    assert "nothing trades at the money" in told


def test_a_credit_too_small_for_its_width_is_refused() -> None:
    told = why_not(S.PUT_CREDIT_SPREAD, strikes=(Decimal(400), Decimal(430)))
    assert "it brings" in told


def test_a_later_option_must_be_exercisable_when_the_earlier_ends() -> None:
    european = edited(lambda one: replace(
        one, option=replace(one.option, exercise_style=ExerciseStyle.EUROPEAN)
    ))
    assert "cannot be exercised" in why_not(S.CALENDAR, european)
    assert chosen(S.IRON_CONDOR, european).legs


def test_an_empty_chain_has_nothing() -> None:
    assert why_not(S.LONG_CALL, replace(CHAIN, expiries=())).endswith("listed is nothing")
    bare = replace(CHAIN, expiries=tuple(replace(e, options=()) for e in CHAIN.expiries))
    assert why_not(S.LONG_CALL, bare).endswith("nothing is listed")


def test_what_has_ended_is_no_expiry() -> None:
    later = replace(CHAIN, as_of=MONDAY + timedelta(days=30))
    assert "no expiry on 2026-12-18" in why_not(S.LONG_CALL, later, expiry=date(2026, 12, 18))


def test_a_calendar_needs_a_later_expiry() -> None:
    assert why_not(S.CALENDAR, a_chain(days=(4, 32))).endswith("no later expiry is listed")


@pytest.mark.parametrize("spot", ["0", "-1"])
def test_without_a_price_of_the_underlying_there_is_nothing(spot: str) -> None:
    assert "nobody knows the price of SPY" in why_not(
        S.LONG_CALL, replace(CHAIN, spot=Decimal(spot))
    )


def test_an_option_on_another_number_of_shares_is_left_alone() -> None:
    usual = strikes(chosen(S.PUT_CREDIT_SPREAD))
    odd = edited(lambda one: one if one.option.strike not in (400, usual[1]) else replace(
        one, option=replace(one.option, multiplier=Decimal(150))
    ))
    assert strikes(chosen(S.PUT_CREDIT_SPREAD, odd))[1] != usual[1]


def test_a_price_below_what_the_option_pays_is_no_price() -> None:
    torn = edited(lambda one: replace(one, bid=Decimal(90), ask=Decimal(91)))
    assert "no volatility gives" in why_not(S.LONG_CALL, torn, strikes=(Decimal(400),))
    assert "no volatility gives" in why_not(S.LONG_CALL, edited(
        lambda one: replace(one, bid=Decimal(900), ask=Decimal(901))
    ))


def test_odds_are_not_read_from_a_quote_without_a_bid() -> None:
    broken = edited(lambda one: one if one.option.strike != 500 else replace(
        one, bid=Decimal(0), ask=Decimal(150)
    ))
    far, near = chosen(S.IRON_CONDOR, broken), chosen(S.IRON_CONDOR)
    assert strikes(far) == strikes(near)
    assert abs(far.prospects.profit_chance - near.prospects.profit_chance) < Decimal("0.02")


def test_odds_that_no_quote_tells_are_not_told() -> None:
    wings = {int(strike) for strike in strikes(chosen(S.IRON_CONDOR))}
    dark = edited(
        lambda one: one if one.option.strike in wings else replace(one, bid=Decimal(0))
    )
    assert why_not(S.IRON_CONDOR, dark).endswith("from the quotes at the money")
