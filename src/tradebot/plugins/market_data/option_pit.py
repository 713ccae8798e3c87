"""Which market do the options of one simulated share make, one by one and as a whole chain?"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from math import ceil, floor
from typing import Final

from tradebot.core.model.chain import Chain, Expiry, Listed
from tradebot.core.model.instrument import Instrument, Right
from tradebot.core.model.money import ONE
from tradebot.plugins.market_data import chance
from tradebot.plugins.market_data.listing import Habit
from tradebot.plugins.market_data.option_listing import (
    Life,
    life_of,
    lives_on,
    option_on,
    strike_step,
)
from tradebot.plugins.market_data.option_sheet import Sheet, Temper
from tradebot.plugins.market_data.paths import MINUTE, Recent
from tradebot.plugins.market_data.surface import Surface
from tradebot.plugins.market_data.tape import Step, Tape, TapePrices, step_at
from tradebot.ports import Calendar, Session

_REACH: Final = 0.35  # strikes are listed so far from the price, as a part of it
_FURTHEST: Final = 4  # what was listed long ago is quoted up to so many times the usual price
_PLACES: Final = 6
_THIN_MIN: Final = 1.5  # the markets of shares that are no funds are so many times as wide
_THIN_MAX: Final = 5.0


class OptionPit:
    """All options on one share."""

    def __init__(
        self, share: Instrument, habit: Habit, prices: TapePrices, calendar: Calendar, *,
        seed: int, steps: int,
    ) -> None:
        (word,) = chance.words(1, seed, "thinness", share.symbol)
        thin = _THIN_MIN + (_THIN_MAX - _THIN_MIN) * word / 2**32
        self._share = share
        self._prices = prices
        self._calendar = calendar
        self._step_count = steps
        self._strike_step = strike_step(habit.start)
        self._number_max = int(_FURTHEST * habit.start / float(self._strike_step))
        self._surface = Surface(share.symbol, habit, seed)
        self._temper = Temper(
            symbol=share.symbol, seed=seed, surface=self._surface,
            thinness=1.0 if share.is_fund else thin,
            strike_ticks=float(self._strike_step / share.tick_size),
        )
        self._sheets: Recent[tuple[date, date], Sheet] = Recent(64)
        self._opens: Recent[date, float] = Recent(64)
        self._options: Recent[date, dict[int, tuple[Instrument, Instrument]]] = Recent(32)

    def tape(self, option: Instrument) -> Tape | None:
        """Return the tape of an option that is listed at some time; None where it never is."""
        assert option.expiry and option.strike and option.right  # it was read from its symbol
        life = life_of(option.expiry, self._calendar)
        number, rest = divmod(option.strike, self._strike_step)
        if life is None or rest or not 0 < number <= self._number_max:
            return None
        prices = _OptionPrices(self, life, int(number), option.right)
        return Tape(option, prices, steps=self._step_count)

    def chain(self, session: Session, at: datetime) -> Chain:
        """Return the chain of a session's last step at or before a time."""
        last = session.post_closes - MINUTE / self._step_count
        index, place, as_of = step_at(session, min(at, last), MINUTE / self._step_count)
        step = self._prices.steps(session, index)[place]
        return Chain(
            underlying=self._share, as_of=as_of,
            spot=(step.bid + step.ask) * self._share.tick_size / 2,
            expiries=tuple(
                self._expiry(session, life, step, as_of)
                for life in lives_on(session.day, self._calendar) if life.ends > as_of
            ),
        )

    def volatility(self, day: date) -> Decimal:
        """Return a session's volatility at the money, of what ends 30 days later."""
        return Decimal(f"{self._surface.month_ahead(day):.{_PLACES}f}")

    def share_steps(self, session: Session, index: int) -> Sequence[Step]:
        return self._prices.steps(session, index)

    def sheet(self, session: Session, life: Life) -> Sheet:
        key = (session.day, life.last)
        return self._sheets.get_or(
            key, lambda: Sheet(self._temper, session, life, self._opened_at(session))
        )

    def _expiry(self, session: Session, life: Life, share: Step, at: datetime) -> Expiry:
        sheet, tick = self.sheet(session, life), self._share.tick_size
        panel, passed = sheet.panel(at), sheet.passed(at)
        options = []
        for number in self._numbers(session):
            sides = zip(
                self._contracts(life, number), panel.pair(number, share), sheet.activity(number),
                strict=True,
            )
            for option, step, activity in sides:
                options.append(Listed(
                    option=option, bid=step.bid * tick, ask=step.ask * tick,
                    open_interest=Decimal(activity.open_interest),
                    volume=Decimal(int(activity.volume * passed)),
                ))
        return Expiry(day=life.last, ends=life.ends, options=tuple(options))

    def _numbers(self, session: Session) -> range:
        """Return the strikes that are listed in a session, by number."""
        step = self._temper.strike_ticks
        opened_at = self._opened_at(session)
        low, high = (opened_at * (1 + side * _REACH) / step for side in (-1, 1))
        return range(max(1, ceil(low)), floor(high) + 1)

    def _opened_at(self, session: Session) -> float:
        """Return the share's price at the session's first instant, in ticks."""
        def first() -> float:
            step = self._prices.steps(session, 0)[0]
            return (step.bid + step.ask) / 2

        return self._opens.get_or(session.day, first)

    def _contracts(self, life: Life, number: int) -> tuple[Instrument, Instrument]:
        known = self._options.get_or(life.last, dict[int, tuple[Instrument, Instrument]])
        if number not in known:
            strike = number * self._strike_step
            known[number] = (
                option_on(self._share, life, Right.CALL, strike),
                option_on(self._share, life, Right.PUT, strike),
            )
        return known[number]


class _OptionPrices:
    """The prices of one option."""

    size_step = ONE

    def __init__(self, pit: OptionPit, life: Life, number: int, right: Right) -> None:
        self.first_day, self.ends = life.first, life.ends
        self._pit = pit
        self._life = life
        self._number = number
        self._side = 0 if right is Right.CALL else 1
        self._minutes: Recent[tuple[datetime, int], Sequence[Step]] = Recent(2)

    def steps(self, session: Session, index: int) -> Sequence[Step]:
        return self._minutes.get_or((session.pre_opens, index), lambda: self._build(session, index))

    def _build(self, session: Session, index: int) -> Sequence[Step]:
        start = session.pre_opens + index * MINUTE
        if start >= self.ends:
            return ()
        panel, number, side = self._sheet(session).panel(start), self._number, self._side
        shares = self._pit.share_steps(session, index)
        return [panel.pair(number, share)[side] for share in shares]

    def volume(self, session: Session, index: int) -> Decimal:
        sheet, start = self._sheet(session), session.pre_opens + index * MINUTE
        whole = sheet.activity(self._number)[self._side].volume
        before, after = (int(whole * sheet.passed(at)) for at in (start, start + MINUTE))
        return Decimal(after - before)

    def _sheet(self, session: Session) -> Sheet:
        return self._pit.sheet(session, self._life)
