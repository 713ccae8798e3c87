"""What do the simulated options of one expiry cost in one session, and how busy are they?

The formula is that of Black and Scholes for European options. Neither interest nor dividends
exist in this market, so nobody gains by exercising early: American options are worth the same.
"""

from datetime import datetime
from math import erfc, exp, log, pi, sqrt
from typing import Final, NamedTuple

from tradebot.core.model.fact import fact
from tradebot.plugins.market_data import chance
from tradebot.plugins.market_data.option_listing import Life
from tradebot.plugins.market_data.paths import MINUTE
from tradebot.plugins.market_data.surface import DAYS_A_YEAR, MONTH, Smile, Surface
from tradebot.plugins.market_data.tape import Step
from tradebot.ports import Session

_YEAR_S: Final = DAYS_A_YEAR * 86_400.0
_HALF_WIDTH: Final = 0.001  # of the deepest markets, as volatility
_WIDER: Final = 2.5  # the same outside the trading hours, in which the share's are wider too
_OPEN_INTEREST: Final = 40_000.0  # of the deepest, at the money, where the expiry is near
_WEEKLY: Final = 0.4  # the part of it that options have which end in other weeks than the third
_BETWEEN: Final = 0.5  # and on every other strike
_LOTS_MAX: Final = 40
_BYTE: Final = 0xFF


@fact
class Temper:
    """What all options of a share have in common; `thinness` is 1 where most is traded.

    Spreads are as many times as wide, counts as many times smaller, squared.
    """

    symbol: str
    seed: int
    surface: Surface
    thinness: float
    strike_ticks: float


class Pair(NamedTuple):
    """The quotes of the call and of the put at one strike."""

    call: Step
    put: Step


class Activity(NamedTuple):
    """Contracts that are open, and that are traded by the close; how wide and deep its market is.

    `width` is around 1.
    """

    open_interest: int
    volume: int
    width: float
    lots: int


class Sheet:
    """One expiry in one session; strikes go by their number on the grid, from 1."""

    def __init__(self, temper: Temper, session: Session, life: Life, opened_at: float) -> None:
        self._temper = temper
        self._session = session
        self._life = life
        self._opened_at = opened_at  # the share's price at the session's start, in ticks
        smile, years = self._ahead(session.pre_opens)
        self._reach = sqrt(smile.at_the_money * (1 + MONTH / years))
        weight = (1.0 if life.is_monthly else _WEEKLY) / (1 + 2 * years)
        self._most = _OPEN_INTEREST / temper.thinness**2 * weight
        self._draws: tuple[int, ...] = ()
        self._known: dict[int, tuple[Activity, Activity]] = {}

    def panel(self, at: datetime) -> "Panel":
        """Return what all quotes of a minute have in common; within it no time passes."""
        session = self._session
        smile, years = self._ahead(at - (at - session.pre_opens) % MINUTE)
        wider = 1.0 if session.opens <= at < session.closes else _WIDER
        return Panel(self, smile, sqrt(years) * _HALF_WIDTH * self._temper.thinness * wider)

    def activity(self, number: int) -> tuple[Activity, Activity]:
        """Return the day's of the call and of the put."""
        if number not in self._known:
            if 2 * number >= len(self._draws):
                temper, size = self._temper, 4 * number
                self._draws = chance.words(
                    size, temper.seed, temper.symbol, self._life.last, "options"
                )
            call, put = self._draws[2 * number - 2 : 2 * number]
            self._known[number] = self._activity(number, call), self._activity(number, put)
        return self._known[number]

    def passed(self, at: datetime) -> float:
        """Return the part of the trading hours that is over."""
        session = self._session
        part = (at - session.opens) / (session.closes - session.opens)
        return min(max(part, 0.0), 1.0)

    @property
    def strike_ticks(self) -> float:
        return self._temper.strike_ticks

    def _ahead(self, at: datetime) -> tuple[Smile, float]:
        years = (self._life.ends - at).total_seconds() / _YEAR_S
        return self._temper.surface.smile(self._session.day, years), years

    def _activity(self, number: int, draw: int) -> Activity:
        first, second, third = (draw >> shift & _BYTE for shift in (0, 8, 16))
        away = log(number * self._temper.strike_ticks / self._opened_at) / self._reach
        common = self._most * (_BETWEEN if number % 2 else 1.0) * exp(-away * away / 2)
        open_interest = int(common * (0.4 + 1.2 * first / _BYTE))
        return Activity(
            open_interest=open_interest, volume=int(open_interest * (0.05 + 0.3 * second / _BYTE)),
            width=0.7 + 0.6 * third / _BYTE, lots=draw >> 24,
        )


class Panel:
    """The quotes of one expiry in one minute."""

    def __init__(self, sheet: Sheet, smile: Smile, doubt: float) -> None:
        self._sheet = sheet
        self._smile = smile
        self._doubt = doubt / sqrt(2 * pi)  # about volatility, as a part of the price
        self._strike_ticks = sheet.strike_ticks

    def pair(self, number: int, share: Step) -> Pair:
        """Price the call and the put at a strike by a quote of their share."""
        spot, strike = (share.bid + share.ask) / 2, number * self._strike_ticks
        moneyness = log(strike / spot)
        deviation = sqrt(self._smile.variance(moneyness))
        d1 = deviation / 2 - moneyness / deviation
        sign = 1 if strike >= spot else -1  # first the one that exercise would bring nothing now
        delta = _phi(sign * d1)
        worth = max(sign * (spot * delta - strike * _phi(sign * (d1 - deviation))), 0.0)
        unsure = spot * self._doubt * exp(-d1 * d1 / 2) * (1 + abs(d1) / 4)
        inner = abs(strike - spot)
        call, put = self._sheet.activity(number)
        if sign > 0:
            return Pair(
                _quote(worth, delta, unsure, share, call),
                _quote(worth + inner, 1 - delta, unsure, share, put),
            )
        return Pair(
            _quote(worth + inner, 1 - delta, unsure, share, call),
            _quote(worth, delta, unsure, share, put),
        )


def _quote(worth: float, delta: float, unsure: float, share: Step, activity: Activity) -> Step:
    """Make a market as wide below the worth as above; for what is worth nothing, none bids."""
    middle, share_half = round(worth), (share.ask - share.bid) / 2
    half = min(max(1, round((share_half * delta + unsure) * activity.width)), middle)
    return Step(
        middle - half, max(middle + half, 1),
        1 + (share.bid_size + activity.lots) % _LOTS_MAX,
        1 + (share.ask_size + activity.lots) % _LOTS_MAX,
    )


def _phi(z: float) -> float:
    return erfc(-z / sqrt(2)) / 2
