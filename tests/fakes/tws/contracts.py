"""Which contract does TWS know by which number, and what does it tell of one?

Shares and options on US shares, and the bags that are made of them. Numbers are given out as
contracts are first heard of, and stay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from tradebot.core.model.instrument import Instrument, option_of
from tradebot.core.model.money import plain

NEW_YORK: Final = ZoneInfo("America/New_York")
BAG_CON_ID: Final = 28812380
KNOWN: Final = {"SPY": 756733, "AAPL": 265598, "MSFT": 272093, "QQQ": 320227571, "IBM": 8314}
FUNDS: Final = frozenset({"SPY", "QQQ", "IWM", "DIA", "TLT", "GLD"})
_FIRST_CON_ID: Final = 600_000_001
_PENNY_RULE, _NICKEL_RULE = 26, 32
RULES: Final[Mapping[int, Sequence[tuple[str, str]]]] = {
    _PENNY_RULE: (("0", "0.01"),),
    _NICKEL_RULE: (("0", "0.01"), ("3", "0.05")),
}
_EXCHANGES: Final = ("SMART", "NYSE", "ARCA", "NASDAQ")


@dataclass(frozen=True)
class Listing:
    """One contract: the venue's symbol, and the fields by which TWS tells it."""

    symbol: str
    con_id: int
    option: Instrument | None

    def fields(self, exchange: str = "SMART") -> dict[str, object]:
        """Return what most messages say of a contract."""
        if self.option is None:
            name = self.symbol.replace(".", " ")
            return {
                "con_id": self.con_id, "symbol": name, "sec_type": "STK", "strike": "0",
                "right": "", "exchange": exchange, "currency": "USD", "local_symbol": name,
                "trading_class": name,
            }
        option = self.option
        assert option.expiry and option.strike and option.right and option.underlying
        return {
            "con_id": self.con_id, "symbol": option.underlying, "sec_type": "OPT",
            "expiry": f"{option.expiry:%Y%m%d}", "strike": plain(option.strike),
            "right": option.right.value[0].upper(), "multiplier": "100", "exchange": exchange,
            "currency": "USD", "trading_class": option.underlying,
            "local_symbol": f"{option.underlying:<6}{self.symbol[len(option.underlying):]}",
        }

    @property
    def rule(self) -> int:
        return _PENNY_RULE if self.option is None or self.symbol.startswith("SPY") else _NICKEL_RULE

    def tick_at(self, price: Decimal) -> Decimal:
        edges = [Decimal(tick) for edge, tick in RULES[self.rule] if abs(price) >= Decimal(edge)]
        return edges[-1]


class Contracts:
    """All contracts of a gateway; `unlisted` names symbols that no exchange has heard of."""

    def __init__(self) -> None:
        self.unlisted = {"NOSUCH"}
        self._by_symbol: dict[str, Listing] = {}
        self._by_con_id: dict[int, Listing] = {}

    def listing(self, symbol: str) -> Listing:
        """Return the listing of a symbol as the venue writes it."""
        if symbol not in self._by_symbol:
            con_id = KNOWN.get(symbol, _FIRST_CON_ID + len(self._by_symbol))
            listing = Listing(symbol, con_id, option_of(symbol))
            self._by_symbol[symbol] = self._by_con_id[con_id] = listing
        return self._by_symbol[symbol]

    def by_con_id(self, con_id: int) -> Listing | None:
        return self._by_con_id.get(con_id)

    def found(self, asked: Mapping[str, object]) -> list[Listing]:
        """Return what a contract in a request names: one, none, or several where it is vague."""
        if int(str(asked["con_id"] or 0)):
            listing = self.by_con_id(int(str(asked["con_id"])))
            return [] if listing is None else [listing]
        local = str(asked["local_symbol"])
        symbol = str(asked["symbol"] or local)
        if not symbol or symbol.replace(" ", ".") in self.unlisted:
            return []
        if asked["sec_type"] == "OPT" or option_of(local) is not None:
            return list(self._options(asked, local.replace(" ", "")))
        return [self.listing(symbol.replace(" ", "."))] if asked["sec_type"] == "STK" else []

    def _options(self, asked: Mapping[str, object], local: str) -> Iterator[Listing]:
        if option_of(local) is not None:
            yield self.listing(local)
            return
        expiry, right = str(asked["expiry"]), str(asked["right"])[:1]
        strike = Decimal(str(asked["strike"] or 0))
        if len(expiry) == len("20261218") and right in ("C", "P") and strike:
            yield self.listing(f"{asked['symbol']}{expiry[2:]}{right}{int(strike * 1000):08d}")
            return
        for listing in list(self._by_symbol.values()):  # vague: whatever was heard of that fits
            told = listing.fields()
            if told["sec_type"] == "OPT" and told["symbol"] == asked["symbol"] and (
                str(told["expiry"]).startswith(expiry) and right in ("", told["right"])
                and strike in (0, Decimal(str(told["strike"])))
            ):
                yield listing


def details(listing: Listing, today: datetime) -> dict[str, object]:
    """Return what contract details say beyond the contract itself."""
    told = listing.fields()
    del told["con_id"]
    if listing.option is None:
        more: dict[str, object] = {
            "long_name": f"{listing.symbol} SHARES", "primary_exchange": "ARCA",
            "stock_type": "ETF" if listing.symbol in FUNDS else "COMMON",
        }
    else:
        more = {
            "under_con_id": 0, "under_symbol": listing.option.underlying,
            "under_sec_type": "STK", "contract_month": str(told["expiry"])[:6],
            "real_expiration_date": told["expiry"], "long_name": f"{listing.symbol} OPTION",
        }
    return {
        **told, **more, "con_id": listing.con_id, "market_name": told["trading_class"],
        "min_tick": RULES[listing.rule][0][1], "order_types": "ACTIVETIM,AD,DAY,GTC,LMT,MKT,STP",
        "valid_exchanges": ",".join(_EXCHANGES), "time_zone_id": "US/Eastern",
        "trading_hours": hours(today, 4, 20), "liquid_hours": hours(today, 9.5, 16),
        "market_rule_ids": ",".join(str(listing.rule) for _ in _EXCHANGES),
    }


def hours(today: datetime, begin: float, end: float) -> str:
    """Write the sessions of a week as TWS does; a Saturday or Sunday is closed."""
    days = []
    midnight = today.astimezone(NEW_YORK).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(6):
        day = midnight + timedelta(days=number)
        opens, closes = (day + timedelta(hours=hour) for hour in (begin, end))
        days.append(
            f"{day:%Y%m%d}:CLOSED" if day.weekday() >= 5
            else f"{opens:%Y%m%d:%H%M}-{closes:%Y%m%d:%H%M}"
        )
    return ";".join(days)
