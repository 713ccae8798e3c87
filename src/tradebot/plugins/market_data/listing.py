"""What kind of thing is a symbol, and how does its simulated price behave?

The prices and habits are invented: plausible in size, and nothing more.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import SYMBOL, AssetClass, Instrument
from tradebot.plugins.market_data import chance

_FIAT: Final = frozenset({
    "USD", "EUR", "GBP", "JPY", "CHF", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "SGD", "HKD",
    "CNH", "MXN", "ZAR", "TRY", "PLN", "HUF", "CZK",
})
_QUOTED_IN: Final = _FIAT | {"USDT", "USDC", "BTC", "ETH"}
_FUNDS: Final = frozenset({"SPY", "QQQ", "IWM", "DIA", "GLD", "TLT", "EEM", "EFA", "XLF", "XLE"})
_CLOCK_ROUND: Final = "24/7"
_WEEKDAYS: Final = "24/5"


@fact
class Habit:
    """How a price behaves: a start in its currency, and its moves as fractions a day.

    `market_move` is shared by all of the asset class, `own_move` is the symbol's alone; `gap` is
    the part of a day's variance that falls between sessions; `size_step` is in units.
    """

    start: float
    market_move: float
    own_move: float
    gap: float
    size_step: Decimal
    volume_step: Decimal


# symbol: start price, move with the market, own move
_EQUITIES: Final[Mapping[str, tuple[float, float, float]]] = MappingProxyType({
    "SPY": (640.0, 0.0090, 0.0012), "QQQ": (570.0, 0.0112, 0.0040),
    "IWM": (230.0, 0.0105, 0.0060), "DIA": (450.0, 0.0080, 0.0025),
    "GLD": (310.0, 0.0010, 0.0095), "TLT": (88.0, -0.0020, 0.0080),
    "IBM": (245.0, 0.0075, 0.0110), "AAPL": (230.0, 0.0105, 0.0110),
    "MSFT": (510.0, 0.0100, 0.0095), "NVDA": (175.0, 0.0170, 0.0190),
    "AMZN": (225.0, 0.0125, 0.0130), "TSLA": (340.0, 0.0170, 0.0290),
})
_PAIRS: Final[Mapping[str, tuple[float, float, float]]] = MappingProxyType({
    "BTCUSD": (110_000.0, 0.022, 0.006), "ETHUSD": (4_300.0, 0.025, 0.020),
    "SOLUSD": (190.0, 0.028, 0.030), "EURUSD": (1.16, 0.004, 0.002),
    "GBPUSD": (1.35, 0.004, 0.003), "USDJPY": (147.0, -0.003, 0.004),
})


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


def habit_of(instrument: Instrument, seed: int) -> Habit:
    """Say how a symbol's simulated price behaves; the unknown get a price and moves by chance."""
    first, second, third = (
        word / 2**32 for word in chance.words(3, seed, "habit", instrument.symbol)
    )
    match instrument.asset_class:
        case AssetClass.CRYPTO:
            start, shared, own = 10 ** (1 + 2 * first), 0.02 + 0.01 * second, 0.02 + 0.02 * third
            gap, size_step, volume_step = 0.0, Decimal("0.01"), Decimal("0.01")
        case AssetClass.FX:
            start, shared, own = 0.7 + first, 0.002 + 0.003 * second, 0.002 + 0.003 * third
            gap, size_step, volume_step = 0.0, Decimal(100_000), Decimal(1_000)
        case _:
            start, shared, own = 20 + 380 * first, 0.006 + 0.007 * second, 0.008 + 0.012 * third
            gap, size_step, volume_step = 0.25, Decimal(100), Decimal(1)
    table = _EQUITIES if instrument.asset_class is AssetClass.EQUITY else _PAIRS
    start, shared, own = table.get(bare(instrument.symbol), (start, shared, own))
    return Habit(
        start=start, market_move=shared, own_move=own, gap=gap, size_step=size_step,
        volume_step=volume_step,
    )


def _sides(symbol: str) -> tuple[str, str | None]:
    """Split a pair into base and quoted currency; what is no pair has no second side."""
    base, divider, quoted = symbol.replace("/", "-").rpartition("-")
    if divider and quoted in _QUOTED_IN:
        return base, quoted
    for length in (4, 3):
        if symbol[-length:] in _QUOTED_IN and symbol in _PAIRS:
            return symbol[:-length], symbol[-length:]
    return symbol, None


def _class_of(base: str, quoted: str | None) -> AssetClass:
    if quoted is None:
        return AssetClass.EQUITY
    return AssetClass.FX if base in _FIAT and quoted in _FIAT else AssetClass.CRYPTO
