"""Which options does Alpaca list on a share, and what do they cost? Lists and snapshots as a chain.

Only usual contracts are taken: a hundred shares each, under the share's own name.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.chain import Chain, Expiry, Listed
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Quote
from tradebot.core.model.instrument import Instrument, option_of
from tradebot.core.model.money import CENT, ZERO, plain
from tradebot.outward.market.quoted import number
from tradebot.plugins.alpaca.data import AlpacaData
from tradebot.plugins.alpaca.feed_settings import AlpacaMarketSettings
from tradebot.plugins.alpaca.told_market import quote_of
from tradebot.ports import Calendar

_CONTRACTS_A_PAGE, _SNAPSHOTS_A_PAGE = "10000", "1000"
_MONTH: Final = 30
_FOUR_PLACES: Final = Decimal("0.0001")


@fact
class OptionSnapshot:
    """What was told of one option; `implied` is Alpaca's own volatility."""

    quote: Quote | None
    volume: Decimal | None
    implied: Decimal | None


@fact
class ToldChain:
    """A chain, and the volatility at the money about a month ahead where Alpaca tells one."""

    chain: Chain
    implied: Decimal | None


class AlpacaChains:
    """Asks for the options on a share: the lists once a day, what they cost each time."""

    def __init__(
        self, settings: AlpacaMarketSettings, data: AlpacaData, calendar: Calendar
    ) -> None:
        self._settings = settings
        self._data = data
        self._calendar = calendar
        self._lists: dict[str, tuple[date, Decimal, Mapping[str, Decimal | None]]] = {}

    async def of(self, underlying: Instrument, spot: Quote, now: datetime) -> ToldChain | None:
        """Return the chain around a price of the share; None where nothing is listed."""
        symbol, today = underlying.symbol, now.date()
        listed = await self._listed(symbol, spot.mid, today)
        if not listed:
            return None
        snapshots = await self._snapshots(symbol, spot.mid, today)
        days = dict[date, list[Listed]]()
        as_of = spot.as_of
        for name in sorted(listed.keys() & snapshots.keys()):
            option, told = option_of(name), snapshots[name]
            assert option is not None and option.expiry is not None
            if told.quote is not None:
                as_of = max(as_of, told.quote.as_of)
            days.setdefault(option.expiry, []).append(_row(option, told, listed[name]))
        expiries = tuple(
            Expiry(day=day, ends=ends, options=tuple(rows))
            for day, rows in sorted(days.items()) if (ends := self._ends(day)) > now
        )
        chain = Chain(
            underlying=underlying, spot=spot.mid, as_of=min(as_of, now), expiries=expiries
        )
        return ToldChain(chain=chain, implied=_at_the_money(chain, snapshots, today))

    async def _listed(
        self, symbol: str, spot: Decimal, today: date
    ) -> Mapping[str, Decimal | None]:
        """Return the open interest of each option that is listed around a price."""
        known = self._lists.get(symbol)
        reach = self._settings.chain_reach
        if known is not None and known[0] == today and abs(known[1] - spot) <= spot * reach / 4:
            return known[2]
        asked = {
            "underlying_symbols": symbol, "status": "active", "limit": _CONTRACTS_A_PAGE,
            **self._span(spot, today),
        }
        url = f"{self._settings.contracts_url}/v2/options/contracts"
        found: dict[str, Decimal | None] = {}
        async for page in self._data.pages(url, asked):
            for row in _rows(page.get("option_contracts")):
                option = option_of(str(row.get("symbol")))
                if option is not None and _is_usual(row, option, symbol):
                    found[option.symbol] = number(row.get("open_interest"))
        self._lists[symbol] = today, spot, found
        return found

    async def _snapshots(
        self, symbol: str, spot: Decimal, today: date
    ) -> dict[str, OptionSnapshot]:
        asked = {
            "feed": self._settings.option_feed.value, "limit": _SNAPSHOTS_A_PAGE,
            **self._span(spot, today),
        }
        url = f"{self._settings.data_url}/v1beta1/options/snapshots/{symbol}"
        found: dict[str, OptionSnapshot] = {}
        async for page in self._data.pages(url, asked):
            told = page.get("snapshots")
            for name, row in told.items() if isinstance(told, dict) else ():
                if option_of(name) is not None and isinstance(row, dict):
                    found[name] = _snapshot(name, row)
        return found

    def _span(self, spot: Decimal, today: date) -> dict[str, str]:
        reach = self._settings.chain_reach
        return {
            "expiration_date_gte": today.isoformat(),
            "expiration_date_lte": (
                today + timedelta(days=self._settings.chain_days)
            ).isoformat(),
            "strike_price_gte": plain((spot * (1 - reach)).quantize(CENT)),
            "strike_price_lte": plain((spot * (1 + reach)).quantize(CENT)),
        }

    def _ends(self, day: date) -> datetime:
        """Return when options of a day end: with its session, or the last before it."""
        session = self._calendar.session_on(day)
        while session is None:
            day -= timedelta(days=1)
            session = self._calendar.session_on(day)
        return session.closes


def _is_usual(row: Mapping[str, Any], option: Instrument, symbol: str) -> bool:
    return (
        option.underlying == symbol == row.get("root_symbol", symbol)
        and number(row.get("size")) == option.multiplier and row.get("tradable") is not False
    )


def _snapshot(name: str, row: Mapping[str, Any]) -> OptionSnapshot:
    day = row.get("dailyBar")
    implied = number(row.get("impliedVolatility"))
    return OptionSnapshot(
        quote=quote_of(name, row.get("latestQuote")),
        volume=number(day.get("v")) if isinstance(day, dict) else None,
        implied=implied if implied is not None and implied > 0 else None,
    )


def _row(option: Instrument, told: OptionSnapshot, interest: Decimal | None) -> Listed:
    """Tell an option; where nobody stands, or both sides cross, a price of 0."""
    quote = told.quote if told.quote is not None and told.quote.is_sane else None
    return Listed(
        option=option, bid=quote.bid if quote else ZERO, ask=quote.ask if quote else ZERO,
        open_interest=interest, volume=told.volume,
    )


def _at_the_money(
    chain: Chain, snapshots: Mapping[str, OptionSnapshot], today: date
) -> Decimal | None:
    """Return the mean volatility of the call and the put nearest to the price, a month ahead."""
    def away(expiry: Expiry) -> int:
        return abs((expiry.day - today).days - _MONTH)

    for expiry in sorted(chain.expiries, key=away)[:1]:
        strikes = {one.option.strike or ZERO for one in expiry.options}
        near = min(strikes, key=lambda strike: (abs(strike - chain.spot), strike))
        told = [
            implied for one in expiry.options if one.option.strike == near
            and (implied := snapshots[one.option.symbol].implied) is not None
        ]
        return (sum(told, ZERO) / len(told)).quantize(_FOUR_PLACES) if told else None
    return None


def _rows(told: Any) -> Iterator[Mapping[str, Any]]:
    return (row for row in told if isinstance(row, dict)) if isinstance(told, list) else iter(())
