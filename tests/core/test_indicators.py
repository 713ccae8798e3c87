"""Do the indicators give what other sources give? A textbook's table, another program's formula."""

import itertools
import random
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tradebot.core.indicators import (
    Atr,
    Ema,
    Highest,
    Indicator,
    Indicators,
    Lowest,
    Rsi,
    Sma,
    Stdev,
)
from tradebot.core.model.facts import Bar

AT = datetime(2026, 8, 24, 14, tzinfo=UTC)
ALL = (Sma, Ema, Rsi, Atr, Highest, Lowest, Stdev)


def bar(close: object, high: object = None, low: object = None, minute: int = 0) -> Bar:
    start, px = AT + timedelta(minutes=minute), Decimal(str(close))
    return Bar(
        symbol="SPY", start=start, end=start + timedelta(minutes=1), open=px, close=px,
        high=px if high is None else Decimal(str(high)),
        low=px if low is None else Decimal(str(low)), volume=Decimal(1),
    )


def values(indicator: Indicator, bars: Sequence[Bar]) -> list[float | None]:
    found = (indicator.add(each) for each in bars)
    return [None if value is None else float(value) for value in found]


def some_days(count: int = 200) -> list[Bar]:
    draw, close, bars = random.Random(5), 100.0, []
    for minute in range(count):
        close = round(close + draw.gauss(0, 1), 2)
        up, down = abs(draw.gauss(0, 1)), abs(draw.gauss(0, 1))
        bars.append(bar(close, round(close + up, 2), round(close - down, 2), minute))
    return bars


# The closes and the index of the example that chart programs print for a 14-day RSI.
CLOSES = (
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
    45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
)
RSI_14 = (70.53, 66.32, 66.55, 69.41, 66.36, 57.97)


def test_rsi_is_that_of_the_printed_example() -> None:
    found = values(Rsi(14), [bar(close) for close in CLOSES])
    assert found[:14] == [None] * 14
    assert found[14:] == [pytest.approx(expected, abs=0.01) for expected in RSI_14]


def test_windows_are_what_the_statistics_module_and_slices_say() -> None:
    bars, length = some_days(), 20
    for end in range(length, len(bars) + 1):
        window = bars[end - length:end]
        closes = [float(each.close) for each in window]
        last = [values(kind(length), window)[-1] for kind in (Sma, Stdev, Highest, Lowest)]
        assert last == [
            pytest.approx(statistics.fmean(closes)), pytest.approx(statistics.pstdev(closes)),
            float(max(each.high for each in window)), float(min(each.low for each in window)),
        ]


def test_ema_is_the_closed_sum_of_its_weights() -> None:
    closes, length = [float(each.close) for each in some_days()], 12
    keep = 1 - 2 / (length + 1)
    rest = closes[length:]
    expected = keep ** len(rest) * statistics.fmean(closes[:length]) + (1 - keep) * sum(
        keep ** age * close for age, close in enumerate(reversed(rest))
    )
    assert values(Ema(length), some_days())[-1] == pytest.approx(expected)


def test_atr_is_the_closed_sum_of_the_true_ranges() -> None:
    bars, length, keep = some_days(), 14, 13 / 14
    ranges = [
        float(max(b.high - b.low, abs(b.high - a.close), abs(b.low - a.close)))
        for a, b in itertools.pairwise(bars)
    ]
    rest = ranges[length:]
    expected = keep ** len(rest) * statistics.fmean(ranges[:length]) + (1 - keep) * sum(
        keep ** age * each for age, each in enumerate(reversed(rest))
    )
    assert values(Atr(length), bars)[-1] == pytest.approx(expected)


def test_rsi_of_one_way_is_an_end_of_its_scale_and_of_no_way_the_middle() -> None:
    assert values(Rsi(3), [bar(n) for n in range(1, 9)])[-1] == 100
    assert values(Rsi(3), [bar(9 - n) for n in range(1, 9)])[-1] == 0
    assert values(Rsi(3), [bar(5)] * 8)[-1] == 50


@pytest.mark.parametrize(("kind", "first"), [
    (Sma, 5), (Ema, 5), (Stdev, 5), (Highest, 5), (Lowest, 5), (Rsi, 6), (Atr, 6),
])
def test_nothing_is_said_before_there_is_enough(kind: type, first: int) -> None:
    found = values(kind(5), some_days(10))
    assert [value is not None for value in found] == [n >= first for n in range(1, 11)]


@pytest.mark.parametrize("kind", ALL)
def test_a_length_below_one_bar_is_refused(kind: type) -> None:
    with pytest.raises(ValueError, match="at least 1 bar"):
        kind(0)


def test_a_desks_values_are_those_of_the_last_bars_of_history() -> None:
    bars = some_days(500)
    desk = Indicators(lambda symbol, count: bars[-count:])
    for found, kind in (
        (desk.sma("SPY", 9), Sma), (desk.stdev("SPY", 9), Stdev), (desk.highest("SPY", 9), Highest),
        (desk.lowest("SPY", 9), Lowest), (desk.ema("SPY", 9), Ema), (desk.rsi("SPY", 9), Rsi),
        (desk.atr("SPY", 9), Atr),
    ):
        assert found is not None
        assert float(found) == pytest.approx(values(kind(9), bars)[-1], rel=1e-3), kind
    assert Indicators(lambda symbol, count: ()).sma("SPY", 9) is None
