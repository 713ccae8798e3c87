"""What does Alpaca's market do now? Shares and their options: told by streams, or asked for.

History comes first. Whoever has no line of a stream is asked for every few seconds.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from tradebot.core.model.chain import Chain
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import names_option, option_of
from tradebot.outward.market.lines import Lines
from tradebot.outward.market.live import FeedTerms, LiveMarket
from tradebot.outward.market.together import again, together
from tradebot.outward.market.volatility_days import VolatilityDays
from tradebot.plugins.alpaca.data import AlpacaData
from tradebot.plugins.alpaca.data_stream import DataStream, StreamKind
from tradebot.plugins.alpaca.feed_settings import AlpacaMarketSettings
from tradebot.plugins.alpaca.option_chain import AlpacaChains
from tradebot.plugins.alpaca.told_market import HALTED, RESUMED, bar_of, quote_of
from tradebot.ports import Declined, MarketSite

_NAMES_A_REQUEST: Final = 100


class AlpacaMarket(LiveMarket):
    """Shares that the settings name, and any option on them that somebody asks for."""

    settings_type = AlpacaMarketSettings

    def __init__(self, settings: AlpacaMarketSettings, site: MarketSite) -> None:
        super().__init__(FeedTerms(
            vendor="alpaca", symbols=settings.symbols, asset_classes=settings.asset_classes,
            history_bars=settings.history_bars, chain_s=settings.chain_s,
        ), site)
        self._settings = settings
        self._data = AlpacaData(settings)
        self._lines = Lines(self.shares, settings.symbols_max, _now)
        self._option_lines = Lines((), settings.option_lines_max, _now)
        self._listing = AlpacaChains(settings, self._data, self.calendar)
        self._days = VolatilityDays(site.state_dir / "alpaca_volatility.json")
        self._is_wanted = asyncio.Event()  # an option
        self._is_behind = False
        self._unknown: set[str] = set()

    def want(self, symbol: str) -> None:
        self._option_lines.want(symbol)
        self._is_wanted.set()

    def implied_volatilities(self, symbol: str, count: int) -> Sequence[Decimal]:
        """Return what was seen on days that are over: Alpaca has no history of it."""
        return self._days.before(symbol, self.site.clock.now().date(), count)

    async def run(self) -> None:
        """Fetch what was, and then follow, until cancelled or turned away."""
        self._unknown.clear()
        if self._settings.allow_delayed:
            self.tell("quotes may be late or made up, as allow_delayed says")
        await self._data.open()
        try:
            await self._remember()
            await together(
                shares=partial(again, "shares", self._follow_shares, self.tell),
                options=partial(again, "options", self._follow_options, self.tell),
                asking=partial(again, "asking", self._ask, self.tell),
                chains=self.chains.run,
            )
        finally:
            await self._data.close()

    async def _remember(self) -> None:
        for symbol in self.shares:
            try:
                self.quoted.remember(await self._bars(symbol))
            except Declined as error:
                self._miss(symbol, error)
        for quote in await self._latest(tuple(self.shares)):
            self.quoted.quote(quote)

    async def _catch_up(self) -> None:
        """Tell the minutes that were missed before the stream opened."""
        if self._is_behind:
            self._is_behind = False
            for symbol in self.shares.keys() - self._unknown:
                for bar in await self._bars(symbol, self.quoted.latest_bar(symbol)):
                    self.quoted.bar(bar)

    async def _bars(self, symbol: str, since: datetime | None = None) -> list[Bar]:
        """Return the last minutes of a share that are over, oldest first."""
        if since is None:
            since = self.site.clock.now() - timedelta(days=self._settings.history_days)
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
                found += await self._quotes(path, names[at : at + _NAMES_A_REQUEST], feed.value)
        return found

    async def _quotes(self, path: str, names: Sequence[str], feed: str) -> list[Quote]:
        """Ask for some; who is unknown spoils the answer for all, and is found by asking fewer."""
        asked = {"symbols": ",".join(names), "feed": feed}
        try:
            page = await self._data.get(f"{self._settings.data_url}/{path}/quotes/latest", asked)
        except Declined as error:
            if len(names) == 1:
                self._miss(names[0], error)
                return []
            half = len(names) // 2
            return [
                *await self._quotes(path, names[:half], feed),
                *await self._quotes(path, names[half:], feed),
            ]
        told = page.get("quotes")
        rows = told.items() if isinstance(told, dict) else ()
        return [quote for name, row in rows if (quote := quote_of(name, row)) is not None]

    def _miss(self, symbol: str, error: Declined) -> None:
        """Go on without a symbol that is not quoted here."""
        if symbol not in self._unknown:
            self._unknown.add(symbol)
            self.tell(f"{symbol}: {error}")

    async def _follow_shares(self) -> None:
        stream = DataStream(
            self._settings, StreamKind(
                path=f"/v2/{self._settings.feed.value}", channels=("quotes", "bars", "statuses")
            ),
            wants=lambda: self._lines.held, hears=self._hear, trades=self.trades,
        )
        await stream.run(self._data, self._begun)

    def _begun(self) -> None:
        """Have the minutes fetched in which nobody listened."""
        self.tell("the stream of shares is open")
        self._is_behind = True

    async def _follow_options(self) -> None:
        """Listen to options once there is one that somebody wants."""
        if not self._settings.option_lines_max:
            await asyncio.Event().wait()
        await self._is_wanted.wait()
        stream = DataStream(
            self._settings, StreamKind(
                path=f"/v1beta1/{self._settings.option_feed.value}", channels=("quotes",),
                is_packed=True,
            ),
            wants=lambda: self._option_lines.held, hears=self._hear, trades=lambda: False,
        )
        await stream.run(self._data, lambda: None)

    async def _ask(self) -> None:
        """Ask in turn for those who have no line, and tell bars whose minute is over."""
        while True:
            await self._catch_up()
            self.quoted.due()
            wanted = (*self._lines.polled, *self._option_lines.polled)
            names = [symbol for symbol in wanted if symbol not in self._unknown]
            for quote in await self._latest(names) if names and self.trades() else ():
                self.quoted.quote(quote)
            await asyncio.sleep(self._settings.poll_s)

    def _hear(self, told: Mapping[str, Any]) -> None:
        symbol, kind = str(told.get("S")), told.get("T")
        if symbol not in self.shares and option_of(symbol) is None:
            return
        if kind == "q" and (quote := quote_of(symbol, told)) is not None:
            self.quoted.quote(quote)
        elif kind == "b" and (bar := bar_of(symbol, told)) is not None:
            self.quoted.bar(bar)
        elif kind == "s" and told.get("sc") in HALTED:
            self.quoted.halt(symbol, str(told.get("rm") or told.get("sm") or ""))
        elif kind == "s" and told.get("sc") in RESUMED:
            self.quoted.resume(symbol)

    async def fetch(self, symbol: str) -> Chain | None:
        """Fetch a chain, and keep what it says of the day's volatility while the market trades."""
        spot = self.quoted.last(symbol)
        if spot is None:
            spot = next(iter(await self._latest((symbol,))), None)
        if spot is None or not spot.is_sane:
            return None
        told = await self._listing.of(self.shares[symbol], spot, self.site.clock.now())
        if told is None:
            return None
        if told.implied is not None and self.trades():
            day = self.site.clock.now().date()
            await asyncio.to_thread(self._days.keep, symbol, day, told.implied)
        return told.chain


def _now() -> float:
    return asyncio.get_running_loop().time()


