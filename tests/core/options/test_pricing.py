"""Do the option models say what an independent library says, and None where nobody can know?"""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tradebot.core.model.instrument import AssetClass, ExerciseStyle, Instrument, Right
from tradebot.core.options import pricing
from tradebot.core.options.pricing import Conditions, Greeks

# Written by QuantLib 1.44, see tools/option_oracle.py.
TABLE: Final = list(csv.DictReader(
    (Path(__file__).parent / "quantlib.csv").read_text().splitlines()
))
EUROPEAN: Final = [row for row in TABLE if row["style"] == "european"]
AMERICAN: Final = [row for row in TABLE if row["style"] == "american"]
CLOSE: Final = Decimal("0.000001")


def an_option(right: str = "call", style: str = "european", strike: str = "100") -> Instrument:
    return Instrument(
        symbol="X", asset_class=AssetClass.OPTION, strike=Decimal(strike), right=Right(right),
        exercise_style=ExerciseStyle(style),
    )


def conditions(spot: str = "100", days: int = 45, rate: str = "0.05", dividend: str = "0"):
    return Conditions(
        spot=Decimal(spot), years=Decimal(days) / 365, rate=Decimal(rate),
        dividend_yield=Decimal(dividend),
    )


def read(row: dict[str, str]) -> tuple[Instrument, Conditions, Decimal]:
    under = conditions(row["spot"], int(row["days"]), row["rate"], row["dividend_yield"])
    return an_option(row["right"], row["style"]), under, Decimal(row["volatility"])


def inner(row: dict[str, str]) -> Decimal:
    away = Decimal(row["spot"]) - 100
    return away if row["right"] == "call" else -away


def off(row: dict[str, str], told: Greeks, names: tuple[str, ...]) -> list[str]:
    return [
        f"{name}: {getattr(told, name)}, expected {row[name]} in {row}"
        for name in names if not abs(getattr(told, name) - Decimal(row[name])) < CLOSE
    ]


def test_european_options_and_their_greeks_agree_with_a_library() -> None:
    names = ("price", "delta", "gamma", "theta", "vega")
    assert [o for row in EUROPEAN for o in off(row, pricing.value(*read(row)), names)] == []


def test_american_options_and_their_greeks_agree_with_a_library() -> None:
    names = ("price", "delta", "gamma", "theta")
    told = [(row, pricing.value(*read(row))) for row in AMERICAN]
    waiting = [(row, greeks) for row, greeks in told if greeks.price > inner(row)]
    assert len(waiting) > 120
    assert [o for row, greeks in waiting for o in off(row, greeks, names)] == []


def test_an_option_that_is_best_exercised_now_is_worth_that_and_waits_for_nothing() -> None:
    told = [(row, pricing.value(*read(row))) for row in AMERICAN]
    exercised = [(row, greeks) for row, greeks in told if greeks.price <= inner(row)]
    assert exercised
    for row, greeks in exercised:
        assert abs(Decimal(row["limit"]) - greeks.price) < Decimal("0.01")
        sign = 1 if row["right"] == "call" else -1
        assert greeks == Greeks(price=inner(row), delta=Decimal(sign))


def test_the_tree_is_near_what_endless_precision_would_say() -> None:
    far = sorted(
        abs(pricing.value(*read(row)).price - Decimal(row["limit"])) for row in AMERICAN
    )
    assert far[-1] < Decimal("0.01")
    assert far[len(far) // 2] < CLOSE


def test_the_vega_of_an_american_option_is_what_a_point_of_volatility_adds() -> None:
    option, under = an_option("put", "american"), conditions(days=200)
    less, told, more = (
        pricing.value(option, under, Decimal(v)) for v in ("0.295", "0.30", "0.305")
    )
    assert abs(more.price - less.price - told.vega) < Decimal("0.0001")


@pytest.mark.parametrize("rows", [EUROPEAN, AMERICAN], ids=["european", "american"])
def test_the_volatility_is_found_again_wherever_the_price_depends_on_it(
    rows: list[dict[str, str]]
) -> None:
    found = 0
    for row in rows[::5]:
        option, under, volatility = read(row)
        greeks = pricing.value(option, under, volatility)
        if greeks.vega > Decimal("0.001"):
            told = pricing.implied_volatility(option, under, greeks.price)
            assert told is not None and abs(told - volatility) < CLOSE, row
            found += 1
    assert found > 15


@pytest.mark.parametrize(("right", "style", "spot", "days", "price"), [
    ("call", "european", "120", 45, "20"),      # less than a forward is worth
    ("call", "european", "120", 45, "120"),     # as much as the share itself
    ("call", "american", "100", 45, "0"),
    ("call", "american", "100", 45, "-1"),
    ("call", "american", "100", 0, "1"),        # it has expired
    ("put", "american", "80", 45, "20"),        # its payoff: any small volatility gives that
    ("put", "american", "80", 45, "19.99"),
    ("put", "american", "80", 45, "101"),
])
def test_a_price_that_no_single_volatility_gives_has_none(
    right: str, style: str, spot: str, days: int, price: str
) -> None:
    told = pricing.implied_volatility(
        an_option(right, style), conditions(spot, days), Decimal(price)
    )
    assert told is None


@given(
    right=st.sampled_from(["call", "put"]), spot=st.decimals("20", "500", places=2),
    days=st.integers(1, 800), rate=st.decimals("0", "0.1", places=3),
    volatility=st.decimals("0.03", "2.5", places=3),
)
def test_parity_holds_and_prices_stay_within_what_arbitrage_allows(
    right: str, spot: Decimal, days: int, rate: Decimal, volatility: Decimal
) -> None:
    under = conditions(str(spot), days, str(rate), "0.02")
    call = pricing.value(an_option("call"), under, volatility)
    put = pricing.value(an_option("put"), under, volatility)
    share = spot * (-Decimal("0.02") * under.years).exp()
    assert abs(call.price - put.price - share + 100 * (-rate * under.years).exp()) < CLOSE
    assert abs(call.delta - put.delta - share / spot) < CLOSE
    assert 0 <= call.price <= spot and 0 <= put.price <= 100


@settings(max_examples=30, deadline=None)
@given(
    right=st.sampled_from(["call", "put"]), spot=st.integers(60, 160), days=st.integers(1, 700),
    dividend=st.sampled_from(["0", "0.03", "0.12"]), volatility=st.decimals("0.02", "2", places=2),
)
def test_the_right_to_exercise_early_is_never_worth_less_than_nothing(
    right: str, spot: int, days: int, dividend: str, volatility: Decimal
) -> None:
    under = conditions(str(spot), days, "0.05", dividend)
    early = pricing.value(an_option(right, "american"), under, volatility)
    late = pricing.value(an_option(right), under, volatility)
    assert early.price >= late.price - CLOSE
    assert early.price >= (1 if right == "call" else -1) * (spot - 100)


@settings(max_examples=40, deadline=None)
@example(right="put", style="american", spot=174, days=678, price=Decimal("95.38"))
@example(right="call", style="american", spot=101, days=1, price=Decimal("1.01"))
@given(
    right=st.sampled_from(["call", "put"]), style=st.sampled_from(["european", "american"]),
    spot=st.integers(30, 300), days=st.integers(1, 800), price=st.decimals("0.01", "150", places=2),
)
def test_whatever_the_price_a_volatility_gives_it_again_or_there_is_none(
    right: str, style: str, spot: int, days: int, price: Decimal
) -> None:
    option, under = an_option(right, style), conditions(str(spot), days, dividend="0.02")
    volatility = pricing.implied_volatility(option, under, price)
    if volatility is not None:
        assert abs(pricing.value(option, under, volatility).price - price) < CLOSE
    else:
        low, high = (pricing.value(option, under, Decimal(v)).price for v in ("0.001", "5"))
        assert not low < price < high


@pytest.mark.parametrize("volatility", ["0.001", "0.002", "0.005", "0.01", "0.02"])
def test_a_quiet_market_is_worth_the_better_of_now_and_later(volatility: str) -> None:
    quiet = Decimal(volatility)
    for spot in range(80, 121, 2):
        under = conditions(str(spot), 7, dividend="0.08")
        early = pricing.value(an_option("put", "american"), under, quiet).price
        late = pricing.value(an_option("put"), under, quiet).price
        assert max(late, Decimal(100 - spot)) - CLOSE <= early <= max(
            late, Decimal(100 - spot), Decimal(0)
        ) + Decimal("0.02")


def test_an_option_that_has_expired_is_worth_its_payoff() -> None:
    told = pricing.value(an_option("put"), conditions("90", 0), Decimal("0.2"))
    assert told == Greeks(price=Decimal(10), delta=Decimal(-1))
    told = pricing.value(an_option("call"), conditions("90", 0), Decimal("0.2"))
    assert told == Greeks()


def test_the_chance_of_ending_below_a_price_is_that_of_the_formula() -> None:
    under = conditions(days=365, rate="0.03", dividend="0.01")
    # Phi of (ln(110/100) - 0.02 + 0.02) / 0.2 = Phi(0.476551), from any table of the normal.
    told = pricing.chance_below(Decimal(110), under, Decimal("0.2"))
    assert abs(told - Decimal("0.683159")) < Decimal("0.00001")
    assert pricing.chance_below(Decimal(0), under, Decimal("0.2")) == 0


def test_the_rank_of_volatility_lies_between_its_least_and_its_most() -> None:
    year = [Decimal(n) / 100 for n in range(10, 51)]
    assert pricing.iv_rank(year, Decimal("0.30")) == Decimal("0.5")
    assert pricing.iv_rank(year, Decimal("0.90")) == 1
    assert pricing.iv_rank(year, Decimal("0.05")) == 0


def test_a_short_or_flat_history_gives_no_rank() -> None:
    assert pricing.iv_rank([Decimal("0.2"), Decimal("0.3")], Decimal("0.25")) is None
    assert pricing.iv_rank([Decimal("0.2")] * 252, Decimal("0.2")) is None


def test_years_are_calendar_time_and_never_negative() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert pricing.years_between(noon, noon + timedelta(days=73)) == Decimal("0.2")
    assert pricing.years_between(noon, noon - timedelta(days=1)) == 0
