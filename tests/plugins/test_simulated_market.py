"""Is the simulated market the same for everyone who asks, and does it behave like a market?"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import log, sqrt
from statistics import correlation, fmean, pstdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plugins.playing import CALENDARS, FixedClock, Heard, a_site, known_at, play

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import AssetClass
from tradebot.plugins.market_data.paths import UnitPath, minute_weights
from tradebot.plugins.market_data.simulated import SimulatedMarket, SimulatedSettings
from tradebot.ports import Clock, MarketEvent, Session
from tradebot.shell.clock import LoopClock
from tradebot.shell.sim_loop import SimLoop

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OPEN = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)  # a Tuesday
POST_CLOSE = datetime(2026, 11, 25, 1, tzinfo=UTC)
NEXT_PRE_OPEN = datetime(2026, 11, 25, 9, tzinfo=UTC)
XNYS = CALENDARS["XNYS"]


def a_market(
    clock: Clock | datetime = OPEN, until: datetime | None = None, **changes: Any
) -> SimulatedMarket:
    """Make a market of SPY that quotes every ten seconds, at a time or on a clock."""
    terms = {"symbols": ("SPY",), "seed": 7, "interval_s": Decimal(10), **changes}
    return SimulatedMarket(
        SimulatedSettings(**terms),
        a_site(FixedClock(clock) if isinstance(clock, datetime) else clock, until),
    )


def played(start: datetime = OPEN, span: timedelta = 5 * MINUTE, **changes: Any) -> Heard:
    return play(lambda clock: a_market(clock, start + span, **changes), start)[1]


def session_of(at: datetime, calendar: str = "XNYS") -> Session:
    session = CALENDARS[calendar].session_at(at)
    assert session is not None
    return session


def a_days_bars(day: date, symbol: str = "SPY", **changes: Any) -> list[Bar]:
    """Return the bars of the trading hours of a day."""
    session = XNYS.session_on(day)
    assert session is not None
    market = a_market(session.closes, symbols=(symbol,), interval_s=Decimal(30), **changes)
    return list(market.history(symbol, (session.closes - session.opens) // MINUTE))


def some_sessions(count: int) -> list[Session]:
    days = (date(2026, 3, 2) + number * DAY for number in range(2 * count))
    return [session for day in days if (session := XNYS.session_on(day))][:count]


# The same market for everyone


def test_a_run_that_begins_later_hears_the_rest_of_the_same_market() -> None:
    whole = played(OPEN - MINUTE, 8 * MINUTE, symbols=("SPY", "IBM")).told
    for seconds in (0, 1, 10, 59, 60, 61, 305):
        begin = OPEN + timedelta(seconds=seconds)
        rest = played(begin, OPEN + 7 * MINUTE - begin, symbols=("SPY", "IBM")).told
        assert rest == [told for told in whole if known_at(told[1]) >= begin]


def test_other_symbols_change_nothing() -> None:
    alone = played().told
    among = played(symbols=("QQQ", "BTC-USD", "SPY", "ZZZ")).told
    assert alone == [told for told in among if told[1].symbol == "SPY"]


def test_every_process_makes_the_same_market() -> None:
    code = (
        "from tests.plugins.test_simulated_market import played;"
        "print(*(played(symbols=('SPY', 'BTC-USD', 'XYZ')).told), sep='\\n')"
    )
    told = {
        subprocess.run(
            (sys.executable, "-c", code), capture_output=True, text=True, check=True, timeout=60,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert len(told.pop().splitlines()) == 3 * (31 + 6)


def test_another_seed_makes_another_market() -> None:
    assert played().quotes != played(seed=8).quotes


def test_a_feed_that_failed_goes_on_with_the_next_event() -> None:
    heard: list[MarketEvent] = []

    class Broken(Exception):
        pass

    def listener(event: MarketEvent) -> None:
        heard.append(event)
        if len(heard) in (1, 7, 20):
            raise Broken

    async def run() -> None:
        market = a_market(LoopClock(OPEN, asyncio.get_running_loop()), OPEN + 5 * MINUTE)
        market.subscribe(("SPY",), listener)
        for _ in range(3):
            with pytest.raises(Broken):
                await market.run()
        await market.run()

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(run())
    assert heard == [event for _, event in played().told]


# Nothing from the future


@settings(max_examples=20, deadline=None)
@given(
    offset_s=st.integers(-90_000, 90_000),
    symbols=st.sets(st.sampled_from(("SPY", "IBM", "BTC-USD", "EUR-USD")), min_size=1),
)
def test_every_event_comes_at_its_time_and_in_order(offset_s: int, symbols: set[str]) -> None:
    start = OPEN + timedelta(seconds=offset_s)
    told = played(start, 3 * MINUTE, symbols=tuple(symbols), interval_s=Decimal(20)).told
    assert all(now == known_at(event) for now, event in told)
    order = [(known_at(e), e.symbol, isinstance(e, Quote)) for _, e in told]
    assert order == sorted(order)


@settings(max_examples=25, deadline=None)
@given(offset_s=st.integers(0, 86_400))
def test_history_and_last_know_nothing_later_than_now(offset_s: int) -> None:
    now = OPEN + timedelta(seconds=offset_s)
    market = a_market(now)
    bars = market.history("SPY", 30)
    assert len(bars) == 30
    assert bars[-1].end <= now
    assert all(a.end <= b.start for a, b in pairwise(bars))
    if XNYS.session_at(now) is not None:
        last = market.last("SPY")
        assert last is not None
        assert now - timedelta(seconds=10) < last.as_of <= now


def test_last_is_the_quote_that_listeners_are_told_of() -> None:
    agreed: list[bool] = []

    async def run() -> None:
        market = a_market(LoopClock(OPEN, asyncio.get_running_loop()), OPEN + MINUTE)
        market.subscribe(("SPY",), lambda event: agreed.append(
            isinstance(event, Bar) or market.last("SPY") is event
        ))
        await market.run()

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(run())
    assert agreed == [True] * 9  # with the bar that ends at the first instant


# History


def test_history_is_what_was_delivered() -> None:
    bars = played(OPEN - 3 * MINUTE, 8 * MINUTE).bars
    assert list(a_market(OPEN + 5 * MINUTE).history("SPY", len(bars))) == bars


def test_history_reaches_back_over_the_night_and_the_weekend() -> None:
    monday = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)  # ten minutes of pre-market
    bars = a_market(monday).history("SPY", 25)
    assert [bar.end for bar in bars[-10:]] == [monday - (9 - n) * MINUTE for n in range(10)]
    assert bars[14].end == datetime(2026, 11, 21, 1, tzinfo=UTC)  # Friday, 20:00 in New York


def test_a_market_around_the_clock_has_a_history_without_holes() -> None:
    midnight = datetime(2026, 11, 24, 0, 3, tzinfo=UTC)
    bars = a_market(midnight, symbols=("BTC-USD",)).history("BTC-USD", 10)
    assert [bar.end for bar in bars] == [midnight - (9 - n) * MINUTE for n in range(10)]


@pytest.mark.parametrize(("symbol", "count"), [("SPY", 0), ("SPY", -3), ("NOPE", 5)])
def test_a_history_of_nothing_is_empty(symbol: str, count: int) -> None:
    assert list(a_market().history(symbol, count)) == []


# Bars and quotes


def test_a_bar_sums_up_the_mids_of_its_minute() -> None:
    heard = played()
    for bar in heard.bars[1:]:
        mids = [quote.mid for quote in heard.quotes if bar.start <= quote.as_of < bar.end]
        assert len(mids) == 6
        assert (bar.open, bar.close) == (mids[0], mids[-1])
        assert (bar.high, bar.low) == (max(mids), min(mids))
        assert bar.volume > 0


@pytest.mark.parametrize("symbol", ["SPY", "PENNY", "BTC-USD", "EUR-USD", "USD-JPY"])
def test_quotes_are_never_crossed_and_on_the_tick(symbol: str) -> None:
    (instrument,) = a_market(symbols=(symbol,)).instruments()
    quotes = played(symbols=(symbol,)).quotes
    assert quotes
    for quote in quotes:
        assert 0 < quote.bid < quote.ask
        assert quote.bid % instrument.tick_size == quote.ask % instrument.tick_size == 0
        assert quote.bid_size > 0 < quote.ask_size
        assert quote.bid_size % instrument.lot_size == 0


def test_spreads_are_as_wide_as_set_and_wider_before_the_open() -> None:
    def mean_bps(start: datetime) -> float:
        quotes = played(start, 20 * MINUTE, spread_bps=Decimal(3)).quotes
        return fmean(float((quote.ask - quote.bid) / quote.mid) for quote in quotes) * 10_000

    assert mean_bps(OPEN + MINUTE) == pytest.approx(3, rel=0.1)
    assert mean_bps(OPEN - 30 * MINUTE) == pytest.approx(12, rel=0.1)


def test_between_sessions_nothing_is_quoted() -> None:
    told = played(POST_CLOSE - MINUTE, NEXT_PRE_OPEN - POST_CLOSE + 2 * MINUTE).told
    times = [known_at(event) for _, event in told]
    assert min(times) == POST_CLOSE - MINUTE
    assert not [at for at in times if POST_CLOSE < at < NEXT_PRE_OPEN]
    assert POST_CLOSE in times  # the last bar
    assert NEXT_PRE_OPEN in times


def test_while_the_market_is_shut_there_is_no_quote_but_a_history() -> None:
    market = a_market(POST_CLOSE + 60 * MINUTE)
    assert market.last("SPY") is None
    assert market.history("SPY", 1)[0].end == POST_CLOSE


# Does it move like a market?


def returns(bars: Sequence[Bar]) -> list[float]:
    return [log(b.close / a.close) for a, b in pairwise(bars)]


def test_symbols_move_together_and_apart() -> None:
    spy, qqq, ibm = (returns(a_days_bars(date(2026, 11, 24), name)) for name in (
        "SPY", "QQQ", "IBM"
    ))
    assert 0.8 < correlation(spy, qqq) < 0.99
    assert 0.3 < correlation(spy, ibm) < 0.8
    assert correlation(spy, qqq) > correlation(ibm, qqq)


def test_a_year_moves_as_much_as_the_habit_says() -> None:
    clock, closes = FixedClock(OPEN), list[Bar]()
    market = a_market(clock, interval_s=Decimal(60))
    for session in some_sessions(250):
        clock.at = session.closes
        closes += market.history("SPY", 1)
    habit = sqrt(0.0090**2 + 0.0012**2)
    assert pstdev(returns(closes)) == pytest.approx(habit, rel=0.15)
    assert 0.4 < float(closes[-1].close / closes[0].close) < 2.5


def test_the_open_and_the_close_are_busier_than_noon() -> None:
    days = [returns(a_days_bars(session.day)) for session in some_sessions(8)]

    def moved(begin: int, end: int) -> float:
        return sqrt(fmean(move**2 for day in days for move in day[begin:end]))

    opens, noon, closes = moved(0, 20), moved(180, 240), moved(-20, 389)
    assert opens > 1.5 * noon
    assert closes > 1.2 * noon
    assert opens > closes


def test_before_the_open_little_moves() -> None:
    mornings = [
        a_market(session.opens, interval_s=Decimal(30)).history("SPY", 300)
        for session in some_sessions(8)
    ]
    moved = sqrt(fmean(move**2 for bars in mornings for move in returns(bars)))
    days = [a_days_bars(session.day) for session in some_sessions(8)]
    assert moved < 0.6 * sqrt(fmean(move**2 for bars in days for move in returns(bars)))


def test_the_night_moves_the_price_less_than_the_day_but_moves_it() -> None:
    path = UnitPath(7, "some path", steps=1, gap=0.25)
    levels = [(session.day, path.boundaries(session)) for session in some_sessions(250)]
    nights = [b[0] - a[-1] for (day, a), (then, b) in pairwise(levels) if then - day == DAY]
    weekends = [b[0] - a[-1] for (day, a), (then, b) in pairwise(levels) if then - day > DAY]
    days = [level[-1] - level[0] for _, level in levels]
    assert pstdev(nights) == pytest.approx(0.5, rel=0.15)
    assert pstdev(days) == pytest.approx(sqrt(0.75), rel=0.15)
    assert pstdev(nights) < pstdev(weekends) < pstdev(days)


@pytest.mark.parametrize(("calendar", "at"), [
    ("XNYS", OPEN), ("24/7", OPEN), ("XNYS", datetime(2026, 11, 27, 16, tzinfo=UTC)),
])
def test_a_sessions_minutes_share_its_variance(calendar: str, at: datetime) -> None:
    assert sum(minute_weights(session_of(at, calendar))) == pytest.approx(1)


def test_a_minute_begins_where_the_last_one_led() -> None:
    path, session = UnitPath(7, "some path", steps=600, gap=0.25), session_of(OPEN)
    boundaries = path.boundaries(session)
    for index in (0, 1, 329, 330, 959):
        minute = path.minute(session, index)
        assert minute[0] == boundaries[index]
        assert minute[-1] == pytest.approx(boundaries[index + 1], abs=0.02)


# What trades


def test_names_tell_what_trades_and_in_which_steps() -> None:
    symbols = ("SPY", "IBM", "BTC-USD", "EUR/USD", "USD-JPY")
    spy, ibm, coin, euro, yen = a_market(symbols=symbols).instruments()
    assert spy.is_fund
    assert not ibm.is_fund
    assert (spy.calendar, spy.tick_size, spy.lot_size) == ("XNYS", Decimal("0.01"), 1)
    assert (coin.asset_class, coin.calendar, coin.currency) == (AssetClass.CRYPTO, "24/7", "USD")
    assert (coin.tick_size, coin.lot_size) == (Decimal("0.01"), Decimal("0.00000001"))
    assert (euro.asset_class, euro.calendar) == (AssetClass.FX, "24/5")
    assert (euro.tick_size, yen.tick_size) == (Decimal("0.00001"), Decimal("0.001"))
    assert yen.currency == "JPY"


def test_the_settings_say_what_a_name_does_not() -> None:
    kinds = {"DOGEUSD": AssetClass.CRYPTO}
    (coin,) = a_market(symbols=("DOGEUSD",), asset_classes=kinds).instruments()
    assert coin.asset_class is AssetClass.CRYPTO


@pytest.mark.parametrize("changes", [
    {"symbols": ("spy",)}, {"symbols": ("SPY", "\u0391\u0391")}, {"interval_s": Decimal(7)},
    {"interval_s": Decimal(0)}, {"interval_s": Decimal("0.0007")},
    {"asset_classes": {"SPY": AssetClass.OPTION}},
])
def test_what_cannot_be_played_is_refused_at_the_start(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"symbols: expected|no simple quotes|interval_s"):
        a_market(**changes)


def test_a_symbol_named_twice_is_quoted_once() -> None:
    assert played(symbols=("SPY", "SPY")).told == played().told
