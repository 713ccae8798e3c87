"""How much does the simulated market expect a share to move, by strike and by expiry?

Levels of volatility wander around a symbol's own, a day at a time; expectations return to it as
the levels do. By strike the surface is that of Gatheral and Jacquier ("Arbitrage-free SVI
volatility surfaces", 2014) with their power law, inside the bounds in which no portfolio of
options can earn money for nothing.
"""

from datetime import date
from math import exp, expm1, log, sqrt
from typing import Final, NamedTuple

from tradebot.plugins.market_data import chance
from tradebot.plugins.market_data.listing import Habit
from tradebot.plugins.market_data.paths import Recent

DAYS_A_YEAR: Final = 365
MONTH: Final = 30 / DAYS_A_YEAR

_SESSIONS_A_YEAR: Final = 252
_PREMIUM: Final = 1.1  # options cost more than the moves that come
_MEMORY: Final = 0.97  # the part of a level that is left a day later
_REMEMBERED: Final = 150  # days, after which a hundredth is left
_WANDER: Final = 0.35  # standard deviation of a level's logarithm
_RETURN: Final = -log(_MEMORY) * DAYS_A_YEAR  # the same memory, as a rate a year
_POWER: Final = 0.4  # of the skew's decay with time; the paper allows 0 to 1/2
_CURVATURE: Final = 1.9  # times 1 + |tilt|; the paper allows 2


class Smile(NamedTuple):
    """One expiry at one instant: the total variance at the money, and how it bends."""

    at_the_money: float
    steepness: float
    tilt: float

    def variance(self, moneyness: float) -> float:
        """Return the total variance to expiry at a logarithm of strike / spot."""
        bent = self.steepness * moneyness
        root = sqrt((bent + self.tilt) ** 2 + 1 - self.tilt**2)
        return self.at_the_money / 2 * (1 + self.tilt * bent + root)


class Surface:
    """The volatilities of one symbol; a function of seed, symbol and day."""

    def __init__(self, symbol: str, habit: Habit, seed: int) -> None:
        (word,) = chance.words(1, seed, "tilt", symbol)
        move = sqrt(habit.market_move**2 + habit.own_move**2)
        self._usual = move * sqrt(_SESSIONS_A_YEAR) * _PREMIUM
        self._tilt = -(0.4 + 0.2 * word / 2**32)  # low strikes cost more: who owns shares buys puts
        self._bend = _CURVATURE / (1 + abs(self._tilt))
        self._source = (seed, symbol, "volatility")
        self._draws: Recent[int, float] = Recent(1024)
        self._levels: Recent[date, float] = Recent(1024)

    def smile(self, day: date, years: float) -> Smile:
        """Return what is expected on a day of the time that is left, which is more than none."""
        usual, now = self._usual**2, self._level(day) ** 2
        total = usual * years + (now - usual) * -expm1(-_RETURN * years) / _RETURN
        steepness = self._bend * total**-_POWER * (1 + total) ** (_POWER - 1)
        return Smile(total, steepness, self._tilt)

    def month_ahead(self, day: date) -> float:
        """Return the volatility at the money of an option that ends in 30 days."""
        return sqrt(self.smile(day, MONTH).at_the_money / MONTH)

    def _level(self, day: date) -> float:
        return self._levels.get_or(day, lambda: self._usual * exp(_WANDER * self._wandered(day)))

    def _wandered(self, day: date) -> float:
        """Sum up the last days' draws, older ones for less: the sum is normal, and returns to 0."""
        today, total = day.toordinal(), 0.0
        for ordinal in range(today - _REMEMBERED, today + 1):
            total = _MEMORY * total + self._draw(ordinal)
        return total * sqrt(1 - _MEMORY**2)

    def _draw(self, ordinal: int) -> float:
        return self._draws.get_or(ordinal, lambda: chance.normals(1, *self._source, ordinal)[0])
