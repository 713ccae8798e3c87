"""Is a size what one computes by hand, and 0 with a reason where it does not fit?"""

from decimal import Decimal

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


def measure(price: str | None, equity: str | None = "100000", **more: Decimal) -> Measure:
    return Measure(
        equity=Decimal(equity) if equity else None, price=Decimal(price) if price else None, **more
    )


def fixed(qty: str) -> Fixed:
    return Fixed(qty=Decimal(qty))


def part(frac: str) -> PercentOfEquity:
    return PercentOfEquity(equity_frac=Decimal(frac))


def scaled(frac: str, target: str, seen: str) -> VolatilityScaled:
    return VolatilityScaled(
        equity_frac=Decimal(frac), target_volatility_frac=Decimal(target),
        volatility_frac=Decimal(seen),
    )


def kelly(win: str, payoff: str, frac: str = "0.25") -> FractionalKelly:
    return FractionalKelly(
        win_frac=Decimal(win), payoff_ratio=Decimal(payoff), kelly_frac=Decimal(frac)
    )


SHARE = measure("300")
OPTION = measure("3.50", multiplier=Decimal(100))
COIN = measure("60000", lot_size=Decimal("0.0001"))


@pytest.mark.parametrize(("sizing", "by", "qty"), [
    (fixed("10.9"), SHARE, "10"),
    (part("0.05"), SHARE, "16"),  # 5000 / 300
    (part("0.05"), OPTION, "14"),  # 5000 / 350
    (part("0.05"), COIN, "0.0833"),
    (scaled("0.05", "0.15", "0.30"), SHARE, "8"),  # half of 5000 / 300
    (scaled("0.05", "0.15", "0.015"), SHARE, "33"),  # ten times calmer: twice, no more
    (scaled("0.09", "0.01", "1"), SHARE, "3"),  # a hundred times wilder: a tenth, no less
    (kelly("0.6", "1"), SHARE, "16"),  # Kelly 0.2, a quarter of it 0.05: 5000 / 300
    (kelly("0.5", "2", "0.1"), SHARE, "8"),  # Kelly 0.25, a tenth of it 0.025: 2500 / 300
    (kelly("0.9", "3", "1"), SHARE, "16"),  # Kelly 0.8666, capped at 0.05
])
def test_a_size_by_hand(sizing: Sizing, by: Measure, qty: str) -> None:
    found = size(sizing, by)
    assert (found.qty, found.why) == (Decimal(qty), "")


@pytest.mark.parametrize(("sizing", "by", "why"), [
    (part("0.002"), SHARE, "that part of equity is less than one lot"),
    (part("1.5"), SHARE, "the part of equity is not between 0 and 1"),
    (part("0.05"), measure("300", equity=None), "there is no equity to size by"),
    (part("0.05"), measure("300", equity="-5"), "there is no equity to size by"),
    (part("0.05"), measure(None), "there is no price to size by"),
    (kelly("0.5", "1"), SHARE, "the odds are against it"),
    (kelly("1.5", "1"), SHARE, "the odds are none"),
    (scaled("0.05", "0.15", "0"), SHARE, "there is no volatility to size by"),
    (fixed("0.9"), SHARE, "the quantity is less than one lot"),
    (fixed("-5"), SHARE, "the quantity is nothing"),
])
def test_what_does_not_fit_is_nothing_with_its_reason(
    sizing: Sizing, by: Measure, why: str
) -> None:
    found = size(sizing, by)
    assert (found.qty, found.why) == (0, why)


@pytest.mark.fault(75)
@given(
    st.decimals("0.001", "1", places=3), st.decimals("1", "1000000", places=2),
    st.decimals("0.01", "10000", places=2),
)
def test_a_size_never_costs_more_than_its_part(
    frac: Decimal, equity: Decimal, price: Decimal
) -> None:
    found = size(PercentOfEquity(equity_frac=frac), Measure(equity=equity, price=price))
    assert found.qty * price <= equity * frac
    assert (found.qty == 0) is bool(found.why)
