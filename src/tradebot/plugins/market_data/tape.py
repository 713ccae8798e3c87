"""What is told of one simulated symbol, and when? A quote at each step, and a bar each minute."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import Instrument
from tradebot.plugins.market_data.feed import Stamped, stamped_bar, stamped_quote
from tradebot.plugins.market_data.paths import MINUTE, minute_count
from tradebot.ports import Session

_TWO: Final = Decimal(2)


class Step(NamedTuple):
    """One quote: prices in ticks, sizes in size steps."""

    bid: int
    ask: int
    bid_size: int
    ask_size: int


class TapePrices(Protocol):
    """Where a tape's numbers come from; nothing in a minute means that nothing is quoted in it."""

    first_day: date
    ends: datetime
    size_step: Decimal

    def steps(self, session: Session, index: int) -> Sequence[Step]: ...
    def volume(self, session: Session, index: int) -> Decimal: ...


class Tape:
    """One symbol's quotes and one-minute bars, at any instant."""

    def __init__(self, instrument: Instrument, prices: TapePrices, *, steps: int) -> None:
        self.instrument = instrument
        self._prices = prices
        self._interval = MINUTE / steps

    @property
    def ends(self) -> datetime:
        """From here on nothing is quoted."""
        return self._prices.ends

    @property
    def calendar_of(self) -> str:
        """Return the symbol on whose calendar it trades."""
        return self.instrument.underlying or self.instrument.symbol

    def is_listed(self, day: date) -> bool:
        return self._prices.first_day <= day

    def stream(self, session: Session, since: datetime) -> Iterator[Stamped]:
        """Tell a session's events from a time on, each minute's bar after its last quote."""
        first = max(0, (since - session.pre_opens) // MINUTE - 1)
        for index in range(first, minute_count(session)):
            start = session.pre_opens + index * MINUTE
            for place, step in enumerate(self._steps(session, index)):
                at = start + place * self._interval
                if at >= since:
                    yield stamped_quote(self._quote(step, at))
            bar = self.bar(session, index) if start + MINUTE >= since else None
            if bar is not None:
                yield stamped_bar(bar)

    def quote_at(self, session: Session, at: datetime) -> Quote | None:
        """Return the quote of the step at or before a time."""
        index, place, as_of = step_at(session, at, self._interval)
        steps = self._steps(session, index)
        return self._quote(steps[place], as_of) if steps else None

    def bar(self, session: Session, index: int) -> Bar | None:
        """Sum up the mids of a minute."""
        doubled = [step.bid + step.ask for step in self._steps(session, index)]
        if not doubled:
            return None
        start = session.pre_opens + index * MINUTE
        half_tick = self.instrument.tick_size / _TWO
        return Bar(
            symbol=self.instrument.symbol, start=start, end=start + MINUTE,
            open=doubled[0] * half_tick, high=max(doubled) * half_tick,
            low=min(doubled) * half_tick, close=doubled[-1] * half_tick,
            volume=self._prices.volume(session, index),
        )

    def _steps(self, session: Session, index: int) -> Sequence[Step]:
        if not (0 <= index < minute_count(session) and self.is_listed(session.day)):
            return ()
        return self._prices.steps(session, index)

    def _quote(self, step: Step, at: datetime) -> Quote:
        tick, size = self.instrument.tick_size, self._prices.size_step
        return Quote(
            symbol=self.instrument.symbol, bid=step.bid * tick, ask=step.ask * tick,
            bid_size=step.bid_size * size, ask_size=step.ask_size * size, as_of=at,
        )


def step_at(
    session: Session, at: datetime, interval: timedelta
) -> tuple[int, int, datetime]:
    """Return the step at or before a time: its minute, its place there, and its own time."""
    index, into = divmod(at - session.pre_opens, MINUTE)
    place = into // interval
    return index, place, session.pre_opens + index * MINUTE + place * interval
