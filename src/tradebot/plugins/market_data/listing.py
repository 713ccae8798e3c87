"""How does the simulated price of a symbol behave?

The prices and habits are invented: plausible in size, and nothing more.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.core.model.naming import bare
from tradebot.plugins.market_data import chance


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
