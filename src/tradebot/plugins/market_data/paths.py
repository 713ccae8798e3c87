"""Where does a price go? A path that any instant can be asked for, without walking there.

Each level is a function of names alone: the days form a chain that returns to its start, the
minutes of a session bridge two days, the steps of a minute bridge two minutes. A path is in units
of one day's standard move; a symbol's price mixes its own path with its market's.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import accumulate
from math import sqrt
from typing import Final, TypeVar

from tradebot.plugins.market_data import chance
from tradebot.ports import Session

_ANCHOR: Final = date(1990, 1, 1).toordinal()  # all paths stand at their start until this day
_MEMORY: Final = 0.995  # the part of a level that is left a day later
_WEEKEND: Final = 0.3  # of a day's move, for markets that rest then
MINUTE: Final = timedelta(minutes=1)
_QUIET: Final = 0.12  # a minute outside the trading hours moves so much less, as variance

V = TypeVar("V")
K = TypeVar("K")


class Recent(OrderedDict[K, V]):
    """Keeps the last few answers to a pure question."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def get_or(self, key: K, make: Callable[[], V]) -> V:
        if key in self:
            return self[key]
        made = self[key] = make()
        if len(self) > self._size:
            self.popitem(last=False)
        return made


def minute_count(session: Session) -> int:
    return (session.post_closes - session.pre_opens) // MINUTE


def minute_weights(session: Session) -> list[float]:
    """Return each minute's share of the session's variance: much at open and close, less between.

    The open weighs more than the close, the hours around them next to nothing.
    """
    before = (session.opens - session.pre_opens) // MINUTE
    trading = (session.closes - session.opens) // MINUTE
    after = minute_count(session) - before - trading
    if before == after == 0:  # a market that never closes knows no rush hours
        return [1 / trading] * trading
    rush = [_rush((minute + 0.5) / trading) for minute in range(trading)]
    weights = [_QUIET] * before + rush + [_QUIET] * after
    total = sum(weights)
    return [weight / total for weight in weights]


def _rush(part: float) -> float:
    """Return the relative variance at a part of the trading hours, from 0 to 1."""
    return 0.6 + 2.4 * (1 - part) ** 6 + 1.4 * part**6


class UnitPath:
    """One source's path; `steps` points a minute, `gap` of the variance between sessions."""

    def __init__(self, seed: int, name: str, *, steps: int, gap: float) -> None:
        self._seed = seed
        self._name = name
        self._steps = steps
        self._gap = gap
        self._opens: list[float] = []
        self._closes: list[float] = []
        self._skeletons: Recent[date, tuple[list[float], list[float]]] = Recent(3)
        self._minutes: Recent[tuple[date, int], list[float]] = Recent(4)

    def minute(self, session: Session, index: int) -> list[float]:
        """Return the path at each step of a minute, its first instant included."""
        return self._minutes.get_or((session.day, index), lambda: self._bridge(session, index))

    def boundaries(self, session: Session) -> list[float]:
        """Return the path at each minute's first instant, and at the session's end."""
        return self._skeleton(session)[0]

    def _skeleton(self, session: Session) -> tuple[list[float], list[float]]:
        return self._skeletons.get_or(session.day, lambda: self._build(session))

    def _bridge(self, session: Session, index: int) -> list[float]:
        levels, moves = self._skeleton(session)
        start, end, steps = levels[index], levels[index + 1], self._steps
        draws = chance.normals(steps, self._seed, self._name, session.day, index)
        scale = moves[index] / sqrt(steps)
        walk = list(accumulate((scale * draw for draw in draws), initial=0.0))
        slope = (end - start - walk[steps]) / steps
        return [start + walk[step] + slope * step for step in range(steps)]

    def _build(self, session: Session) -> tuple[list[float], list[float]]:
        """Draw the session's minutes so that they lead from its open to its close."""
        opens, closes = self._day(session.day)
        size = sqrt(1 - self._gap)
        weights = minute_weights(session)
        moves = [size * sqrt(weight) for weight in weights]
        draws = chance.normals(len(moves), self._seed, self._name, session.day, "minutes")
        pairs = zip(moves, draws, strict=True)
        walk = list(accumulate((move * draw for move, draw in pairs), initial=0.0))
        missing = closes - opens - walk[-1]
        passed = accumulate(weights, initial=0.0)
        levels = [
            opens + level + missing * part for level, part in zip(walk, passed, strict=True)
        ]
        return levels, moves

    def _day(self, day: date) -> tuple[float, float]:
        """Return the levels at which a day's session opens and closes."""
        index = day.toordinal() - _ANCHOR
        if index < 0:
            return 0.0, 0.0
        while len(self._closes) <= index:
            self._add_year()
        return self._opens[index], self._closes[index]

    def _add_year(self) -> None:
        begin = _ANCHOR + len(self._closes)
        days = date(date.fromordinal(begin).year + 1, 1, 1).toordinal() - begin
        draws = chance.normals(2 * days, self._seed, self._name, "days", begin)
        level = self._closes[-1] if self._closes else 0.0
        gap, rest = sqrt(self._gap), sqrt(1 - self._gap)
        for place in range(days):
            rests = self._gap > 0 and date.fromordinal(begin + place).weekday() > 4
            size = _WEEKEND if rests else 1.0
            opens = level + size * gap * draws[2 * place]
            level = _MEMORY * level + (opens - level) + size * rest * draws[2 * place + 1]
            self._opens.append(opens)
            self._closes.append(level)
