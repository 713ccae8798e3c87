"""What does the market show? Prices that walk by the seed, and hours that may end early."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from tradebot.core.model.commands import Phase
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import Instrument
from tradebot.ports import Clock, Gap, Listener, MarketEvent, Session
from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.faults import Faults

SYMBOLS: Final = ("AAA", "BBB", "CCC")
STEP_S: Final = 2.0
_NIGHT_STEP_S: Final = 10.0
PRIMARY: Final = "XNYS"
_CENT: Final = Decimal("0.01")


class Prices:
    """The true prices of a day: they outlive processes."""

    def __init__(self, chance: Chance, symbols: Sequence[str]) -> None:
        self.symbols = symbols
        self.is_asleep = False
        self._chance = chance
        self._mid = {symbol: Decimal(100) for symbol in symbols}

    def of(self, symbol: str) -> Decimal:
        return self._mid[symbol]

    def move(self, symbol: str) -> None:
        self._mid[symbol] += _CENT * (self._chance.below(f"price {symbol}", 21) - 10)


class SimMarket:
    """One process' market data: the prices as they are, or as bad feeds have them."""

    def __init__(
        self, prices: Prices, chance: Chance, faults: Faults, clock: Clock, *, primary: str
    ) -> None:
        self._prices = prices
        self._chance = chance
        self._faults = faults
        self._clock = clock
        self._primary = primary
        self._bars: dict[str, Bar] = {}  # of the minute that runs
        self._listeners: list[Listener] = []
        self._silent: dict[str, int] = {}
        self._last: dict[str, Quote] = {}

    def instruments(self) -> Sequence[Instrument]:
        return [
            Instrument(symbol=symbol, calendar=self._primary) for symbol in self._prices.symbols
        ]

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        self._listeners.append(listener)

    def last(self, symbol: str) -> Quote | None:
        return self._last.get(symbol)

    def gaps(self) -> Sequence[Gap]:
        return ()

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return ()

    async def run(self) -> None:
        while True:
            for symbol in self._prices.symbols:
                if not self._prices.is_asleep:
                    self._quote(symbol)
            await asyncio.sleep(_NIGHT_STEP_S if self._prices.is_asleep else STEP_S)

    def _quote(self, symbol: str) -> None:
        self._prices.move(symbol)
        if self._faults.hit("lost_quote"):
            return
        if self._silent.get(symbol, 0) > 0:
            self._silent[symbol] -= 1
            return
        if self._faults.hit("silent_symbol"):
            self._silent[symbol] = self._chance.below("silent for", 20)
        mid = self._prices.of(symbol)
        if self._faults.hit("insane_quote"):
            mid *= 10
        bid, ask = mid - _CENT, mid + _CENT
        if self._faults.hit("crossed_quote"):
            bid, ask = ask, bid
        quote = Quote(
            symbol=symbol, bid=bid, ask=ask, bid_size=Decimal(500), ask_size=Decimal(500),
            as_of=self._clock.now(),
        )
        self._last[symbol] = quote
        self._tell(quote)
        self._count(quote)

    def _tell(self, event: MarketEvent) -> None:
        for listener in self._listeners:
            listener(event)

    def _count(self, quote: Quote) -> None:
        """Add to the bar of this minute; tell the last one once its minute is over."""
        mid, start = quote.mid, quote.as_of.replace(second=0, microsecond=0)
        bar = self._bars.get(quote.symbol)
        if bar is not None and bar.start == start:
            self._bars[quote.symbol] = replace(
                bar, high=max(bar.high, mid), low=min(bar.low, mid), close=mid
            )
            return
        self._bars[quote.symbol] = Bar(
            symbol=quote.symbol, start=start, end=start + timedelta(minutes=1),
            open=mid, high=mid, low=mid, close=mid, volume=quote.bid_size,
        )
        if bar is not None:
            self._tell(bar)


class SimCalendar:
    """Sessions of minutes, one a day number; all of them may end before their hour."""

    name: str = PRIMARY
    known_until: datetime | None = None

    def __init__(self, sessions: Sequence[Session]) -> None:
        self._sessions = sessions

    def session_on(self, day: date) -> Session | None:
        return next((found for found in self._sessions if found.day == day), None)

    def phase_at(self, at: datetime) -> Phase:
        found = self.session_at(at)
        return Phase.TRADING if found is not None else Phase.CLOSED

    def session_at(self, at: datetime) -> Session | None:
        return next((s for s in self._sessions if s.opens <= at < s.closes), None)

    def reason_on(self, day: date) -> str | None:
        return None

    def next_open(self, after: datetime) -> datetime:
        return min((s.opens for s in self._sessions if s.opens > after), default=_far(after))

    def next_close(self, after: datetime) -> datetime:
        return min((s.closes for s in self._sessions if s.closes > after), default=_far(after))

    def next_change(self, after: datetime) -> tuple[datetime, Phase]:
        change = min(self.next_open(after), self.next_close(after))
        return change, self.phase_at(change)


def _far(after: datetime) -> datetime:
    return after + timedelta(days=1)


def session_of(opens: datetime, seconds: float, number: int) -> Session:
    closes = opens + timedelta(seconds=seconds)
    return Session(
        calendar=PRIMARY, day=opens.date() + timedelta(days=number), pre_opens=opens,
        opens=opens, closes=closes, post_closes=closes, is_early_close=number > 0,
    )
