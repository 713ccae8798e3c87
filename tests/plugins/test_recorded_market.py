"""Is a recorded market played as it was: exact prices, right times, nothing from the future?"""

import asyncio
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from tests.plugins.playing import known_at, play
from tests.plugins.recordings import (
    OPEN_MS,
    a_market,
    played,
    quote,
    trade,
    two_days,
    utc,
    zipped,
)

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import AssetClass
from tradebot.plugins.market_data.recording import RecordingDamaged
from tradebot.ports import MarketEvent
from tradebot.shell.clock import LoopClock
from tradebot.shell.sim_loop import SimLoop

HOW = "market_data.path or TRADEBOT_MARKET_DATA__PATH"


# The LEAN layout


def test_a_minute_is_told_when_it_ended_and_in_new_yorks_time(tmp_path: Path) -> None:
    told = played(two_days(tmp_path)).told
    assert [now for now, _ in told] == [known_at(event) for _, event in told]
    assert [now for now, event in told if isinstance(event, Quote)] == [
        utc(text) for text in (
            "2013-10-07T13:31", "2013-10-07T13:32", "2013-10-08T13:31", "2013-10-08T13:32",
        )
    ]
    bar = next(event for _, event in told if isinstance(event, Bar))
    assert (bar.start, bar.end) == (utc("2013-10-07T13:30"), utc("2013-10-07T13:31"))


def test_in_winter_new_york_is_an_hour_further_from_utc(tmp_path: Path) -> None:
    zipped(tmp_path, "equity/usa/spy/20131104_trade", trade(OPEN_MS))
    (bar,) = played(tmp_path, "2013-11-04T08:00").bars
    assert bar.start == utc("2013-11-04T14:30")


@pytest.mark.parametrize(("day", "hour", "start"), [
    ("20131103", 0, "2013-11-03T04:00"), ("20131103", 10, "2013-11-03T15:00"),
    ("20140309", 0, "2014-03-09T05:00"), ("20140309", 10, "2014-03-09T14:00"),
])
def test_on_the_day_on_which_the_clocks_turn_each_hour_is_right(
    tmp_path: Path, day: str, hour: int, start: str
) -> None:
    zipped(tmp_path, f"equity/usa/spy/{day}_trade", trade(hour * 3_600_000))
    (bar,) = played(tmp_path, f"{start[:10]}T00:00").bars
    assert bar.start == utc(start)


def test_prices_are_exact_to_the_ten_thousandth(tmp_path: Path) -> None:
    zipped(tmp_path, "equity/usa/spy/20131007_trade",
           trade(OPEN_MS, "1674101,1674199,16700,1672733", 3197))
    zipped(tmp_path, "equity/usa/spy/20131007_quote",
           f"{OPEN_MS},1,2,3,1672701,300,4,5,6,1680009,20000")
    heard = played(tmp_path)
    (bar,), (told,) = heard.bars, heard.quotes
    assert [str(price) for price in (bar.open, bar.high, bar.low, bar.close)] == [
        "167.4101", "167.4199", "1.6700", "167.2733",
    ]
    assert bar.volume == 3197
    assert (str(told.bid), str(told.ask)) == ("167.2701", "168.0009")
    assert (told.bid_size, told.ask_size) == (300, 20_000)


def test_a_side_that_is_not_told_stands_as_it_was(tmp_path: Path) -> None:
    zipped(tmp_path, "equity/usa/spy/20131007_quote",
           quote(OPEN_MS, bid=""), quote(OPEN_MS + 60_000, ask=""),
           quote(OPEN_MS + 120_000, bid="", ask=1_000_300))
    assert [(told.as_of, told.bid, told.ask) for told in played(tmp_path).quotes] == [
        (utc("2013-10-07T13:32"), Decimal(100), Decimal("100.01")),
        (utc("2013-10-07T13:33"), Decimal(100), Decimal("100.03")),
    ]  # until both are known there is no quote


def test_at_one_time_symbols_come_in_order_each_bar_before_its_quote(tmp_path: Path) -> None:
    told = played(two_days(tmp_path), until="2013-10-07T13:31", symbols=("SPY", "IBM")).told
    assert [(event.symbol, type(event)) for _, event in told] == [
        ("IBM", Bar), ("IBM", Quote), ("SPY", Bar), ("SPY", Quote),
    ]


def test_coins_are_recorded_in_utc_and_bars_made_of_their_quotes(tmp_path: Path) -> None:
    row = "60000,10,12,8,11,0.123456789012,11,13,9,12,1.5"
    zipped(tmp_path, "crypto/coinbase/btcusd/20180404_quote", row)
    market, heard = play(
        lambda clock: a_market(tmp_path, clock, symbols=("BTC-USD",)), utc("2018-04-04T00:00")
    )
    (instrument,), (told,), (bar,) = market.instruments(), heard.quotes, heard.bars
    assert (instrument.asset_class, instrument.calendar) == (AssetClass.CRYPTO, "24/7")
    assert (told.bid, told.ask, told.as_of) == (11, 12, utc("2018-04-04T00:02"))
    assert (str(told.bid_size), str(told.ask_size)) == ("0.12345679", "1.5")
    assert [bar.open, bar.high, bar.low, bar.close] == [
        Decimal(price) for price in ("10.5", "12.5", "8.5", "11.5")
    ]
    assert bar.volume == 0


def test_currencies_rest_at_weekends_so_no_day_is_missing(tmp_path: Path) -> None:
    row = "0,1.38001,1.38001,1.38001,1.38001,0,1.38011,1.38011,1.38011,1.38011,0"
    for day in ("20140502", "20140505"):  # Friday and Monday
        zipped(tmp_path, f"forex/oanda/eurusd/{day}_quote", row)
    market = a_market(tmp_path, utc("2014-05-02T00:00"), symbols=("EUR/USD",))
    assert market.instruments()[0].calendar == "24/5"
    assert market.gaps() == ()


# What is known, and when


def test_what_was_recorded_before_the_start_is_history_and_not_told(tmp_path: Path) -> None:
    root = two_days(tmp_path)
    heard = played(root, "2013-10-07T13:32", "2013-10-07T20:00")
    assert [known_at(event) for _, event in heard.told] == [utc("2013-10-07T13:32")] * 2
    market = a_market(root, utc("2013-10-08T13:31:59"))
    assert [bar.end for bar in market.history("SPY", 9)] == [
        utc("2013-10-07T13:31"), utc("2013-10-07T13:32"), utc("2013-10-08T13:31"),
    ]
    assert [bar.end for bar in market.history("SPY", 1)] == [utc("2013-10-08T13:31")]
    last = market.last("SPY")
    assert last is not None
    assert last.as_of == utc("2013-10-08T13:31")


def test_before_the_first_recording_nothing_is_known(tmp_path: Path) -> None:
    market = a_market(two_days(tmp_path), utc("2013-10-07T13:30:59"))
    assert market.last("SPY") is None
    assert list(market.history("SPY", 9)) == []


@pytest.mark.parametrize(("symbol", "count"), [("SPY", 0), ("SPY", -1), ("NOPE", 3)])
def test_a_history_of_nothing_is_empty(tmp_path: Path, symbol: str, count: int) -> None:
    assert not a_market(two_days(tmp_path), utc("2013-10-09T00:00")).history(symbol, count)


def test_it_ends_where_it_should_or_where_the_recordings_do(tmp_path: Path) -> None:
    root = two_days(tmp_path)
    assert len(played(root, until="2013-10-07T13:31").told) == 2
    assert len(played(root, until="2013-10-07T13:30:59").told) == 0
    assert len(played(root, until="2014-01-01T00:00").told) == 8
    assert len(played(root, "2013-10-09T00:00").told) == 0


def test_a_feed_that_failed_goes_on_with_the_next_event(tmp_path: Path) -> None:
    root, heard = two_days(tmp_path), list[MarketEvent]()

    class Broken(Exception):
        pass

    def listener(event: MarketEvent) -> None:
        heard.append(event)
        if len(heard) == 3:
            raise Broken

    async def run() -> None:
        clock = LoopClock(utc("2013-10-07T08:00"), asyncio.get_running_loop())
        market = a_market(root, clock)
        market.subscribe(("SPY",), listener)
        with pytest.raises(Broken):
            await market.run()
        await market.run()

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(run())
    assert heard == [event for _, event in played(root).told]


# What is missing or broken


def test_missing_sessions_are_told(tmp_path: Path) -> None:
    root = two_days(tmp_path)
    zipped(root, "equity/usa/spy/20131011_trade", trade(OPEN_MS))
    symbols = ("SPY", "IBM", "NOPE")
    market = a_market(root, utc("2013-10-07T08:00"), "2013-10-14T21:00", symbols)
    assert [i.symbol for i in market.instruments()] == ["SPY", "IBM"]
    told = [(gap.symbol, gap.first.day, gap.last.day, gap.sessions) for gap in market.gaps()]
    assert told == [
        ("SPY", 9, 10, 2), ("SPY", 14, 14, 1), ("IBM", 8, 14, 5), ("NOPE", 7, 14, 8),
    ]
    assert market.gaps()[0].first == date(2013, 10, 9)


@pytest.mark.parametrize("given", [None, Path(), Path("nowhere")])
def test_without_a_folder_it_says_how_to_give_one(
    tmp_path: Path, given: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=HOW):
        a_market(given, utc("2013-10-07T08:00"))


def test_a_folder_with_nothing_of_the_symbols_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds nothing of NOPE, NADA"):
        a_market(two_days(tmp_path), utc("2013-10-07T08:00"), symbols=("NOPE", "NADA"))


@pytest.mark.parametrize(("rows", "said"), [
    (["1,2,3"], ":1: expected 6 numbers: got 3 fields"),
    ([trade(OPEN_MS), "x,1,1,1,1,1"], ":2: expected 6 numbers"),
    ([trade(OPEN_MS), trade(OPEN_MS), "60000,1,1,1,NaN,1"], ":3: expected 6 numbers"),
    (["60000,1,1,1,-5,1"], ":1: expected 6 numbers"),
    (["60000,1,1,1,1_000,1"], ":1: expected 6 numbers"),
    (["60000,1,1,1,,1"], ":1: expected 6 numbers"),
    (["99999999999999999999,1,1,1,1,1"], ":1: expected 6 numbers"),
])
def test_a_damaged_row_is_told_with_file_and_line(
    tmp_path: Path, rows: list[str], said: str
) -> None:
    zipped(tmp_path, "equity/usa/spy/20131007_trade", *rows)
    with pytest.raises(RecordingDamaged) as told:
        played(tmp_path)
    assert f"20131007_trade.zip{said}" in str(told.value)


def test_a_damaged_zip_is_told_with_its_file(tmp_path: Path) -> None:
    path = zipped(tmp_path, "equity/usa/spy/20131007_trade", trade(OPEN_MS))
    stored = path.read_bytes()
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("a.csv", "\n".join(trade(OPEN_MS + n) for n in range(1000)))
    packed = path.read_bytes()
    for damaged in (
        b"", b"no zip", stored[:40], stored.replace(b"1000000", b"1000001"),
        packed[:60] + bytes(500) + packed[560:], packed[:200] + packed[700:],
    ):
        path.write_bytes(damaged)
        with pytest.raises(RecordingDamaged, match=r"20131007_trade\.zip"):
            played(tmp_path)


def test_an_empty_day_and_a_last_empty_line_harm_nobody(tmp_path: Path) -> None:
    zipped(tmp_path, "equity/usa/spy/20131007_trade")
    zipped(tmp_path, "equity/usa/spy/20131008_trade", trade(OPEN_MS), "")
    assert len(played(tmp_path).bars) == 1


def test_a_name_without_a_date_is_told(tmp_path: Path) -> None:
    zipped(tmp_path, "equity/usa/spy/20139999_trade", trade(OPEN_MS))
    with pytest.raises(RecordingDamaged, match="expected a name such as"):
        a_market(tmp_path, utc("2013-10-07T08:00"))
