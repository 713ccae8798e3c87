"""Which market is there without any data? One made of arithmetic, the same for everyone who asks.

Every quote is a pure function of seed, symbol, session and step: a run that is resumed, or begun
anywhere, sees the very same market.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.plugins.market_data.feed import Feed, Stream
from tradebot.plugins.market_data.listing import habit_of, instrument_of
from tradebot.plugins.market_data.paths import UnitPath, minute_count
from tradebot.plugins.market_data.tape import Tape
from tradebot.ports import Calendar, Clock, Gap, Listener, Session

_MINUTE_MS: Final = 60_000
_MINUTE: Final = timedelta(minutes=1)
_NO_SESSION_DAYS_MAX: Final = 15  # no market that we know rests longer


@fact
class SimulatedSettings:
    """The market that needs no data.

    symbols: what trades; BTC-USD and the like are pairs that trade around the clock
    seed: the source of chance; the same seed gives the same market
    interval_s: seconds between two quotes of a symbol; a minute must be a whole number of them
    spread_bps: the mean spread in trading hours; outside them it is four times as wide
    asset_classes: what a symbol is, where its name does not tell: equity, crypto or fx
    """

    symbols: Annotated[tuple[str, ...], Field(min_length=1)] = ("SPY", "QQQ", "IBM")
    seed: int = 0
    interval_s: Annotated[Decimal, Field(ge=Decimal("0.1"), le=60)] = Decimal(1)
    spread_bps: Annotated[Decimal, Field(gt=0, le=1000)] = Decimal(1)
    asset_classes: Mapping[str, AssetClass] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.interval_s <= 0 or _MINUTE_MS % (self.interval_s * 1000):
            raise ValueError("interval_s: expected seconds that divide a minute, such as 0.5 or 5")


class SimulatedMarket:
    """Quotes and one-minute bars of invented prices, while the symbols' calendars are open."""

    settings_type = SimulatedSettings

    def __init__(
        self, settings: SimulatedSettings, *, clock: Clock, calendars: Mapping[str, Calendar],
        until: datetime | None,
    ) -> None:
        names = dict.fromkeys(settings.symbols)
        self._instruments = {
            name: instrument_of(name, settings.asset_classes.get(name)) for name in names
        }
        self._calendars = {
            name: _calendar(instrument, calendars)
            for name, instrument in self._instruments.items()
        }
        self._tapes = _tapes(settings, self._instruments.values())
        self._feed = Feed(names, clock, until, self._stream)

    def instruments(self) -> Sequence[Instrument]:
        return tuple(self._instruments.values())

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        self._feed.subscribe(symbols, listener)

    def last(self, symbol: str) -> Quote | None:
        """Return the newest quote; before the first was delivered, the one that holds by now."""
        delivered = self._feed.latest.get(symbol)
        if delivered is not None or symbol not in self._tapes:
            return delivered
        now = self._feed.now()
        session = self._calendars[symbol].session_at(now)
        return self._tapes[symbol].quote_at(session, now) if session else None

    def gaps(self) -> Sequence[Gap]:
        return ()

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        """Return the last one-minute bars that are known by now, oldest first."""
        if symbol not in self._tapes or count <= 0:
            return ()
        now, tape, bars = self._feed.now(), self._tapes[symbol], list[Bar]()
        for session in _sessions_before(self._calendars[symbol], now):
            ended = min(minute_count(session), (now - session.pre_opens) // _MINUTE)
            for index in range(ended - 1, -1, -1):
                bars.append(tape.bar(session, index))
                if len(bars) == count:
                    return bars[::-1]
        return bars[::-1]

    async def run(self) -> None:
        await self._feed.run()

    def _stream(self, symbol: str, since: datetime) -> Stream:
        tape = self._tapes[symbol]
        for session in _sessions_from(self._calendars[symbol], since):
            yield from tape.stream(session, since)


def _calendar(instrument: Instrument, calendars: Mapping[str, Calendar]) -> Calendar:
    found = calendars.get(instrument.calendar)
    if found is None:
        raise ValueError(f"{instrument.symbol}: there is no calendar {instrument.calendar}")
    return found


def _tapes(settings: SimulatedSettings, instruments: Iterable[Instrument]) -> dict[str, Tape]:
    steps = int(_MINUTE_MS / (settings.interval_s * 1000))
    markets: dict[AssetClass, UnitPath] = {}
    tapes = {}
    for instrument in instruments:
        kind, habit = instrument.asset_class, habit_of(instrument, settings.seed)
        if kind not in markets:
            name = f"market of {kind.value}"
            markets[kind] = UnitPath(settings.seed, name, steps=steps, gap=habit.gap)
        own = UnitPath(settings.seed, instrument.symbol, steps=steps, gap=habit.gap)
        tapes[instrument.symbol] = Tape(
            instrument, habit, (markets[kind], own), seed=settings.seed, steps=steps,
            spread_bps=float(settings.spread_bps),
        )
    return tapes


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
