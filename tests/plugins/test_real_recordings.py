"""Are real sessions played as they were? Their files are read a second time, by other means."""

import os
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from tests.plugins.playing import CALENDARS
from tests.plugins.recordings import a_market, played, utc

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("TRADEBOT_TEST_DATA", ROOT.parent / "shared" / "data" / "lean"))
MINUTE = timedelta(minutes=1)

needs_data = pytest.mark.skipif(
    not (DATA / "equity").is_dir(),
    reason=f"needs recordings in the LEAN layout: none in {DATA}, nor is TRADEBOT_TEST_DATA set",
)


def rows(symbol: str, day: str, kind: str) -> list[list[str]]:
    path = DATA / "equity" / "usa" / "minute" / symbol.lower() / f"{day}_{kind}.zip"
    with ZipFile(path) as file:
        return [line.split(",") for line in file.read(file.namelist()[0]).decode().split()]


def new_york_summer(day: str, ms: str) -> datetime:
    """Return the end of a minute that began so long after a midnight that is 4:00 in UTC."""
    start = datetime(2013, 10, int(day[-2:]), 4, tzinfo=UTC) + timedelta(milliseconds=int(ms))
    return start + MINUTE


def dollars(text: str) -> Decimal:
    return Decimal(f"{text[:-4]}.{text[-4:]}")


@needs_data
@pytest.mark.parametrize(("symbol", "days"), [
    ("SPY", ["07", "08", "09", "10", "11"]), ("IBM", ["07", "08"]),
])
def test_real_sessions_are_played_to_the_last_row(symbol: str, days: list[str]) -> None:
    heard = played(DATA, "2013-10-07T00:00", "2013-10-12T04:00", (symbol,))
    quotes: list[Any] = []
    bars: list[Any] = []
    for day in (f"201310{day}" for day in days):
        quotes += [
            (new_york_summer(day, r[0]), dollars(r[4]), dollars(r[9]), int(r[5]), int(r[10]))
            for r in rows(symbol, day, "quote") if r[4] and r[9]
        ]
        bars += [
            (new_york_summer(day, r[0]), *map(dollars, r[1:5]), int(r[5]))
            for r in rows(symbol, day, "trade")
        ]
    assert len(bars) > 400 * len(days)
    assert [(q.as_of, q.bid, q.ask, q.bid_size, q.ask_size) for q in heard.quotes] == quotes
    assert [(b.end, b.open, b.high, b.low, b.close, b.volume) for b in heard.bars] == bars


@needs_data
def test_the_first_and_last_minutes_are_those_that_a_person_reads_in_the_files() -> None:
    heard = played(DATA, "2013-10-07T00:00", "2013-10-08T04:00")
    first, last = heard.bars[0], heard.bars[-1]
    assert (first.start, first.open, first.close, first.volume) == (
        utc("2013-10-07T08:00"), Decimal("167.41"), Decimal("167.27"), 3197
    )
    assert (last.start, last.close, last.volume) == (
        utc("2013-10-07T23:59"), Decimal("167.30"), 800
    )
    begun, ended = heard.quotes[0], heard.quotes[-1]
    assert (begun.as_of, begun.bid, begun.ask) == (
        utc("2013-10-07T08:01"), Decimal("167.25"), Decimal("167.27")
    )
    assert (ended.as_of, ended.bid, ended.ask) == (
        utc("2013-10-08T00:01"), Decimal("167.27"), Decimal("167.33")
    )
    (opening,) = (bar for bar in heard.bars if bar.start == utc("2013-10-07T13:30"))
    assert (opening.open, opening.close, opening.volume) == (
        Decimal("167.43"), Decimal("167.44"), 816_453
    )


@needs_data
@pytest.mark.parametrize("now", ["2013-10-08T13:45", "2013-10-08T13:45:59", "2013-10-09T03:00"])
def test_a_real_history_ends_with_what_was_known(now: str) -> None:
    known = [
        (new_york_summer(day, row[0]), dollars(row[4]))
        for day in ("20131007", "20131008") for row in rows("SPY", day, "trade")
    ]
    cut = bisect_right(known, utc(now), key=lambda bar: bar[0])
    history = a_market(DATA, utc(now)).history("SPY", 500)
    assert [(bar.end, bar.close) for bar in history] == known[cut - 500 : cut]


@needs_data
def test_the_gaps_of_the_real_folder_are_told() -> None:
    start, until = utc("2013-10-07T13:00"), "2013-10-11T21:00"
    (gap,) = a_market(DATA, start, until, ("SPY", "IBM")).gaps()
    assert (gap.symbol, gap.first, gap.last, gap.sessions) == (
        "IBM", date(2013, 10, 9), date(2013, 10, 11), 3
    )


@needs_data
def test_a_real_week_of_currencies_ends_when_their_calendar_does() -> None:
    heard = played(DATA, "2014-05-02T12:00", symbols=("EURUSD",))
    last = heard.quotes[-1]
    assert (last.as_of, last.bid, last.ask) == (
        utc("2014-05-02T21:00"), Decimal("1.38685"), Decimal("1.38782")
    )
    assert CALENDARS["24/5"].next_close(utc("2014-05-02T12:00")) == last.as_of


@needs_data
def test_real_coins_are_quoted_around_the_clock() -> None:
    heard = played(DATA, "2018-04-04T00:00", symbols=("BTC-USD",))
    assert heard.quotes[0].as_of == utc("2018-04-04T00:01")
    assert heard.quotes[-1].as_of == utc("2018-04-04T23:59")
    assert len(heard.bars) == len(heard.quotes) > 1400
