"""What does IB's market do now? Shares and their options, by lines of a session of its own.

IB stamps no quote: one is as old as its arrival here, and no older quote is told again. A line that
is silent while its data farm is away, or its symbol halted, so grows old by itself.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from tradebot.core.model.chain import Chain
from tradebot.core.model.facts import Bar, Quote
from tradebot.outward.market.lines import Lines
from tradebot.outward.market.live import FeedTerms, LiveMarket
from tradebot.outward.market.quoted import SKEW, count, number
from tradebot.outward.market.together import again, together
from tradebot.plugins.ibkr import codes, library
from tradebot.plugins.ibkr.feed_settings import IbkrMarketSettings
from tradebot.plugins.ibkr.market_session import MarketSession
from tradebot.plugins.ibkr.option_lists import IbkrChains, contract_of
from tradebot.plugins.ibkr.ticks import DELAYED, Ticks
from tradebot.ports import Declined, MarketSite, NotSent

_LOOK_S: Final = 0.5
_SILENT_S: Final = 10.0  # after a farm is back, a line that says nothing is asked for anew
_LINE, _MINUTES = "line", "minutes"
_AGAIN_S: Final = 60.0  # after a no
_MINUTE: Final = timedelta(minutes=1)
_LAST_WORD: Final = timedelta(seconds=10)  # a minute is told of every five seconds
_EPOCH: Final = 2  # the format of dates: seconds


class IbkrMarket(LiveMarket):
    """Shares that the settings name, and any option on them that somebody asks for."""

    settings_type = IbkrMarketSettings
    needs: Mapping[str, str] = library.NEEDS

    def __init__(self, settings: IbkrMarketSettings, site: MarketSite) -> None:
        super().__init__(FeedTerms(
            vendor="ibkr", symbols=settings.symbols, asset_classes=settings.asset_classes,
            history_bars=settings.history_bars, chain_s=settings.chain_s,
        ), site)
        self._settings = settings
        self._lines = Lines(self.shares, settings.symbols_max, _now)
        self._listing = IbkrChains(settings, self.calendar)
        self._session: MarketSession | None = None
        self._contracts: dict[str, Any] = {}
        self._minutes: dict[int, str] = {}  # by the numbers of their requests
        self._going: dict[str, Bar] = {}  # minutes that are not over
        self._later: dict[tuple[str, str], float] = {}  # who got a no, and when to ask again
        self._told: dict[tuple[str, str], str] = {}  # the last no of each
        self._farms: frozenset[str] = frozenset()
        self._restored_at: float | None = None
        self._is_skewed = False

    def implied_volatilities(self, symbol: str, count: int) -> Sequence[Decimal]:
        return self._listing.volatilities(symbol, self.site.clock.now().date(), count)

    async def run(self) -> None:
        """Fetch what was, and then follow, until cancelled or turned away."""
        if self._settings.allow_delayed:
            self.tell("quotes may be a quarter of an hour late, as allow_delayed says")
        await together(
            gateway=partial(again, "gateway", self._follow, self.tell), chains=self.chains.run
        )

    def want(self, symbol: str) -> None:
        self._lines.want(symbol)

    async def fetch(self, symbol: str) -> Chain | None:
        session, now = self._open_session(), self.site.clock.now()
        spot = self.quoted.last(symbol)
        if spot is None:
            spot = await self._glance(session, symbol)
        if spot is None or not spot.is_sane:
            return None
        return await self._listing.of(session, self.shares[symbol], spot, now)

    def _open_session(self) -> MarketSession:
        if self._session is None:
            raise NotSent("there is no session with the gateway")
        self._session.check()
        return self._session

    async def _follow(self) -> None:
        """Live through one session with the gateway; its end raises."""
        session = MarketSession(
            self._settings, on_ticks=self._on_ticks, on_bar=self._on_minute,
            on_refused=self._on_refused,
        )
        try:
            await session.open()
            self._begin(session)
            for symbol in self.shares:
                await self._remember(session, symbol)
            await together(
                lines=partial(self._keep_lines, session), asking=partial(self._ask, session),
                heartbeat=partial(self._listen_for_life, session),
            )
        finally:
            self._session = None
            await session.close()

    def _begin(self, session: MarketSession) -> None:
        self._session, self._farms, self._restored_at = session, frozenset(), None
        self._contracts.clear()
        self._minutes.clear()
        self._going.clear()
        self._later.clear()
        self.tell("the session with the gateway is open")

    async def _remember(self, session: MarketSession, symbol: str) -> None:
        """Fetch a share's minutes, and hear of those that follow."""
        is_first = self.quoted.latest_bar(symbol) is None
        try:
            contract = await self._contract(session, symbol)
            number, told = await session.ask(
                "reqHistoricalData", contract, "", f"{self._settings.history_days} D", "1 min",
                "TRADES", False, _EPOCH, True, [],
            )
        except (Declined, NotSent) as error:
            session.check()
            self._miss(symbol, _MINUTES, str(error))
            return
        self._minutes[number] = symbol
        bars = [bar for (row,) in told if (bar := _bar(symbol, row)) is not None]
        if is_first:
            self.quoted.remember(bars)
        for bar in () if is_first else bars:
            self.quoted.bar(bar)

    async def _contract(self, session: MarketSession, symbol: str) -> Any:
        if symbol not in self._contracts:
            self._contracts[symbol] = await contract_of(session, symbol)
        return self._contracts[symbol]

    async def _keep_lines(self, session: MarketSession) -> None:
        """Have a line for each who is to have one; look at farms, halts and clocks between."""
        while True:
            session.check()
            self._end_minutes()
            self._look_at_farms(session)
            wanted = [symbol for symbol in self._lines.held if self._may_ask(symbol, _LINE)]
            for symbol in set(session.lines) - set(wanted):
                await session.give_back(symbol)
            for symbol in wanted:
                if symbol not in session.lines or self._is_silent(session.lines[symbol]):
                    await self._open_line(session, symbol)
            self._check_mute(session)
            await asyncio.sleep(_LOOK_S)

    async def _open_line(self, session: MarketSession, symbol: str) -> None:
        try:
            contract = await self._contract(session, symbol)
        except Declined as error:
            self._miss(symbol, _LINE, str(error))
            return
        await session.give_back(symbol)
        ticks = await session.listen(symbol, contract)
        ticks.ticked_at = _now()

    def _is_silent(self, ticks: Ticks) -> bool:
        """Tell whether a farm came back and this line did not come with it."""
        since, now = self._restored_at, _now()
        if since is None or now < since + _SILENT_S:
            return False
        return ticks.ticked_at is None or ticks.ticked_at < since

    def _look_at_farms(self, session: MarketSession) -> None:
        broken = frozenset(session.connection.broken_farms)
        for farm in sorted(broken - self._farms):
            self.tell(f"the data farm {farm} is away: its symbols grow old")
        for farm in sorted(self._farms - broken):
            self.tell(f"the data farm {farm} is back")
            self._restored_at = _now()
        self._farms = broken

    def _check_mute(self, session: MarketSession) -> None:
        now = _now()
        if not (self.trades() and session.lines) or self._farms:
            session.heard_at = now
        elif now - session.heard_at >= self._settings.mute_s:
            raise ConnectionError(f"no line said anything for {self._settings.mute_s:g} s")

    async def _ask(self, session: MarketSession) -> None:
        """Look in turn at those who have no line."""
        while True:
            for symbol in self.shares.keys() - self._minutes.values():
                if self._may_ask(symbol, _MINUTES):
                    await self._remember(session, symbol)
            for symbol in self._lines.polled if self.trades() else ():
                quote = await self._glance(session, symbol)
                if quote is not None:
                    self.quoted.quote(quote)
            await asyncio.sleep(self._settings.poll_s)

    async def _glance(self, session: MarketSession, symbol: str) -> Quote | None:
        try:
            contract = await self._contract(session, symbol)
        except Declined:
            return None
        ticks = await session.glance(symbol, contract, wants_interest=False)
        return ticks.quote(self.site.clock.now(), allow_delayed=self._settings.allow_delayed)

    async def _listen_for_life(self, session: MarketSession) -> None:
        while True:
            told = datetime.fromtimestamp(await session.time(), UTC)
            apart = abs(self.site.clock.now() - told)
            is_skewed = apart > SKEW + timedelta(seconds=1)  # it tells whole seconds
            if is_skewed and not self._is_skewed:
                self.tell(f"the gateway's clock is {apart.total_seconds():.0f} s from ours")
            self._is_skewed = is_skewed
            await asyncio.sleep(self._settings.heartbeat_s)

    def _on_ticks(self, ticks: Ticks) -> None:
        if ticks.is_halted:
            self.quoted.halt(ticks.symbol)
        else:
            self.quoted.resume(ticks.symbol)
        quote = ticks.quote(self.site.clock.now(), allow_delayed=self._settings.allow_delayed)
        if quote is not None and ticks.is_fresh:
            ticks.is_fresh = False
            self.quoted.quote(quote)
        elif ticks.kind == DELAYED and self._may_ask(ticks.symbol, _LINE):
            self._miss(ticks.symbol, _LINE, "its quotes are late, and not taken (allow_delayed)")

    def _on_refused(self, ticks: Ticks, code: int, text: str) -> None:
        self._miss(ticks.symbol, _LINE, codes.told(code, text))

    def _miss(self, symbol: str, what: str, why: str) -> None:
        """Go on without it, for a while: what stands against it may pass."""
        self._later[symbol, what] = _now() + _AGAIN_S
        if self._told.get((symbol, what)) != why:
            self._told[symbol, what] = why
            self.tell(f"{symbol}: no {what}: {why}")

    def _may_ask(self, symbol: str, what: str) -> bool:
        return _now() >= self._later.get((symbol, what), 0.0)

    def _on_minute(self, number: int, row: Any) -> None:
        """Take in a minute that goes on; the first word of another one ends it."""
        symbol = self._minutes.get(number)
        bar = _bar(symbol, row) if symbol is not None else None
        if symbol is None or bar is None:
            return
        before = self._going.get(symbol)
        self._going[symbol] = bar
        if before is not None and before.start < bar.start:
            self.quoted.bar(before)

    def _end_minutes(self) -> None:
        """Tell minutes that are over though no other one began."""
        over = self.site.clock.now() - _LAST_WORD
        for symbol, bar in list(self._going.items()):
            if bar.end <= over:
                self.quoted.bar(self._going.pop(symbol))
        self.quoted.due()


def _bar(symbol: str, row: Any) -> Bar | None:
    """Read a minute of IB's, stamped with its start in seconds."""
    prices = [number(value) for value in (row.open, row.high, row.low, row.close)]
    opened, high, low, close = prices
    if opened is None or high is None or low is None or close is None:
        return None
    start = datetime.fromtimestamp(int(row.date), UTC)
    return Bar(
        symbol=symbol, start=start, end=start + _MINUTE, open=opened, high=high, low=low,
        close=close, volume=count(row.volume),
    )


def _now() -> float:
    return asyncio.get_running_loop().time()


