"""How is a recorded market played again? At the clock's pace, a day of each symbol in memory.

What was recorded before the feed began is history: it answers `last` and `history`, and is never
delivered. Nothing is told before it was known.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import Instrument
from tradebot.plugins.market_data import lean, plain_csv
from tradebot.plugins.market_data.feed import Feed, Stream
from tradebot.plugins.market_data.paths import Recent
from tradebot.plugins.market_data.recording import Recording
from tradebot.ports import Calendar, Clock, Gap, Listener

_DAY: Final = timedelta(days=1)
_END: Final = attrgetter("end")
_HOW: Final = "set market_data.path or TRADEBOT_MARKET_DATA__PATH to a folder of recordings"


@fact
class RecordedSettings:
    """Real sessions, played again.

    path: the folder of recordings, in the LEAN layout or plain CSV
    symbols: what to play
    """

    path: Path | None = None
    symbols: Annotated[tuple[str, ...], Field(min_length=1)] = ("SPY",)


class RecordedMarket:
    """Quotes and bars of a folder; it ends when the recordings end."""

    settings_type = RecordedSettings

    def __init__(
        self, settings: RecordedSettings, *, clock: Clock, calendars: Mapping[str, Calendar],
        until: datetime | None,
    ) -> None:
        self._names = tuple(dict.fromkeys(settings.symbols))
        self._sources = _open(settings.path, self._names)
        self._calendars = calendars
        self._until = until
        self._first_day = (clock.now() - _DAY).date()
        self._feed = Feed(self._sources, clock, until, self._stream)
        self._gaps: tuple[Gap, ...] | None = None
        self._bars: Recent[tuple[str, date], list[Bar]] = Recent(2 * len(self._sources))

    def instruments(self) -> Sequence[Instrument]:
        return tuple(source.instrument for source in self._sources.values())

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        self._feed.subscribe(symbols, listener)

    def last(self, symbol: str) -> Quote | None:
        """Return the newest quote; before the first was delivered, the last one recorded by now."""
        if symbol not in self._feed.latest and symbol in self._sources:
            found = self._last_recorded(symbol, self._feed.now())
            if found is not None:
                self._feed.latest[symbol] = found
        return self._feed.latest.get(symbol)

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        """Return the last bars that are known by now, oldest first."""
        if symbol not in self._sources or count <= 0:
            return ()
        now, found = self._feed.now(), list[Bar]()
        for day in reversed(self._days_until(symbol, now)):
            bars = self._bars_of(symbol, day)
            found = bars[: bisect_right(bars, now, key=_END)] + found
            if len(found) >= count:
                break
        return found[-count:]

    def gaps(self) -> Sequence[Gap]:
        """Tell which sessions are missing, from the feed's first day to its last."""
        if self._gaps is None:
            self._gaps = self._found_gaps()
        return self._gaps

    def _found_gaps(self) -> tuple[Gap, ...]:
        days = sorted({day for source in self._sources.values() for day in source.days()})
        days = [day for day in days if day >= self._first_day + _DAY]
        if not days:
            return ()
        last = days[-1] if self._until is None else self._until.date()
        span = [
            days[0] + number * _DAY for number in range((last - days[0]).days + 1)
        ]
        return tuple(gap for name in self._names for gap in self._missing(name, span))

    async def run(self) -> None:
        await self._feed.run()

    def _stream(self, symbol: str, since: datetime) -> Stream:
        source = self._sources[symbol]
        days = source.days()
        for day in days[bisect_left(days, (since - _DAY).date()) :]:
            for stamped in source.events(day):
                if stamped[0] >= since:
                    yield stamped

    def _last_recorded(self, symbol: str, now: datetime) -> Quote | None:
        for day in reversed(self._days_until(symbol, now)):
            for at, _, _, event in reversed(self._sources[symbol].events(day)):
                if at <= now and isinstance(event, Quote):
                    return event
        return None

    def _days_until(self, symbol: str, now: datetime) -> Sequence[date]:
        days = self._sources[symbol].days()
        return days[: bisect_right(days, now.date())]

    def _bars_of(self, symbol: str, day: date) -> list[Bar]:
        return self._bars.get_or((symbol, day), lambda: self._sources[symbol].bars(day))

    def _missing(self, symbol: str, span: Iterable[date]) -> Iterable[Gap]:
        source = self._sources.get(symbol)
        recorded = set(source.days()) if source is not None else set()
        run: list[date] = []
        for day in span:
            if not self._has_session(source, day):
                continue
            if day not in recorded:
                run.append(day)
            elif run:
                yield Gap(symbol=symbol, first=run[0], last=run[-1], sessions=len(run))
                run = []
        if run:
            yield Gap(symbol=symbol, first=run[0], last=run[-1], sessions=len(run))

    def _has_session(self, source: Recording | None, day: date) -> bool:
        """Ask the symbol's calendar; of a symbol without any recording nothing is known."""
        if source is None:
            return True
        calendar = self._calendars.get(source.instrument.calendar)
        return calendar is None or calendar.session_on(day) is not None


def _open(path: Path | None, symbols: Sequence[str]) -> dict[str, Recording]:
    """Open what the folder holds of the symbols; a folder without any is an error."""
    if path is None or not str(path).strip():
        raise ValueError(f"market_data.path: the recorded market needs a folder: {_HOW}")
    if not path.is_dir():
        raise ValueError(f"market_data.path: {path} is no folder: {_HOW}")
    if lean.is_lean(path):
        found: dict[str, Recording | None] = {name: lean.find(path, name) for name in symbols}
    elif plain_csv.is_plain_csv(path):
        found = {name: plain_csv.find(path, name) for name in symbols}
    else:
        raise ValueError(
            f"market_data.path: {path} holds neither the LEAN layout nor SYMBOL.csv files: {_HOW}"
        )
    sources = {name: source for name, source in found.items() if source is not None}
    if not sources:
        raise ValueError(f"market_data.path: {path} holds nothing of {', '.join(symbols)}")
    return sources
