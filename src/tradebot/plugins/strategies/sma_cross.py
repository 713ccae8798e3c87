"""When do two moving averages of closes cross? Then this strategy trades, once for each crossing.

It buys when the fast average rises above the slow one, and sells what it holds when it falls
below. A crossing that finds an order still working waits for that order's end. The averages are
rebuilt from history at start; the crossing itself must then still happen.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.money import ZERO
from tradebot.ports import Action, Desk

_TTL_S = 60


@fact
class SmaCrossSettings:
    """Two averages and a size.

    fast: bars in the fast average
    slow: bars in the slow average, more than in the fast one
    order_qty: units to hold after the fast average crossed above the slow one
    allow_short: hold as many units short after it crossed below, instead of none
    """

    fast: Annotated[int, Field(ge=1, le=1000)] = 20
    slow: Annotated[int, Field(ge=2, le=1000)] = 50
    order_qty: Annotated[Decimal, Field(gt=0)] = Decimal(10)
    allow_short: bool = False

    def __post_init__(self) -> None:
        if self.slow <= self.fast:
            raise ValueError("slow: expected more bars than fast")


class Averages:
    """Two running sums of one symbol's closes; a bar costs two additions, however long they are."""

    def __init__(self, fast: int, slow: int) -> None:
        self._fast, self._slow = fast, slow
        self._closes: deque[Decimal] = deque(maxlen=slow)
        self._fast_sum = self._slow_sum = ZERO
        self._known: datetime | None = None
        self.is_above: bool | None = None

    def add(self, bar: Bar) -> bool:
        """Take a bar's close; tell whether the fast average has just crossed the slow one."""
        if self._known is not None and bar.end <= self._known:
            return False  # history already held it when it was told
        self._known = bar.end
        return self._add(bar.close)

    def _add(self, close: Decimal) -> bool:
        closes = self._closes
        self._fast_sum += close - (closes[-self._fast] if len(closes) >= self._fast else ZERO)
        self._slow_sum += close - (closes[0] if len(closes) == self._slow else ZERO)
        closes.append(close)
        if len(closes) < self._slow:
            return False
        difference = self._fast_sum * self._slow - self._slow_sum * self._fast
        was_above = self.is_above
        if difference:
            self.is_above = difference > 0
        return was_above is not None and self.is_above is not was_above


class SmaCross:
    """The strategy. It asks for one thing at a time in each symbol."""

    settings_type = SmaCrossSettings

    def __init__(
        self, settings: SmaCrossSettings, *, strategy_id: str, symbols: Sequence[str]
    ) -> None:
        self.symbols = symbols
        self._settings = settings
        self._strategy_id = StrategyId(strategy_id)
        self._averages: dict[str, Averages] = {}
        self._crossed: set[str] = set()

    def on_start(self, desk: Desk) -> Iterable[Action]:
        for symbol in self.symbols:
            averages = Averages(self._settings.fast, self._settings.slow)
            for bar in desk.history(symbol, self._settings.slow + 1):
                averages.add(bar)
            self._averages[symbol] = averages
        self._crossed.clear()
        return ()

    def on_bar(self, bar: Bar, desk: Desk) -> Iterable[Action]:
        averages = self._averages[bar.symbol]
        if averages.add(bar):
            self._crossed.add(bar.symbol)
        if bar.symbol not in self._crossed:
            return ()
        if desk.working(bar.symbol) or not desk.is_open(bar.symbol):
            return ()  # the crossing waits, and is forgotten where it is undone meanwhile
        self._crossed.remove(bar.symbol)
        return self._towards(self._target(bool(averages.is_above)), bar.symbol, desk)

    def on_quote(self, quote: Quote, desk: Desk) -> Iterable[Action]:
        return ()

    def on_fill(self, symbol: str, qty: Decimal, px: Decimal, desk: Desk) -> Iterable[Action]:
        return ()

    def _target(self, is_above: bool) -> Decimal:
        if is_above:
            return self._settings.order_qty
        return -self._settings.order_qty if self._settings.allow_short else ZERO

    def _towards(self, target: Decimal, symbol: str, desk: Desk) -> Iterable[Action]:
        missing = target - desk.position(symbol).qty
        if not missing:
            return ()
        side = Side.BUY if missing > 0 else Side.SELL
        return (Intent(
            legs=(Leg(symbol=symbol, side=side),), order_qty=abs(missing), ttl_s=_TTL_S,
            strategy_id=self._strategy_id,
        ),)
