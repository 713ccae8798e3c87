"""Which market is there without any data? One made of arithmetic, the same for everyone who asks.

Every quote is a pure function of seed, symbol, session and step: a run that is resumed, or begun
anywhere, sees the very same market.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.chain import Chain
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import AssetClass, Instrument, option_of
from tradebot.core.model.naming import instrument_of
from tradebot.plugins.market_data.feed import Feed, Stream
from tradebot.plugins.market_data.listing import habit_of
from tradebot.plugins.market_data.option_listing import is_root
from tradebot.plugins.market_data.option_pit import OptionPit
from tradebot.plugins.market_data.paths import MINUTE, Recent, UnitPath, minute_count
from tradebot.plugins.market_data.share_prices import SharePrices
from tradebot.plugins.market_data.tape import Tape
from tradebot.ports import Calendar, Gap, Listener, MarketSite, Session

_MINUTE_MS: Final = 60_000
_TAPES_KEPT: Final = 4096  # of options that somebody asked for
_NO_SESSION_DAYS_MAX: Final = 15  # no market that we know rests longer


@fact
class SimulatedSettings:
    """The market that needs no data.

    symbols: what trades; BTC-USD and the like are pairs that trade around the clock
    seed: the source of chance; the same seed gives the same market
    interval_s: seconds between two quotes of a symbol; a minute must be a whole number of them
    spread_bps: the mean spread in trading hours; outside them it is four times as wide
    asset_classes: what a symbol is, where its name does not tell: equity, crypto or fx
    options: which shares have options; left out, all of them
    """

    symbols: Annotated[tuple[str, ...], Field(min_length=1)] = ("SPY", "QQQ", "IBM")
    seed: int = 0
    interval_s: Annotated[Decimal, Field(ge=Decimal("0.1"), le=60)] = Decimal(1)
    spread_bps: Annotated[Decimal, Field(gt=0, le=1000)] = Decimal(1)
    asset_classes: Mapping[str, AssetClass] = field(default_factory=dict)
    options: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.interval_s <= 0 or _MINUTE_MS % (self.interval_s * 1000):
            raise ValueError("interval_s: expected seconds that divide a minute, such as 0.5 or 5")


class SimulatedMarket:
    """Quotes and one-minute bars of invented prices, while the symbols' calendars are open."""

    settings_type = SimulatedSettings

    def __init__(self, settings: SimulatedSettings, site: MarketSite) -> None:
        names = dict.fromkeys(settings.symbols)
        self._instruments = {
            name: instrument_of(name, settings.asset_classes.get(name)) for name in names
        }
        self._calendars = {
            name: _calendar(instrument, site.calendars)
            for name, instrument in self._instruments.items()
        }
        self._tapes, self._pits = self._built(settings)
        self._options: Recent[str, Tape | None] = Recent(_TAPES_KEPT)
        self._feed = Feed(names, site.clock, site.until, self._stream)

    def instruments(self) -> Sequence[Instrument]:
        return tuple(self._instruments.values())

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        names = tuple(symbols)
        for name in names:
            if self._tape(name) is not None:
                self._feed.add(name)
        self._feed.subscribe(names, listener)

    def last(self, symbol: str) -> Quote | None:
        """Return the newest quote; before the first was delivered, the one that holds by now."""
        now, tape = self._feed.now(), self._tape(symbol)
        if tape is None or now >= tape.ends:
            return None
        session = self._calendars[tape.calendar_of].session_at(now)
        delivered = self._feed.latest.get(symbol)
        if delivered is not None or session is None:
            return delivered
        return tape.quote_at(session, now)

    def chain(self, symbol: str) -> Chain | None:
        """Return the options on a share as of now, or as of the end of the last session."""
        pit, now = self._pits.get(symbol), self._feed.now()
        if pit is None:
            return None
        session = next(_sessions_before(self._calendars[symbol], now), None)
        return pit.chain(session, now) if session is not None else None

    def implied_volatilities(self, symbol: str, count: int) -> Sequence[Decimal]:
        pit, now = self._pits.get(symbol), self._feed.now()
        if pit is None or count <= 0:
            return ()
        sessions = _sessions_before(self._calendars[symbol], now)
        days = (session.day for session in sessions if session.post_closes <= now)
        return [pit.volatility(day) for day in islice(days, count)][::-1]

    def gaps(self) -> Sequence[Gap]:
        return ()

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        """Return the last one-minute bars that are known by now, oldest first."""
        now, tape, bars = self._feed.now(), self._tape(symbol), list[Bar]()
        if tape is None or count <= 0:
            return ()
        calendar = self._calendars[tape.calendar_of]
        for session in _sessions_before(calendar, min(now, tape.ends)):
            if not tape.is_listed(session.day):
                break
            ended = min(minute_count(session), (now - session.pre_opens) // MINUTE)
            for index in range(ended - 1, -1, -1):
                bar = tape.bar(session, index)
                if bar is not None:
                    bars.append(bar)
                if len(bars) == count:
                    return bars[::-1]
        return bars[::-1]

    async def run(self) -> None:
        await self._feed.run()

    def _stream(self, symbol: str, since: datetime) -> Stream:
        tape = self._tape(symbol)
        assert tape is not None  # nothing else is added to the feed
        for session in _sessions_from(self._calendars[tape.calendar_of], since):
            if session.pre_opens >= tape.ends:
                return
            yield from tape.stream(session, since)

    def _tape(self, symbol: str) -> Tape | None:
        return self._tapes.get(symbol) or self._options.get_or(
            symbol, lambda: self._option_tape(symbol)
        )

    def _option_tape(self, symbol: str) -> Tape | None:
        option = option_of(symbol)
        pit = self._pits.get(option.underlying or "") if option is not None else None
        return pit.tape(option) if pit is not None and option is not None else None

    def _built(self, settings: SimulatedSettings) -> tuple[dict[str, Tape], dict[str, OptionPit]]:
        """Build what each symbol costs, and the options of those that have some."""
        steps, seed = int(_MINUTE_MS / (settings.interval_s * 1000)), settings.seed
        markets: dict[AssetClass, UnitPath] = {}
        tapes, pits, wanted = {}, {}, self._with_options(settings)
        for name, instrument in self._instruments.items():
            kind, habit = instrument.asset_class, habit_of(instrument, seed)
            if kind not in markets:
                source = f"market of {kind.value}"
                markets[kind] = UnitPath(seed, source, steps=steps, gap=habit.gap)
            prices = SharePrices(
                instrument, habit,
                (markets[kind], UnitPath(seed, name, steps=steps, gap=habit.gap)),
                seed=seed, steps=steps, spread_bps=float(settings.spread_bps),
            )
            tapes[name] = Tape(instrument, prices, steps=steps)
            if name in wanted:
                pits[name] = OptionPit(
                    instrument, habit, prices, self._calendars[name], seed=seed, steps=steps
                )
        return tapes, pits

    def _with_options(self, settings: SimulatedSettings) -> Collection[str]:
        able = {
            name for name, instrument in self._instruments.items()
            if instrument.asset_class is AssetClass.EQUITY and is_root(name)
        }
        for name in settings.options or ():
            if name not in able:
                told = ", ".join(sorted(able)) or "nothing here"
                raise ValueError(
                    f"market_data.options: expected shares among the symbols ({told}), got {name}"
                )
        return able if settings.options is None else settings.options


def _calendar(instrument: Instrument, calendars: Mapping[str, Calendar]) -> Calendar:
    found = calendars.get(instrument.calendar)
    if found is None:
        raise ValueError(f"{instrument.symbol}: there is no calendar {instrument.calendar}")
    return found


def _sessions_from(calendar: Calendar, since: datetime) -> Iterator[Session]:
    """Tell the session that holds a time, or just ended at it, and all that follow."""
    at = since - timedelta(microseconds=1)
    while calendar.known_until is None or at < calendar.known_until:
        session = calendar.session_at(at)
        if session is None:
            at = calendar.next_change(at)[0]
        else:
            yield session
            at = session.post_closes


def _sessions_before(calendar: Calendar, now: datetime) -> Iterator[Session]:
    """Tell sessions backwards from the one that holds a time, or the last before it."""
    day, missed = now.date() + timedelta(days=1), 0
    while missed < _NO_SESSION_DAYS_MAX:
        session = calendar.session_on(day)
        missed += 1
        if session is not None and session.pre_opens < now:
            yield session
            missed = 0
        day -= timedelta(days=1)
