"""How is a recorded market played again? At the clock's pace, a day of each symbol in memory.

What was recorded before the feed began is history: it answers `last` and `history`, and is never
delivered. Nothing is told before it was known.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.chain import Chain, Expiry, Listed
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import Instrument, bet_on
from tradebot.plugins.market_data import lean, plain_csv
from tradebot.plugins.market_data.feed import Feed, Stream
from tradebot.plugins.market_data.lean_options import LeanOptions, find_options
from tradebot.plugins.market_data.paths import Recent
from tradebot.plugins.market_data.recording import Recording
from tradebot.ports import Gap, Listener, MarketSite

_DAY: Final = timedelta(days=1)
_END: Final = attrgetter("end")
_RESTS_MAX: Final = 7  # days before an expiry without a session: once it was a Saturday
_HOW: Final = "set market_data.path or TRADEBOT_MARKET_DATA__PATH to a folder of recordings"


@fact
class RecordedSettings:
    """Real sessions, played again.

    path: the folder of recordings, in the LEAN layout or plain CSV
    symbols: what to play
    implied_history: a CSV of day,implied for each share whose options are played
    """

    path: Path | None = None
    symbols: Annotated[tuple[str, ...], Field(min_length=1)] = ("SPY",)
    implied_history: Mapping[str, Path] = field(default_factory=dict)


class RecordedMarket:
    """Quotes and bars of a folder; it ends when the recordings end."""

    settings_type = RecordedSettings

    def __init__(self, settings: RecordedSettings, site: MarketSite) -> None:
        self._names = tuple(dict.fromkeys(settings.symbols))
        self._sources = _open(settings.path, self._names)
        self._options = _options(settings.path, self._sources)
        self._implied = {
            symbol: plain_csv.implied(path) for symbol, path in settings.implied_history.items()
        }
        self._calendars = site.calendars
        self._until = site.until
        self._first_day = (site.clock.now() - _DAY).date()
        self._feed = Feed(self._sources, site.clock, site.until, self._stream)
        self._gaps: tuple[Gap, ...] | None = None
        self._bars: Recent[tuple[str, date], list[Bar]] = Recent(2 * len(self._sources))

    def instruments(self) -> Sequence[Instrument]:
        return tuple(source.instrument for source in self._sources.values())

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        names = tuple(symbols)
        for name in names:
            if self._source(name) is not None:
                self._feed.add(name)
        self._feed.subscribe(names, listener)

    def last(self, symbol: str) -> Quote | None:
        """Return the newest quote; before the first was delivered, the last one recorded by now."""
        now, source = self._feed.now(), self._source(symbol)
        if source is None or self._ends(source.instrument) <= now:
            return None
        if symbol not in self._feed.latest:
            found = self._last_recorded(source, now)
            if found is not None:
                self._feed.latest[symbol] = found
        return self._feed.latest.get(symbol)

    def chain(self, symbol: str) -> Chain | None:
        """Return what was told last of each option; where nobody stands, a price of 0."""
        now, spot, options = self._feed.now(), self.last(symbol), self._options.get(symbol)
        listed = options.listed(now) if options is not None else ()
        if spot is None or not listed:
            return None
        days = dict[date, list[Listed]]()
        for one in sorted(listed, key=lambda one: one.option.symbol):
            assert one.option.expiry is not None
            days.setdefault(one.option.expiry, []).append(one)
        expiries = (
            Expiry(day=day, ends=self._ends(found[0].option), options=tuple(found))
            for day, found in sorted(days.items())
        )
        return Chain(
            underlying=self._sources[symbol].instrument, spot=spot.mid, as_of=spot.as_of,
            expiries=tuple(expiry for expiry in expiries if expiry.ends > now),
        )

    def implied_volatilities(self, symbol: str, count: int) -> Sequence[Decimal]:
        """Return what the settings' file says of the days before today, by UTC."""
        today, rows = self._feed.now().date(), self._implied.get(symbol, ())
        known = [implied for day, implied in rows if day < today]
        return known[-count:] if count > 0 else ()

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        """Return the last bars that are known by now, oldest first."""
        now, source, found = self._feed.now(), self._source(symbol), list[Bar]()
        if source is None or count <= 0:
            return ()
        for day in reversed(_days_until(source, now)):
            bars = self._bars_of(source, day)
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
        source = self._source(symbol)
        assert source is not None  # nothing else is added to the feed
        days = source.days()
        for day in days[bisect_left(days, (since - _DAY).date()) :]:
            for stamped in source.events(day):
                if stamped[0] >= since:
                    yield stamped

    def _source(self, symbol: str) -> Recording | None:
        """Return a symbol's recordings: those that the settings name, or those of an option."""
        if symbol in self._sources:
            return self._sources[symbol]
        options = self._options.get(bet_on(symbol)[0])
        return options.source(symbol) if options is not None else None

    def _ends(self, instrument: Instrument) -> datetime:
        """Return when it trades no more: an option with the last session up to its day."""
        if instrument.expiry is None:
            return datetime.max.replace(tzinfo=UTC)
        calendar = self._calendars[instrument.calendar]
        days = (instrument.expiry - back * _DAY for back in range(_RESTS_MAX + 1))
        sessions = filter(None, map(calendar.session_on, days))
        return next((session.closes for session in sessions), datetime.min.replace(tzinfo=UTC))

    def _last_recorded(self, source: Recording, now: datetime) -> Quote | None:
        for day in reversed(_days_until(source, now)):
            for at, _, _, event in reversed(source.events(day)):
                if at <= now and isinstance(event, Quote):
                    return event
        return None

    def _bars_of(self, source: Recording, day: date) -> list[Bar]:
        key = (source.instrument.symbol, day)
        return self._bars.get_or(key, lambda: source.bars(day))

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


def _days_until(source: Recording, now: datetime) -> Sequence[date]:
    days = source.days()
    return days[: bisect_right(days, now.date())]


def _options(path: Path | None, shares: Iterable[str]) -> dict[str, LeanOptions]:
    found = {name: find_options(path, name) for name in shares if path is not None}
    return {name: options for name, options in found.items() if options is not None}


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
