"""What do the last bars come to? The indicators that most strategies ask for, bar by bar.

All in Decimal, as bars are: a value compares with prices and becomes one without conversion, and
is the same on every machine. A bar a minute leaves time enough. Each class takes bars one by one
in time order and answers None until it has seen enough of them.
"""

from collections import deque
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol

from tradebot.core.model.facts import Bar
from tradebot.core.model.money import ZERO

_HUNDRED = Decimal(100)
_SETTLED = 10  # lengths of history after which the start of a smoothed value is forgotten


class Indicator(Protocol):
    """One number that follows the bars of one symbol."""

    def add(self, bar: Bar) -> Decimal | None:
        """Take the next bar, and return the value at its end."""


class _Window:
    """The last `length` numbers."""

    def __init__(self, length: int) -> None:
        if length < 1:
            raise ValueError(f"length: expected at least 1 bar, got {length}")
        self.length = length
        self.numbers: deque[Decimal] = deque(maxlen=length)

    def add(self, number: Decimal) -> bool:
        """Take a number; tell whether the window is full."""
        self.numbers.append(number)
        return len(self.numbers) == self.length

    @property
    def mean(self) -> Decimal:
        return sum(self.numbers, ZERO) / self.length


class _Smoothed:
    """Starts as the mean of the first `length` numbers; then each new one has a fixed weight."""

    def __init__(self, length: int, weight: Decimal) -> None:
        self._first = _Window(length)
        self._weight = weight
        self._value: Decimal | None = None

    def add(self, number: Decimal) -> Decimal | None:
        if self._value is not None:
            self._value += self._weight * (number - self._value)
        elif self._first.add(number):
            self._value = self._first.mean
        return self._value


class Sma:
    """Simple moving average: the mean of the last `length` closes."""

    def __init__(self, length: int) -> None:
        self._closes = _Window(length)

    def add(self, bar: Bar) -> Decimal | None:
        return self._closes.mean if self._closes.add(bar.close) else None


class Stdev:
    """Standard deviation of the last `length` closes, of the population, as Bollinger's bands."""

    def __init__(self, length: int) -> None:
        self._closes = _Window(length)

    def add(self, bar: Bar) -> Decimal | None:
        if not self._closes.add(bar.close):
            return None
        mean = self._closes.mean
        squares = sum(((close - mean) ** 2 for close in self._closes.numbers), ZERO)
        return (squares / self._closes.length).sqrt()


class Highest:
    """The highest high of the last `length` bars: the upper edge of Donchian's channel."""

    def __init__(self, length: int) -> None:
        self._highs = _Window(length)

    def add(self, bar: Bar) -> Decimal | None:
        return max(self._highs.numbers) if self._highs.add(bar.high) else None


class Lowest:
    """The lowest low of the last `length` bars: the lower edge of Donchian's channel."""

    def __init__(self, length: int) -> None:
        self._lows = _Window(length)

    def add(self, bar: Bar) -> Decimal | None:
        return min(self._lows.numbers) if self._lows.add(bar.low) else None


class Ema:
    """Exponential moving average of closes: each weighs 2 / (length + 1); starts as their mean."""

    def __init__(self, length: int) -> None:
        self._closes = _Smoothed(length, Decimal(2) / (length + 1))

    def add(self, bar: Bar) -> Decimal | None:
        return self._closes.add(bar.close)


class Rsi:
    """Relative strength index, 0 to 100 (Wilder, New Concepts in Technical Trading Systems, 1978).

    100 - 100 / (1 + gains / losses), both smoothed by 1 / length over the changes from close to
    close: the first value comes with bar `length` + 1. Closes that never moved are 50.
    """

    def __init__(self, length: int) -> None:
        if length < 1:
            raise ValueError(f"length: expected at least 1 bar, got {length}")
        weight = Decimal(1) / length
        self._gains, self._losses = _Smoothed(length, weight), _Smoothed(length, weight)
        self._last: Decimal | None = None

    def add(self, bar: Bar) -> Decimal | None:
        last, self._last = self._last, bar.close
        if last is None:
            return None
        change = bar.close - last
        gains, losses = self._gains.add(max(change, ZERO)), self._losses.add(max(-change, ZERO))
        if gains is None or losses is None:
            return None
        moved = gains + losses
        return _HUNDRED * gains / moved if moved else _HUNDRED / 2


class Atr:
    """Average true range (Wilder 1978), smoothed by 1 / length.

    A bar's true range reaches to the close before it, so the first value comes with bar
    `length` + 1.
    """

    def __init__(self, length: int) -> None:
        if length < 1:
            raise ValueError(f"length: expected at least 1 bar, got {length}")
        self._ranges = _Smoothed(length, Decimal(1) / length)
        self._last: Decimal | None = None

    def add(self, bar: Bar) -> Decimal | None:
        last, self._last = self._last, bar.close
        if last is None:
            return None
        return self._ranges.add(max(bar.high, last) - min(bar.low, last))


class Indicators:
    """Values at the end of the last bar, from history; None where there is too little of it.

    A smoothed value (ema, rsi, atr) never quite forgets where it began: it is played over ten
    times its length. A strategy that asks at every bar keeps an indicator of its own instead.
    """

    def __init__(self, history: Callable[[str, int], Sequence[Bar]]) -> None:
        self._history = history

    def sma(self, symbol: str, length: int) -> Decimal | None:
        return self._played(Sma(length), symbol, length)

    def stdev(self, symbol: str, length: int) -> Decimal | None:
        return self._played(Stdev(length), symbol, length)

    def highest(self, symbol: str, length: int) -> Decimal | None:
        return self._played(Highest(length), symbol, length)

    def lowest(self, symbol: str, length: int) -> Decimal | None:
        return self._played(Lowest(length), symbol, length)

    def ema(self, symbol: str, length: int) -> Decimal | None:
        return self._played(Ema(length), symbol, length * _SETTLED)

    def rsi(self, symbol: str, length: int) -> Decimal | None:
        return self._played(Rsi(length), symbol, length * _SETTLED + 1)

    def atr(self, symbol: str, length: int) -> Decimal | None:
        return self._played(Atr(length), symbol, length * _SETTLED + 1)

    def _played(self, indicator: Indicator, symbol: str, bars: int) -> Decimal | None:
        value = None
        for bar in self._history(symbol, bars):
            value = indicator.add(bar)
        return value
