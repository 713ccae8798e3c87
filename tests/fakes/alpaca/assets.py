"""What can be traded at the fake Alpaca? Shares, coins, and every option that has a quote."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from tests.fakes.venue import Venue

from tradebot.core.model.instrument import Instrument, option_of
from tradebot.core.model.money import plain


def uuid_of(*words: object) -> UUID:
    """Name a thing: the same words always make the same id."""
    return uuid5(NAMESPACE_URL, "/".join(map(str, words)))


@dataclass(frozen=True)
class Asset:
    symbol: str
    asset_class: str = "us_equity"
    exchange: str = "NASDAQ"
    tradable: bool = True
    shortable: bool = True
    fractionable: bool = True

    def as_json(self) -> dict[str, Any]:
        return {
            "id": str(uuid_of("asset", self.symbol)), "class": self.asset_class,
            "exchange": self.exchange, "symbol": self.symbol, "name": f"{self.symbol} of the fake",
            "status": "active", "tradable": self.tradable, "marginable": True,
            "shortable": self.shortable, "easy_to_borrow": self.shortable,
            "fractionable": self.fractionable, "maintenance_margin_requirement": 30,
            "attributes": [],
        }


USUAL: Final = (
    *(Asset(symbol) for symbol in ("AAPL", "MSFT", "TSLA", "NVDA", "F")),
    Asset("SPY", exchange="ARCA"), Asset("QQQ"),
    Asset("BRK.A", exchange="NYSE", fractionable=False),
    Asset("HTB", exchange="NYSE", shortable=False), Asset("HALT", tradable=False),
    Asset("BTC/USD", "crypto", "CRYPTO", shortable=False),
    Asset("ETH/USD", "crypto", "CRYPTO", shortable=False),
)


class Assets:
    """What is listed; a symbol that the venue quotes is listed too."""

    def __init__(self, venue: Venue, listed: Iterable[Asset] = USUAL) -> None:
        self._venue = venue
        self._listed = {asset.symbol: asset for asset in listed}

    def add(self, asset: Asset) -> None:
        self._listed[asset.symbol] = asset

    def find(self, name: str) -> Asset | None:
        """Return the asset of a symbol or an asset id; options exist where their root does."""
        known = {str(uuid_of("asset", symbol)): symbol for symbol in self.symbols()}
        symbol = known.get(name, name)
        option = option_of(symbol)
        if option is not None and option.underlying is not None:
            exists = symbol in self._venue.quotes or option.underlying in self._listed
            return Asset(symbol, "us_option", "OPRA", shortable=True, fractionable=False) \
                if exists else None
        if symbol in self._listed:
            return self._listed[symbol]
        return Asset(symbol) if symbol in self._venue.quotes else None

    def symbols(self) -> list[str]:
        return [*self._listed, *(s for s in self._venue.quotes if s not in self._listed)]

    def every(self) -> list[Asset]:
        found = (self.find(symbol) for symbol in self.symbols())
        return [asset for asset in found if asset is not None and asset.asset_class != "us_option"]

    def contracts(self, underlyings: Iterable[str]) -> list[Instrument]:
        """Return the options on any of these that have a quote, by expiry, type and strike."""
        wanted = set(underlyings)
        options = (option_of(symbol) for symbol in self._venue.quotes)
        listed = [o for o in options if o is not None and o.underlying in wanted]
        return sorted(listed, key=lambda o: (o.expiry, o.right, o.strike, o.symbol))


def contract_json(option: Instrument) -> dict[str, Any]:
    assert option.expiry is not None and option.strike is not None and option.right is not None
    kind = option.right.value
    return {
        "id": str(uuid_of("asset", option.symbol)), "symbol": option.symbol,
        "name": f"{option.underlying} {option.expiry} {option.strike} {kind}", "status": "active",
        "tradable": True, "expiration_date": option.expiry.isoformat(),
        "root_symbol": option.underlying, "underlying_symbol": option.underlying,
        "underlying_asset_id": str(uuid_of("asset", option.underlying)), "type": kind,
        "style": "american", "strike_price": plain(option.strike), "multiplier": "100",
        "size": "100", "open_interest": "100", "open_interest_date": "2026-11-20",
        "close_price": None, "close_price_date": None,
    }
