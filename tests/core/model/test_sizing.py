"""Is a size what one computes by hand, and 0 with a reason where it does not fit?"""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebot.core.model.sizing import (
    Fixed,
    FractionalKelly,
    Measure,
    PercentOfEquity,
    Sizing,
    VolatilityScaled,
    size,
)

SHARE = Measure(equity=D(100_000), price=D(300))
OPTION = Measure(equity=D(100_000), price=D("3.50"), multiplier=D(100))
COIN = Measure(equity=D(100_000), price=D(60_000), lot_size=D("0.0001"))


@pytest.mark.parametrize(("sizing", "by", "qty"), [
    (Fixed(qty=D("10.9")), SHARE, 10),
    (PercentOfEquity(equity_frac=D("0.05")), SHARE, 16),  # 5000 / 300
    (PercentOfEquity(equity_frac=D("0.05")), OPTION, 14),  # 5000 / 350
    (PercentOfEquity(equity_frac=D("0.05")), COIN, D("0.0833")),
    (VolatilityScaled(
        equity_frac=D("0.05"), target_volatility_frac=D("0.15"), volatility_frac=D("0.30")
    ), SHARE, 8),  # half of 5000 / 300
    (VolatilityScaled(  # ten times calmer: twice, no more
        equity_frac=D("0.05"), target_volatility_frac=D("0.15"), volatility_frac=D("0.015")
    ), SHARE, 33),
    (VolatilityScaled(  # a hundred times wilder: a tenth, no less
        equity_frac=D("0.09"), target_volatility_frac=D("0.01"), volatility_frac=D(1)
    ), SHARE, 3),
    # p .6, 1 to 1: Kelly .2; a quarter of it .05; 5000 / 300
    (FractionalKelly(win_frac=D("0.6"), payoff_ratio=D(1)), SHARE, 16),
    # p .5, 2 to 1: Kelly .25; a tenth of it .025; 2500 / 300
    (FractionalKelly(win_frac=D("0.5"), payoff_ratio=D(2), kelly_frac=D("0.1")), SHARE, 8),
    # p .9, 3 to 1: Kelly .8666; whole, but capped at .05
    (FractionalKelly(win_frac=D("0.9"), payoff_ratio=D(3), kelly_frac=D(1)), SHARE, 16),
])
def test_a_size_by_hand(sizing: Sizing, by: Measure, qty: int | D) -> None:
    found = size(sizing, by)
    assert (found.qty, found.why) == (qty, "")


@pytest.mark.parametrize(("sizing", "by", "why"), [
    (PercentOfEquity(equity_frac=D("0.002")), SHARE, "that part of equity is less than one lot"),
    (PercentOfEquity(equity_frac=D("1.5")), SHARE, "the part of equity is not between 0 and 1"),
    (PercentOfEquity(equity_frac=D("0.05")), Measure(equity=None, price=D(300)),
     "there is no equity to size by"),
    (PercentOfEquity(equity_frac=D("0.05")), Measure(equity=D(-5), price=D(300)),
     "there is no equity to size by"),
    (PercentOfEquity(equity_frac=D("0.05")), Measure(equity=D(100), price=None),
     "there is no price to size by"),
    (FractionalKelly(win_frac=D("0.5"), payoff_ratio=D(1)), SHARE, "the odds are against it"),
    (FractionalKelly(win_frac=D("1.5"), payoff_ratio=D(1)), SHARE, "the odds are none"),
    (VolatilityScaled(
        equity_frac=D("0.05"), target_volatility_frac=D("0.15"), volatility_frac=D(0)
    ), SHARE, "there is no volatility to size by"),
    (Fixed(qty=D("0.9")), SHARE, "the quantity is less than one lot"),
    (Fixed(qty=D(-5)), SHARE, "the quantity is nothing"),
])
def test_what_does_not_fit_is_nothing_with_its_reason(
    sizing: Sizing, by: Measure, why: str
) -> None:
    found = size(sizing, by)
    assert (found.qty, found.why) == (0, why)


@given(
    st.decimals("0.001", "1", places=3), st.decimals("1", "1000000", places=2),
    st.decimals("0.01", "10000", places=2),
)
def test_a_size_never_costs_more_than_its_part(frac: D, equity: D, price: D) -> None:
    found = size(PercentOfEquity(equity_frac=frac), Measure(equity=equity, price=price))
    assert found.qty * price <= equity * frac
    assert (found.qty == 0) is bool(found.why)
