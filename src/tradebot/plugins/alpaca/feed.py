"""What does Alpaca's market do now? Shares and their options: told by streams, or asked for.

History comes first. Whoever has no line of a stream is asked for every few seconds; quotes bear
the time at which they were made, so that what nobody quotes any more grows old by itself.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from tradebot.core.model.chain import Chain
from tradebot.core.model.commands import Phase
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import AssetClass, Instrument, bet_on, names_option, option_of
from tradebot.core.model.naming import instrument_of
from tradebot.outward.market.chains import Chains
from tradebot.outward.market.lines import Lines
from tradebot.outward.market.quoted import Quoted
from tradebot.outward.market.together import again, together
from tradebot.outward.market.volatility_days import VolatilityDays
from tradebot.plugins.alpaca.data import AlpacaData
from tradebot.plugins.alpaca.data_stream import DataStream, StreamKind
from tradebot.plugins.alpaca.feed_settings import AlpacaMarketSettings
from tradebot.plugins.alpaca.option_chain import AlpacaChains
from tradebot.plugins.alpaca.told_market import HALTED, RESUMED, bar_of, quote_of
from tradebot.ports import Gap, Listener, MarketSite

_NAMES_A_REQUEST: Final = 100
_NO_QUOTES: Final = "market_data.symbols: {0}: only shares are quoted here, and options on them"


class AlpacaMarket:
    """Shares that the settings name, and any option on them that somebody asks for."""

    settings_type = AlpacaMarketSettings
    stand_in: Final = "simulated"  # in a rehearsal

    def __init__(self, settings: AlpacaMarketSettings, site: MarketSite) -> None:
        if site.until is not None:
            raise ValueError("market_data: alpaca tells of now; a rehearsal needs another provider")
        def tell(text: str) -> None:
            site.tell(f"market alpaca: {text}")

        self._settings, self._site, self._tell = settings, site, tell
        self._instruments = {
            name: _share(instrument_of(name, settings.asset_classes.get(name)))
            for name in dict.fromkeys(settings.symbols)
        }
        self._calendar = site.calendars[next(iter(self._instruments.values())).calendar]
        self._quoted = Quoted(site.clock, settings.history_bars, self._tell)
        self._data = AlpacaData(settings)
        self._shares = Lines(self._instruments, settings.symbols_max, _now)
        self._options = Lines((), settings.option_lines_max, _now)
        self._listing = AlpacaChains(settings, self._data, self._calendar)
        self._chains = Chains(self._instruments, self._fetched, settings.chain_s, self._tell)
        self._days = VolatilityDays(site.state_dir / "alpaca_volatility.json")
        self._asked_for_options = asyncio.Event()
        self._is_behind = False

    def instruments(self) -> Sequence[Instrument]:
        return tuple(self._instruments.values())

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        names = tuple(symbols)
        for name in names:
            self._want(name)
        self._quoted.subscribe(names, listener)

    def last(self, symbol: str) -> Quote | None:
        """Return what was told last; of an option that nothing was told of, what its chain says."""
        self._want(symbol)
        told = self._quoted.last(symbol)
        if told is None and names_option(symbol):
            return self._chains.quote(symbol, bet_on(symbol)[0])
        return told

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return self._quoted.history(symbol, count)

    def gaps(self) -> Sequence[Gap]:
        return ()

    def chain(self, symbol: str) -> Chain | None:
        return self._chains.chain(symbol)

    async def chain_looked_for(self, symbol: str) -> None:
        await self._chains.looked_for(symbol)

    def implied_volatilities(self, symbol: str, count: int) -> Sequence[Decimal]:
        """Return what was seen on days that are over: Alpaca has no history of it."""
        return self._days.before(symbol, self._site.clock.now().date(), count)

    async def run(self) -> None:
        """Fetch what was, and then follow, until cancelled or turned away."""
        if self._settings.allow_delayed:
            self._tell("quotes may be late or made up, as allow_delayed says")
        await self._data.open()
        try:
            await self._remember()
            await together(
                shares=partial(again, "shares", self._follow_shares, self._tell),
                options=partial(again, "options", self._follow_options, self._tell),
                asking=partial(again, "asking", self._ask, self._tell),
                chains=self._chains.run,
            )
        finally:
            await self._data.close()

    def _want(self, symbol: str) -> None:
        if symbol not in self._instruments and names_option(symbol):
            self._options.want(symbol)
            self._asked_for_options.set()

    async def _remember(self) -> None:
        for symbol in self._instruments:
            self._quoted.remember(await self._bars(symbol))
        for quote in await self._latest(tuple(self._instruments)):
            self._quoted.quote(quote)

    async def _catch_up(self) -> None:
        """Tell the minutes that were missed before the stream opened."""
        if self._is_behind:
            self._is_behind = False
            for symbol in self._instruments:
                for bar in await self._bars(symbol, self._quoted.latest_bar(symbol)):
                    self._quoted.bar(bar)

    async def _bars(self, symbol: str, since: datetime | None = None) -> list[Bar]:
        """Return the last minutes of a share that are over, oldest first."""
        if since is None:
            since = self._site.clock.now() - timedelta(days=self._settings.history_days)
        found: list[Bar] = []
        async for page in self._data.pages(f"{self._settings.data_url}/v2/stocks/bars", {
            "symbols": symbol, "timeframe": "1Min", "start": since.isoformat(),
            "limit": str(self._settings.history_bars), "sort": "desc", "adjustment": "raw",
            "feed": self._settings.feed.value,
        }):
            told = page.get("bars")
            rows = told.get(symbol) if isinstance(told, dict) else None
            found += [bar for row in rows or () if (bar := bar_of(symbol, row)) is not None]
            if len(found) >= self._settings.history_bars:
                break
        return sorted(found, key=lambda bar: bar.end)[-self._settings.history_bars:]

    async def _latest(self, symbols: Sequence[str]) -> list[Quote]:
        """Ask for the newest quote of each."""
        found: list[Quote] = []
        for path, names, feed in (
            ("v2/stocks", [s for s in symbols if not names_option(s)], self._settings.feed),
            ("v1beta1/options", list(filter(names_option, symbols)), self._settings.option_feed),
        ):
            for at in range(0, len(names), _NAMES_A_REQUEST):
                page = await self._data.get(
                    f"{self._settings.data_url}/{path}/quotes/latest",
                    {"symbols": ",".join(names[at : at + _NAMES_A_REQUEST]), "feed": feed.value},
                )
                told = page.get("quotes")
                rows = told.items() if isinstance(told, dict) else ()
                found += [quote for name, row in rows if (quote := quote_of(name, row)) is not None]
        return found

    async def _follow_shares(self) -> None:
        stream = DataStream(
            self._settings, StreamKind(
                path=f"/v2/{self._settings.feed.value}", channels=("quotes", "bars", "statuses")
            ),
            wants=lambda: self._shares.held, hears=self._hear, trades=self._trades,
        )
        await stream.run(self._data, self._begun)

    def _begun(self) -> None:
        """Have the minutes fetched in which nobody listened."""
        self._tell("the stream of shares is open")
        self._is_behind = True

    async def _follow_options(self) -> None:
        """Listen to options once there is one that somebody wants."""
        if not self._settings.option_lines_max:
            await asyncio.Event().wait()
        await self._asked_for_options.wait()
        stream = DataStream(
            self._settings, StreamKind(
                path=f"/v1beta1/{self._settings.option_feed.value}", channels=("quotes",),
                is_packed=True,
            ),
            wants=lambda: self._options.held, hears=self._hear, trades=lambda: False,
        )
        await stream.run(self._data, lambda: None)

    async def _ask(self) -> None:
        """Ask in turn for those who have no line, and tell bars whose minute is over."""
        while True:
            await self._catch_up()
            self._quoted.due()
            names = (*self._shares.polled, *self._options.polled)
            for quote in await self._latest(names) if names and self._trades() else ():
                self._quoted.quote(quote)
            await asyncio.sleep(self._settings.poll_s)

    def _hear(self, told: Mapping[str, Any]) -> None:
        symbol, kind = str(told.get("S")), told.get("T")
        if symbol not in self._instruments and option_of(symbol) is None:
            return
        if kind == "q" and (quote := quote_of(symbol, told)) is not None:
            self._quoted.quote(quote)
        elif kind == "b" and (bar := bar_of(symbol, told)) is not None:
            self._quoted.bar(bar)
        elif kind == "s" and told.get("sc") in HALTED:
            self._quoted.halt(symbol, str(told.get("rm") or told.get("sm") or ""))
        elif kind == "s" and told.get("sc") in RESUMED:
            self._quoted.resume(symbol)

    def _trades(self) -> bool:
        return self._calendar.phase_at(self._site.clock.now()) is Phase.TRADING

    async def _fetched(self, symbol: str) -> Chain | None:
        """Fetch a chain, and keep what it says of the day's volatility while the market trades."""
        spot = self._quoted.last(symbol)
        if spot is None:
            spot = next(iter(await self._latest((symbol,))), None)
        if spot is None or not spot.is_sane:
            return None
        told = await self._listing.of(self._instruments[symbol], spot, self._site.clock.now())
        if told is None:
            return None
        if told.implied is not None and self._trades():
            day = self._site.clock.now().date()
            await asyncio.to_thread(self._days.keep, symbol, day, told.implied)
        return told.chain


def _share(instrument: Instrument) -> Instrument:
    if instrument.asset_class is not AssetClass.EQUITY:
        raise ValueError(_NO_QUOTES.format(instrument.symbol))
    return instrument


def _now() -> float:
    return asyncio.get_running_loop().time()


