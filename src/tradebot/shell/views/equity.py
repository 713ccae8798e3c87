"""How did equity, and each strategy's profit, come to where they are? Curves in bounded memory.

The recent is dense, the old is sparse, and a drawdown outlives the point at which it was deepest.
All of it is folded from what was published, so a restart gives the same curves.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from tradebot.core.model import events as e
from tradebot.core.model.intent import EXTERNAL
from tradebot.core.model.money import ZERO, plain
from tradebot.shell.views.history import Histories, Moment
from tradebot.shell.views.rows import Plain, iso, rounded

POINTS_MAX: Final = 2_000  # of an account
PROFIT_POINTS_MAX: Final = 500  # of a strategy
STRATEGIES_MAX: Final = 100
GRAIN: Final = timedelta(seconds=5)
_FINEST: Final = 100  # a point that is an hour old stands alone for an hundredth of that
_PLACES: Final = 6


class Point(NamedTuple):
    """`drawdown` is the deepest since the point before, as a part of the high-water mark."""

    at: datetime
    value: Decimal
    drawdown: Decimal = ZERO


class Curve:
    """Points in the order of their time; where there are too many, the older ones thin out."""

    def __init__(self, points_max: int) -> None:
        self.points: list[Point] = []
        self._points_max = points_max

    def add(self, point: Point) -> None:
        self.points.append(point)
        if len(self.points) > self._points_max:
            grain = _FINEST
            while len(self.points) > self._points_max * 3 // 4:
                self.points = _thinned(self.points, grain)
                grain //= 2


def _thinned(points: list[Point], grain: int) -> list[Point]:
    """Keep what stands apart from what came after it by its age over `grain`, and both ends."""
    newest = points[-1].at
    kept = [points[-1]]
    for point in reversed(points[:-1]):
        after = kept[-1]
        is_first = point is points[0]
        if is_first or (after.at - point.at) * grain >= newest - point.at:
            kept.append(point)
        elif point.drawdown > after.drawdown:
            kept[-1] = after._replace(drawdown=point.drawdown)
    return kept[::-1]


class Equity:
    """Looks at the accounts every few seconds of the journal's time, where anything changed."""

    def __init__(self, kept: Histories) -> None:
        self._kept = kept
        self._due: datetime | None = None
        self._known = 0
        self._accounts: dict[str, Curve] = {}
        self._strategies: dict[str, Curve] = {}
        self._cash: dict[str, Decimal] = {}  # that each strategy took in, less what it spent
        self._open: dict[str, dict[tuple[str, str], Decimal]] = {}  # its units, by their multiplier

    def apply(self, event: e.Event) -> None:
        """Take what a strategy traded: nothing else moves its cash."""
        if not isinstance(event, e.TradeBooked) or event.strategy_id == EXTERNAL:
            return
        owner, place = event.strategy_id, (event.account, event.symbol)
        self._cash[owner] = self._cash.get(owner, ZERO) + event.cash
        held = self._open.setdefault(owner, {})
        units = held.get(place, ZERO) + event.qty * event.multiplier
        if units:
            held[place] = units
        else:
            held.pop(place, None)

    def look(self, moment: Moment) -> None:
        """Take the sums of now, where the last look was long enough ago or an account is new."""
        known = len(self._kept.book.ledger.accounts)
        if self._due is not None and moment.at < self._due and known == self._known:
            return  # also where the clock was set back: until it is as late again
        self._due, self._known = moment.at + GRAIN, known
        for name, point in self._accounts_now(moment.at):
            _put(self._accounts, name, point, POINTS_MAX)
        for name, point in self._strategies_now(moment.at):
            _put(self._strategies, name, point, PROFIT_POINTS_MAX)
        while len(self._strategies) > STRATEGIES_MAX:
            del self._strategies[next(iter(self._strategies))]

    def profits(self) -> dict[str, Decimal]:
        """Tell what each strategy has made, after fees and at the last marks."""
        marks = self._kept.marks
        return {
            owner: cash + sum([n * marks[s][0] for (_, s), n in self._open[owner].items()], ZERO)
            for owner, cash in self._cash.items()
        }

    def document(self, last: Moment | None) -> Plain:
        """Tell the curves, up to the last decision."""
        now = (self._accounts_now(last.at), self._strategies_now(last.at)) if last else ((), ())
        equity = _rows(self._accounts, dict(now[0]))
        profit = _rows(self._strategies, dict(now[1]))
        return {
            "at": iso(last.at) if last else None,
            "equity": [
                {"at": iso(p.at), "account": name, "equity": plain(p.value),
                 "drawdown": plain(round(p.drawdown, _PLACES))}
                for name, p in equity
            ],
            "profit": [
                {"at": iso(p.at), "strategy_id": name, "net": rounded(p.value)}
                for name, p in profit
            ],
        }

    def _accounts_now(self, at: datetime) -> Iterator[tuple[str, Point]]:
        for name, account in self._kept.book.ledger.accounts.items():
            if not account.unmarked:  # or nobody knows
                yield name, Point(at, account.equity, account.drawdown_frac)

    def _strategies_now(self, at: datetime) -> Iterator[tuple[str, Point]]:
        return ((owner, Point(at, net)) for owner, net in self.profits().items())


def _put(curves: dict[str, Curve], name: str, point: Point, points_max: int) -> None:
    curve = curves.get(name)
    if curve is None:
        curve = curves[name] = Curve(points_max)
    last = curve.points[-1] if curve.points else None
    if last is None or (last.at < point.at and last.value != point.value):
        curve.add(point)


def _rows(
    curves: Mapping[str, Curve], now: Mapping[str, Point]
) -> Iterator[tuple[str, Point]]:
    for name in {**curves, **now}:
        points = curves[name].points if name in curves else []
        yield from ((name, point) for point in points)
        if name in now and not (points and points[-1].at == now[name].at):
            yield name, now[name]
