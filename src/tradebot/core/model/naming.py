"""What kind of thing does a symbol name, where nobody who lists it is asked?"""

from decimal import Decimal
from typing import Final

from tradebot.core.model.instrument import SYMBOL, AssetClass, Instrument

_FIAT: Final = frozenset({
    "USD", "EUR", "GBP", "JPY", "CHF", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "SGD", "HKD",
    "CNH", "MXN", "ZAR", "TRY", "PLN", "HUF", "CZK",
})
_QUOTED_IN: Final = _FIAT | {"USDT", "USDC", "BTC", "ETH"}
_FUNDS: Final = frozenset({"SPY", "QQQ", "IWM", "DIA", "GLD", "TLT", "EEM", "EFA", "XLF", "XLE"})
_BARE_PAIRS: Final = frozenset({"BTCUSD", "ETHUSD", "SOLUSD", "EURUSD", "GBPUSD", "USDJPY"})
_CLOCK_ROUND: Final = "24/7"
_WEEKDAYS: Final = "24/5"


def instrument_of(symbol: str, asset_class: AssetClass | None = None) -> Instrument:
    """Say what trades under a symbol; without a class, pairs such as BTC-USD tell their own."""
    if SYMBOL.fullmatch(symbol) is None:
        raise ValueError(f"market_data.symbols: expected names such as SPY, got {symbol[:40]!r}")
    base, quoted = _sides(symbol)
    kind = asset_class or _class_of(base, quoted)
    currency = quoted or "USD"
    match kind:
        case AssetClass.CRYPTO:
            return Instrument(
                symbol=symbol, asset_class=kind, calendar=_CLOCK_ROUND, currency=currency,
                tick_size=Decimal("0.01"), lot_size=Decimal("0.00000001"),
            )
        case AssetClass.FX:
            tick = Decimal("0.001") if currency == "JPY" else Decimal("0.00001")
            return Instrument(
                symbol=symbol, asset_class=kind, calendar=_WEEKDAYS, currency=currency,
                tick_size=tick,
            )
        case AssetClass.EQUITY:
            return Instrument(symbol=symbol, is_fund=symbol in _FUNDS)
        case AssetClass.OPTION:
            raise ValueError(f"market_data.symbols: {symbol}: options have no simple quotes here")


def bare(symbol: str) -> str:
    """Return a pair's name without what divides it: BTC/USD and BTC-USD are BTCUSD."""
    return symbol.replace("/", "").replace("-", "")


def _sides(symbol: str) -> tuple[str, str | None]:
    """Split a pair into base and quoted currency; what is no pair has no second side."""
    base, divider, quoted = symbol.replace("/", "-").rpartition("-")
    if divider and quoted in _QUOTED_IN:
        return base, quoted
    for length in (4, 3):
        if symbol[-length:] in _QUOTED_IN and symbol in _BARE_PAIRS:
            return symbol[:-length], symbol[-length:]
    return symbol, None


def _class_of(base: str, quoted: str | None) -> AssetClass:
    if quoted is None:
        return AssetClass.EQUITY
    return AssetClass.FX if base in _FIAT and quoted in _FIAT else AssetClass.CRYPTO
