"""Do the simulated options make a market in which nobody earns money for nothing?"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import exp, sqrt
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plugins.test_simulated_market import DAY, MINUTE, OPEN, XNYS, a_market, session_of

from tradebot.core.model.chain import Chain, Expiry, Listed
from tradebot.core.model.instrument import ExerciseStyle, Instrument, Right, parse_occ
from tradebot.core.model.naming import instrument_of
from tradebot.core.options import pricing
from tradebot.core.options.pricing import Conditions
from tradebot.plugins.market_data.listing import habit_of
from tradebot.plugins.market_data.surface import Surface
from tradebot.ports import OptionData

TICK: Final = Decimal("0.01")
NOON: Final = OPEN + timedelta(hours=2, minutes=30)
NEAR_MONEY: Final = "SPY261218C00655000"
SEEDS: Final = st.integers(0, 10_000)
SYMBOLS: Final = st.sampled_from(("SPY", "IBM", "TLT", "TSLA", "XYZ"))


def a_chain(at: datetime = NOON, symbol: str = "SPY", seed: int = 7) -> Chain:
    found = a_market(at, symbols=(symbol,), seed=seed).chain(symbol)
    assert found is not None
    return found


def side(expiry: Expiry, right: Right) -> list[Listed]:
    return [one for one in expiry.options if one.option.right is right]


def by_strike(expiry: Expiry, right: Right) -> dict[Decimal | None, Decimal]:
    return {one.option.strike: one.mid for one in side(expiry, right)}


def under(chain: Chain, expiry: Expiry) -> Conditions:
    return Conditions(spot=chain.spot, years=pricing.years_between(chain.as_of, expiry.ends))


def volatility(chain: Chain, expiry: Expiry, one: Listed) -> Decimal | None:
    return pricing.implied_volatility(one.option, under(chain, expiry), one.mid)


def away(chain: Chain, one: Listed) -> Decimal:
    return abs((one.option.strike or Decimal(0)) / chain.spot - 1)


def any_times() -> st.SearchStrategy[datetime]:
    """Choose instants of sessions, before, in and after the trading hours."""
    sessions = [
        session for n in range(400) if (session := XNYS.session_on(date(2026, 1, 2) + n * DAY))
    ]
    return st.builds(
        lambda session, part: session.pre_opens + part * (session.post_closes - session.pre_opens),
        st.sampled_from(sessions), st.floats(0, 0.999),
    )


# The same market for everyone


def test_the_chain_of_a_seed_is_always_the_same() -> None:
    chain = a_chain()
    assert (chain.spot, chain.as_of) == (Decimal("650.06"), NOON)
    told = {
        one.option.symbol: (one.bid, one.ask, one.open_interest, one.volume)
        for expiry in chain.expiries for one in expiry.options
    }
    assert {name: tuple(map(str, told[name])) for name in (
        "SPY261127P00600000", NEAR_MONEY, "SPY270115C00700000", "SPY271119P00500000",
    )} == {
        "SPY261127P00600000": ("0.11", "0.13", "10959", "612"),
        NEAR_MONEY: ("13.24", "13.36", "11492", "813"),
        "SPY270115C00700000": ("3.46", "3.64", "32303", "3675"),
        "SPY271119P00500000": ("8.55", "8.79", "5328", "393"),
    }


def test_the_volatilities_of_a_seed_are_always_the_same() -> None:
    told = a_market(NOON).implied_volatilities("SPY", 3)
    assert list(map(str, told)) == ["0.209216", "0.197134", "0.242136"]


def test_a_chain_does_not_depend_on_when_it_was_first_asked_for() -> None:
    market = a_market(NOON)
    market.chain("SPY")
    clock_later = a_market(NOON + DAY)
    assert market.chain("SPY") == a_chain()
    assert clock_later.chain("SPY") == a_chain(NOON + DAY)


def test_what_is_asked_alone_costs_what_it_costs_in_the_chain() -> None:
    at = NOON + timedelta(seconds=25)
    market, chain = a_market(at), a_chain(at)
    assert chain.as_of == at - timedelta(seconds=5)
    for expiry in chain.expiries[:: len(chain.expiries) - 1]:
        for one in expiry.options[::17]:
            quote = market.last(one.option.symbol)
            assert quote is not None
            assert (quote.bid, quote.ask, quote.as_of) == (one.bid, one.ask, chain.as_of)


def test_the_market_offers_options() -> None:
    assert isinstance(a_market(), OptionData)


# Nothing for nothing


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, symbol=SYMBOLS, at=any_times())
def test_no_portfolio_of_neighbours_earns_money_for_nothing(
    seed: int, symbol: str, at: datetime
) -> None:
    chain = a_chain(at, symbol, seed)
    for expiry in chain.expiries:
        calls, puts = (by_strike(expiry, right) for right in (Right.CALL, Right.PUT))
        assert all(low >= high for low, high in pairwise(calls.values()))
        assert all(low <= high for low, high in pairwise(puts.values()))
        for prices in (list(calls.values()), list(puts.values())):
            wings = zip(prices, prices[1:], prices[2:], strict=False)
            assert all(a - 2 * b + c >= -2 * TICK for a, b, c in wings)  # each is rounded
        for strike, call in calls.items():
            assert strike is not None
            assert abs(call - puts[strike] - (chain.spot - strike)) <= TICK
    for near, far in pairwise(chain.expiries):
        assert all(
            by_strike(near, right)[strike] <= price + TICK / 2
            for right in Right for strike, price in by_strike(far, right).items()
        )


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, symbol=SYMBOLS, n=st.integers(0, 4000), days=st.integers(1, 400))
def test_the_surface_itself_allows_no_butterfly_or_calendar_below_nothing(
    seed: int, symbol: str, n: int, days: int
) -> None:
    surface = Surface(symbol, habit_of(instrument_of(symbol), seed), seed)
    day = date(2020, 1, 1) + n * DAY
    variances = [
        [surface.smile(day, length / 365).variance(place / 50) for place in range(-40, 41)]
        for length in (days, days * 1.1)
    ]
    assert all(near <= far for near, far in zip(*variances, strict=True))
    calls = [
        price_of(exp(place / 50), sqrt(variance))
        for place, variance in zip(range(-40, 41), variances[0], strict=True)
    ]
    for (a, low), (b, mid), (c, high) in zip(calls, calls[1:], calls[2:], strict=False):
        part = (c - b) / (c - a)
        assert part * low + (1 - part) * high - mid >= -1e-11


def price_of(strike: float, deviation: float) -> tuple[float, float]:
    """Price a call on a share at 1 by the desk's own formula."""
    option = Instrument(
        symbol="X", right=Right.CALL, strike=Decimal(str(strike)),
        exercise_style=ExerciseStyle.EUROPEAN,
    )
    terms = Conditions(spot=Decimal(1), years=Decimal(1))
    return strike, float(pricing.value(option, terms, Decimal(str(deviation))).price)


def test_the_desk_reads_from_the_quotes_the_volatility_that_made_them() -> None:
    surface = Surface("SPY", habit_of(instrument_of("SPY"), 7), 7)
    chain, read = a_chain(), 0
    for expiry in chain.expiries:
        for one in expiry.options:
            until = under(chain, expiry)
            strike, found = one.option.strike, volatility(chain, expiry, one)
            if strike is None or found is None or one.bid == 0:
                continue
            place = float((strike / chain.spot).ln())
            smile = surface.smile(chain.as_of.date(), float(until.years))
            made = sqrt(smile.variance(place) / float(until.years))
            a_point = pricing.value(one.option, until, found).vega
            if a_point > TICK:
                assert abs(float(found) - made) < 0.01 * float(TICK / a_point)
                read += 1
    assert read > 1500


# What it looks like


def test_low_strikes_and_troubled_times_cost_more() -> None:
    chain = a_chain()
    month = chain.expiries[4]
    puts = {
        round(float((one.option.strike or 0) / chain.spot), 2): volatility(chain, month, one)
        for one in side(month, Right.PUT) if away(chain, one) < Decimal("0.11")
    }
    steep = [float(puts[place] or 0) for place in (0.9, 0.95, 1.0, 1.05)]
    assert steep == sorted(steep, reverse=True)
    assert 1.2 < steep[0] / steep[2] < 1.8


def test_volatility_returns_to_the_usual_with_the_days_and_with_the_expiries() -> None:
    surface = Surface("SPY", habit_of(instrument_of("SPY"), 7), 7)
    days = [date(2020, 1, 1) + n * DAY for n in range(2500)]
    now = [surface.smile(day, 1 / 365).at_the_money * 365 for day in days]
    later = [surface.smile(day, 1.0).at_the_money for day in days]
    calm, wild = now.index(min(now)), now.index(max(now))
    assert now[calm] < later[calm] < later[wild] < now[wild]
    assert sqrt(now[wild] / now[calm]) > 4
    assert 0.08 < sqrt(sum(now) / len(now)) < 0.25


def test_the_rank_of_volatility_has_a_history() -> None:
    history = a_market(NOON).implied_volatilities("SPY", 252)
    assert len(history) == 252
    assert all(Decimal("0.05") < one < Decimal("0.8") for one in history)
    rank = pricing.iv_rank(history, history[-1])
    assert rank is not None
    assert 0 < rank < 1


def test_a_sessions_volatility_is_told_when_the_session_is_over() -> None:
    session = session_of(OPEN)
    before = a_market(session.post_closes - MINUTE).implied_volatilities("SPY", 9)
    after = a_market(session.post_closes).implied_volatilities("SPY", 9)
    assert before[1:] == after[:-1]
    assert a_market(NOON).implied_volatilities("SPY", 8) == before[1:]


def test_markets_are_wider_away_from_the_money_and_outside_the_hours() -> None:
    def mean_width(chain: Chain, least: str, most: str) -> Decimal:
        month = chain.expiries[4]
        found = [
            (one.ask - one.bid) / one.mid for one in side(month, Right.CALL)
            if Decimal(least) <= (one.option.strike or 0) / chain.spot - 1 < Decimal(most)
        ]
        return sum(found, Decimal(0)) / len(found)

    open_now, early = a_chain(OPEN + MINUTE), a_chain(OPEN - MINUTE)
    assert mean_width(open_now, "0.06", "0.10") > 3 * mean_width(open_now, "-0.01", "0.02")
    assert mean_width(early, "-0.01", "0.02") > 2 * mean_width(open_now, "-0.01", "0.02")


def test_most_is_open_and_traded_at_the_money_and_nothing_before_the_open() -> None:
    chain, early = a_chain(), a_chain(OPEN - MINUTE)
    month = chain.expiries[4]

    def count(least: str, most: str) -> Decimal:
        found = [
            one.open_interest or Decimal(0) for one in month.options
            if Decimal(least) <= away(chain, one) < Decimal(most)
        ]
        return sum(found, Decimal(0)) / len(found)

    assert count("0", "0.05") > 3 * count("0.15", "0.2") > 0
    assert sum(one.volume or 0 for one in month.options) > 1000
    assert not any(one.volume for expiry in early.expiries for one in expiry.options)


def test_some_options_trade_too_little_for_the_desk() -> None:
    for symbol in ("SPY", "IBM"):
        found = Counter(
            (one.open_interest or 0) >= 500
            for expiry in a_chain(symbol=symbol).expiries for one in expiry.options
        )
        assert min(found[True], found[False]) > 200


# What is listed


def test_the_next_fridays_and_the_third_fridays_of_a_year_are_listed() -> None:
    days = [expiry.day for expiry in a_chain().expiries]
    assert list(map(str, days)) == [
        "2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18", "2026-12-24", "2026-12-31",
        "2027-01-08", "2027-01-15", "2027-02-19", "2027-03-19", "2027-04-16", "2027-05-21",
        "2027-06-17", "2027-07-16", "2027-08-20", "2027-09-17", "2027-10-15", "2027-11-19",
    ]  # Christmas, New Year and Juneteenth are Fridays then: what ended on them ends a day before


def test_options_end_when_the_session_of_their_day_does() -> None:
    first, second = a_chain().expiries[:2]
    assert first.ends == datetime(2026, 11, 27, 18, tzinfo=UTC)  # the day after Thanksgiving
    assert second.ends == datetime(2026, 12, 4, 21, tzinfo=UTC)


def test_on_its_last_day_an_option_is_listed_until_it_ends() -> None:
    ends = datetime(2026, 11, 27, 18, tzinfo=UTC)
    assert a_chain(ends - MINUTE).expiries[0].ends == ends
    assert a_chain(ends).expiries[0].day == date(2026, 12, 4)


def test_strikes_stand_in_steps_around_the_price() -> None:
    for symbol, step in (("SPY", 5), ("IBM", Decimal("2.5")), ("TLT", 1)):
        chain = a_chain(symbol=symbol)
        strikes = [one.option.strike or Decimal(0) for one in side(chain.expiries[0], Right.PUT)]
        assert {high - low for low, high in pairwise(strikes)} == {Decimal(step)}
        assert strikes[0] == pytest.approx(chain.spot * Decimal("0.65"), rel=Decimal("0.03"))
        assert strikes[-1] == pytest.approx(chain.spot * Decimal("1.35"), rel=Decimal("0.03"))


def test_an_option_of_the_chain_is_what_its_symbol_says() -> None:
    for expiry in a_chain().expiries:
        for one in expiry.options:
            assert parse_occ(one.option.symbol) == one.option


def test_coins_and_shares_that_the_settings_leave_out_have_no_options() -> None:
    market = a_market(NOON, symbols=("SPY", "IBM", "BTC-USD"), options=("IBM",))
    assert market.chain("SPY") is market.chain("BTC-USD") is market.chain("NOPE") is None
    assert market.chain("IBM") is not None
    assert market.last(NEAR_MONEY) is None
    assert not market.implied_volatilities("SPY", 5)


@pytest.mark.parametrize("wanted", ["QQQ", "BTC-USD"])
def test_options_on_what_has_none_are_refused_at_the_start(wanted: str) -> None:
    with pytest.raises(ValueError, match=rf"options: expected shares .*\(SPY\), got {wanted}"):
        a_market(symbols=("SPY", "BTC-USD"), options=(wanted,))


def test_at_night_the_chain_is_that_of_the_last_session() -> None:
    session = session_of(OPEN)
    night = a_chain(session.post_closes + 90 * MINUTE)
    assert night.as_of == session.post_closes - timedelta(seconds=10)
    assert night == a_chain(session.post_closes - timedelta(seconds=1))
