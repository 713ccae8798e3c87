"""Which options does IB list on a share, and what do they cost? Listed once a day, then glanced at.

Each look at an option costs a line for a moment, so only some are looked at: on the days nearest
to a month ahead, the strikes nearest to the price.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.chain import Chain, Expiry, Listed
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Quote
from tradebot.core.model.instrument import Instrument, option_of
from tradebot.core.model.money import ZERO
from tradebot.outward.market.quoted import number
from tradebot.plugins.ibkr.contracts import EXCHANGE, asked_for, symbol_of
from tradebot.plugins.ibkr.feed_settings import IbkrMarketSettings
from tradebot.plugins.ibkr.market_session import MarketSession
from tradebot.plugins.ibkr.ticks import Ticks
from tradebot.ports import Calendar, Declined

_AIM_DAYS: Final = 35
_AT_ONCE_MAX: Final = 50
_FOUR_PLACES: Final = Decimal("0.0001")
_A_YEAR: Final = "1 Y"


@fact
class OptionLists:
    """What was listed on one day: contracts by symbol, and the open interest seen of each."""

    day: date
    spot: Decimal
    contracts: Mapping[str, Any]
    interest: dict[str, Decimal]
    volatilities: Sequence[tuple[date, Decimal]]


class IbkrChains:
    """Asks for the options on a share; what is listed is asked for once a day."""

    def __init__(self, settings: IbkrMarketSettings, calendar: Calendar) -> None:
        self._settings = settings
        self._calendar = calendar
        self._lists: dict[str, OptionLists] = {}

    def volatilities(self, symbol: str, before: date, most: int) -> Sequence[Decimal]:
        """Return IB's history of implied volatility, as far as it was asked for."""
        lists = self._lists.get(symbol)
        found = [v for day, v in lists.volatilities if day < before] if lists is not None else []
        return found[-most:] if most > 0 else ()

    async def of(
        self, session: MarketSession, underlying: Instrument, spot: Quote, now: datetime
    ) -> Chain | None:
        """Return the chain around a price of the share; None where nothing is listed."""
        lists = await self._listed(session, underlying.symbol, spot.mid, now.date())
        if not lists.contracts:
            return None
        lines = self._settings.symbols_max - len(session.lines)
        turn = asyncio.Semaphore(min(max(1, lines), _AT_ONCE_MAX))

        async def seen(symbol: str, contract: Any) -> Ticks:
            async with turn:
                wants = symbol not in lists.interest
                ticks = await session.glance(symbol, contract, wants_interest=wants)
            if ticks.interest is not None:
                lists.interest[symbol] = ticks.interest
            return ticks

        try:
            async with asyncio.TaskGroup() as looks:
                seen_all = [
                    looks.create_task(seen(symbol, contract))
                    for symbol, contract in lists.contracts.items()
                ]
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from None
        days = dict[date, list[Listed]]()
        for ticks in (look.result() for look in seen_all):
            option = option_of(ticks.symbol)
            assert option is not None and option.expiry is not None
            quote = ticks.quote(now, allow_delayed=self._settings.allow_delayed)
            days.setdefault(option.expiry, []).append(Listed(
                option=option, volume=ticks.volume, **_prices(quote),
                open_interest=lists.interest.get(option.symbol),
            ))
        return Chain(
            underlying=underlying, spot=spot.mid, as_of=spot.as_of, expiries=tuple(
                Expiry(day=day, ends=ends, options=tuple(sorted(rows, key=_by_symbol)))
                for day, rows in sorted(days.items()) if (ends := self._ends(day)) > now
            ),
        )

    async def _listed(
        self, session: MarketSession, symbol: str, spot: Decimal, today: date
    ) -> OptionLists:
        known, reach = self._lists.get(symbol), self._settings.chain_reach
        if known is not None and known.day == today and abs(known.spot - spot) <= spot * reach / 4:
            return known
        share = await contract_of(session, symbol)
        contracts: dict[str, Any] = {}
        for expiry in await self._expiries(session, share, today):
            contracts |= await self._ending(session, share, expiry, spot)
        self._lists[symbol] = found = OptionLists(
            day=today, spot=spot, contracts=contracts,
            interest={} if known is None or known.day != today else known.interest,
            volatilities=await _volatilities(session, share),
        )
        return found

    async def _expiries(self, session: MarketSession, share: Any, today: date) -> list[date]:
        """Return the days on which usual options end, so many of them nearest to the aim."""
        _, told = await session.ask(
            "reqSecDefOptParams", share.symbol, "", share.secType, share.conId
        )
        days = {
            datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date()
            for exchange, _, name, multiplier, expirations, _ in told
            if (exchange, name, multiplier) == (EXCHANGE, share.symbol, "100")
            for day in expirations
        }
        last = today + timedelta(days=self._settings.chain_days)
        ahead = [day for day in days if today <= day <= last]
        ahead.sort(key=lambda day: (abs((day - today).days - _AIM_DAYS), day))
        return sorted(ahead[: self._settings.chain_expiries])

    async def _ending(
        self, session: MarketSession, share: Any, expiry: date, spot: Decimal
    ) -> dict[str, Any]:
        """Return the contracts of one day whose strikes are nearest to the price."""
        wanted = session.connection.library.Contract(
            secType="OPT", symbol=share.symbol, exchange=EXCHANGE, currency=share.currency,
            lastTradeDateOrContractMonth=f"{expiry:%Y%m%d}", tradingClass=share.symbol,
        )
        try:
            _, told = await session.ask("reqContractDetails", wanted)
        except Declined:  # the day's last contracts may be gone already
            return {}
        strikes: dict[Decimal, dict[str, Any]] = {}
        for (details,) in told:
            option = option_of(symbol_of(details.contract))
            if option is not None and option.expiry == expiry and option.strike is not None:
                strikes.setdefault(option.strike, {})[option.symbol] = details.contract
        reach = spot * self._settings.chain_reach
        near = sorted(
            (strike for strike in strikes if abs(strike - spot) <= reach),
            key=lambda strike: abs(strike - spot),
        )
        found: dict[str, Any] = {}
        for strike in near[: self._settings.chain_strikes]:
            found |= strikes[strike]
        return found

    def _ends(self, day: date) -> datetime:
        """Return when options of a day end: with its session, or the last before it."""
        session = self._calendar.session_on(day)
        while session is None:
            day -= timedelta(days=1)
            session = self._calendar.session_on(day)
        return session.closes


async def contract_of(session: MarketSession, symbol: str) -> Any:
    """Return IB's contract of a symbol; raise Declined where there is none, or more than one."""
    wanted = session.connection.library.Contract(**asked_for(symbol))
    _, told = await session.ask("reqContractDetails", wanted)
    if len(told) != 1:
        raise Declined(f"IB knows {len(told)} contracts called {symbol}")
    return told[0][0].contract


async def _volatilities(session: MarketSession, share: Any) -> list[tuple[date, Decimal]]:
    """Return the implied volatility of each day of a year; nothing where IB has none."""
    try:
        _, told = await session.ask(
            "reqHistoricalData", share, "", _A_YEAR, "1 day", "OPTION_IMPLIED_VOLATILITY",
            True, 1, False, [],
        )
    except Declined:
        return []
    found = []
    for (bar,) in told:
        implied = number(bar.close)
        if implied is not None and implied > 0:
            day = datetime.strptime(str(bar.date)[:8], "%Y%m%d").replace(tzinfo=UTC).date()
            found.append((day, implied.quantize(_FOUR_PLACES)))
    return sorted(found)


def _prices(quote: Quote | None) -> dict[str, Decimal]:
    """Return both sides; where nobody stands, they cross or are too late, prices of 0."""
    if quote is None or not quote.is_sane:
        return {"bid": ZERO, "ask": ZERO}
    return {"bid": quote.bid, "ask": quote.ask}


def _by_symbol(listed: Listed) -> str:
    return listed.option.symbol


