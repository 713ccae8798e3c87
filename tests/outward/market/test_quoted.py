"""Is only told what is new, of now, and could be a market?"""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.core.options.making import MONDAY
from tests.makers import a_quote
from tests.plugins.playing import FixedClock

from tradebot.core.model.facts import Bar
from tradebot.outward.market.quoted import SKEW, Quoted, count, number
from tradebot.outward.market.volatility_days import DAYS_MAX, VolatilityDays
from tradebot.ports import MarketEvent

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Hall:
    def __init__(self) -> None:
        self.clock = FixedClock(MONDAY)
        self.said: list[str] = []
        self.heard: list[MarketEvent] = []
        self.quoted = Quoted(self.clock, 3, self.said.append)  # type: ignore[arg-type]
        self.quoted.subscribe(["SPY"], self.heard.append)


def a_bar(end: timedelta = timedelta()) -> Bar:
    price = Decimal(500)
    return Bar(
        symbol="SPY", start=MONDAY + end - MINUTE, end=MONDAY + end, open=price, high=price,
        low=price, close=price, volume=Decimal(1),
    )


def test_an_older_quote_and_the_same_again_are_not_told() -> None:
    hall = Hall()
    assert hall.quoted.quote(a_quote("SPY", 1, 2, MONDAY - SECOND))
    assert not hall.quoted.quote(a_quote("SPY", 3, 4, MONDAY - SECOND))
    assert not hall.quoted.quote(a_quote("SPY", 3, 4, MONDAY - 2 * SECOND))
    assert hall.quoted.quote(a_quote("SPY", 3, 4, MONDAY))
    assert len(hall.heard) == 2


def test_a_clock_a_little_ahead_is_taken_for_ours() -> None:
    hall = Hall()
    assert hall.quoted.quote(a_quote("SPY", 1, 2, MONDAY + SKEW))
    last = hall.quoted.last("SPY")
    assert last is not None and last.as_of == MONDAY
    hall.clock.at = MONDAY + SECOND
    assert not hall.quoted.quote(a_quote("SPY", 1, 2, MONDAY + SECOND + SKEW + SECOND))


def test_nobody_bids_for_an_option_that_is_worth_nothing() -> None:
    assert Hall().quoted.quote(a_quote("SPY261218P00100000", 0, 1, MONDAY))
    assert not Hall().quoted.quote(a_quote("SPY", 0, 1, MONDAY))


def test_a_minute_is_told_once_and_only_so_many_are_kept() -> None:
    hall = Hall()
    for minutes in (-3, -2, -2, -1, 0):
        hall.quoted.bar(a_bar(minutes * MINUTE))
    assert len(hall.heard) == 4
    assert [bar.end for bar in hall.quoted.history("SPY", 9)] == [
        MONDAY - 2 * MINUTE, MONDAY - MINUTE, MONDAY,
    ]


def test_a_minute_that_goes_on_waits_for_its_end() -> None:
    hall = Hall()
    hall.quoted.bar(a_bar(SECOND))
    hall.quoted.due()
    assert hall.heard == []
    hall.clock.at = MONDAY + SECOND
    hall.quoted.due()
    assert len(hall.heard) == 1


def test_who_trades_again_is_halted_no_more() -> None:
    hall = Hall()
    hall.quoted.halt("SPY", "for news")
    hall.clock.at = MONDAY + 2 * MINUTE
    hall.quoted.bar(a_bar())
    assert not hall.quoted.quote(a_quote("SPY", 1, 2, hall.clock.at))
    hall.quoted.bar(a_bar(2 * MINUTE))
    assert hall.quoted.quote(a_quote("SPY", 1, 2, hall.clock.at))
    assert hall.said == ["SPY is halted for news", "SPY trades again"]


@pytest.mark.parametrize("told", ["NaN", float("nan"), float("inf"), "x", None, True, [1]])
def test_what_is_no_number_is_none(told: object) -> None:
    assert number(told) is None
    assert count(told) == 0


def test_numbers_keep_their_digits() -> None:
    assert [str(number(told)) for told in ("501.10", 501.1, Decimal("0.30"), 7)] == [
        "501.10", "501.1", "0.30", "7",
    ]


def test_a_day_counts_once_it_is_over_and_days_are_bounded(tmp_path: Path) -> None:
    path, today = tmp_path / "deep" / "days.json", MONDAY.date()
    days = VolatilityDays(path)
    for back in range(DAYS_MAX + 9, -1, -1):
        days.keep("SPY", today - timedelta(days=back), Decimal(back + 1))
    read = VolatilityDays(path)
    assert list(read.before("SPY", today, 2)) == [3, 2]
    assert len(read.before("SPY", today + timedelta(days=1), 10**6)) == DAYS_MAX
    assert not read.before("IBM", today, 5)


def test_a_damaged_file_of_days_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "days.json"
    path.write_text("{")
    assert not VolatilityDays(path).before("SPY", MONDAY.date(), 5)
    assert path.with_suffix(".damaged").read_text() == "{"
