"""What does one simulated symbol quote at a step of a session? A pure function of seed and step."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from math import exp, floor
from typing import Final, NamedTuple

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import Instrument
from tradebot.plugins.market_data import chance
from tradebot.plugins.market_data.feed import Stamped, stamped_bar, stamped_quote
from tradebot.plugins.market_data.listing import Habit
from tradebot.plugins.market_data.paths import Recent, UnitPath, minute_count, minute_weights
from tradebot.ports import Session

_MINUTE: Final = timedelta(minutes=1)
_WIDER: Final = 4.0  # spreads outside the trading hours, as a multiple
_LOTS_MAX: Final = 20  # the largest displayed size, in the symbol's usual steps
_LOTS_OUTSIDE_MAX: Final = 4
_VOLUME_A_DAY: Final = 2_000_000_000.0  # in quoted currency
_TWO: Final = Decimal(2)


class _Step(NamedTuple):
    """One quote: prices in ticks, sizes in size steps."""

    bid: int
    ask: int
    bid_size: int
    ask_size: int


class Tape:
    """One symbol's quotes and one-minute bars, at any instant."""

    def __init__(
        self, instrument: Instrument, habit: Habit, paths: tuple[UnitPath, UnitPath], *,
        seed: int, steps: int, spread_bps: float,
    ) -> None:
        self.symbol = instrument.symbol
        self._tick = instrument.tick_size
        self._ticks_at_start = habit.start / float(instrument.tick_size)
        self._habit = habit
        self._market, self._own = paths
        self._seed = seed
        self._step_count = steps
        self._interval = _MINUTE / steps
        self._spread = spread_bps / 10_000
        self._minutes: Recent[tuple[datetime, int], list[_Step]] = Recent(4)
        self._weights: Recent[Session, list[float]] = Recent(2)

    def stream(self, session: Session, since: datetime) -> Iterator[Stamped]:
        """Tell a session's events from a time on, each minute's bar after its last quote."""
        first = max(0, (since - session.pre_opens) // _MINUTE - 1)
        for index in range(first, minute_count(session)):
            start = session.pre_opens + index * _MINUTE
            for place, step in enumerate(self._minute(session, index)):
                at = start + place * self._interval
                if at >= since:
                    yield stamped_quote(self._quote(step, at))
            if start + _MINUTE >= since:
                yield stamped_bar(self.bar(session, index))

    def quote_at(self, session: Session, at: datetime) -> Quote | None:
        """Return the quote of the step at or before a time."""
        index, into = divmod(at - session.pre_opens, _MINUTE)
        if not 0 <= index < minute_count(session):
            return None
        place = into // self._interval
        start = session.pre_opens + index * _MINUTE
        return self._quote(self._minute(session, index)[place], start + place * self._interval)

    def bar(self, session: Session, index: int) -> Bar:
        """Sum up the mids of a minute."""
        doubled = [step.bid + step.ask for step in self._minute(session, index)]
        start = session.pre_opens + index * _MINUTE
        half_tick = self._tick / _TWO
        return Bar(
            symbol=self.symbol, start=start, end=start + _MINUTE,
            open=doubled[0] * half_tick, high=max(doubled) * half_tick,
            low=min(doubled) * half_tick, close=doubled[-1] * half_tick,
            volume=self._volume(session, index),
        )

    def _quote(self, step: _Step, at: datetime) -> Quote:
        tick, size = self._tick, self._habit.size_step
        return Quote(
            symbol=self.symbol, bid=step.bid * tick, ask=step.ask * tick,
            bid_size=step.bid_size * size, ask_size=step.ask_size * size, as_of=at,
        )

    def _minute(self, session: Session, index: int) -> list[_Step]:
        return self._minutes.get_or(
            (session.pre_opens, index), lambda: self._build(session, index)
        )

    def _build(self, session: Session, index: int) -> list[_Step]:
        at = session.pre_opens + index * _MINUTE
        is_trading = session.opens <= at < session.closes
        spread = self._spread if is_trading else self._spread * _WIDER
        lots_max = _LOTS_MAX if is_trading else _LOTS_OUTSIDE_MAX
        shared, own = self._habit.market_move, self._habit.own_move
        draws = chance.words(self._step_count, self._seed, self.symbol, session.day, index, "book")
        levels = zip(
            self._market.minute(session, index), self._own.minute(session, index), draws,
            strict=True,
        )
        steps = []
        for market, mine, draw in levels:
            mid = self._ticks_at_start * exp(shared * market + own * mine)
            noise = 0.5 + (draw & 0xFFF) / 0xFFF  # between a half and three halves
            width = max(1, round(mid * spread * noise))
            bid = max(1, floor(mid - width / 2 + 0.5))
            steps.append(_Step(
                bid, bid + width, 1 + (draw >> 12) % lots_max, 1 + (draw >> 22) % lots_max
            ))
        return steps

    def _volume(self, session: Session, index: int) -> Decimal:
        weights = self._weights.get_or(session, lambda: minute_weights(session))
        (draw,) = chance.words(1, self._seed, self.symbol, session.day, index, "volume")
        units = _VOLUME_A_DAY / self._habit.start * weights[index] * (0.5 + draw / 2**32)
        return int(units / float(self._habit.volume_step)) * self._habit.volume_step
