"""What do IB's ticks say of one contract? A side at a time, and some of them of yesterday's price.

https://interactivebrokers.github.io/tws-api/tick_types.html
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.facts import Quote
from tradebot.core.model.instrument import names_option
from tradebot.core.model.money import ZERO
from tradebot.outward.market.quoted import count, number

LIVE, FROZEN, DELAYED, DELAYED_FROZEN = 1, 2, 3, 4
DELAY: Final = timedelta(minutes=15)

_BID, _ASK, _BID_SIZE, _ASK_SIZE = "bid", "ask", "bid_size", "ask_size"
_PRICES: Final = {1: _BID, 2: _ASK, 66: _BID, 67: _ASK}
_SIZES: Final = {0: _BID_SIZE, 3: _ASK_SIZE, 69: _BID_SIZE, 70: _ASK_SIZE}
_SIZE_OF: Final = {_BID: _BID_SIZE, _ASK: _ASK_SIZE}
_LATE: Final = frozenset({66, 67, 68, 69, 70, 71})
_VOLUMES: Final = frozenset({8, 74})
_INTERESTS: Final = frozenset({27, 28})  # of calls, of puts
_MODEL: Final = frozenset({13, 83})
_HALTED_TICK: Final = 49


@dataclass(eq=False)
class Ticks:
    """What one request for market data has told so far; None is what it has not."""

    symbol: str
    number: int
    contract: Any = None
    bid: Decimal | None = None
    ask: Decimal | None = None
    bid_size: Decimal = ZERO
    ask_size: Decimal = ZERO
    interest: Decimal | None = None
    volume: Decimal | None = None
    implied: Decimal | None = None
    kind: int = LIVE
    is_halted: bool = False
    is_fresh: bool = False  # a side was told since this was looked at
    ticked_at: float | None = None

    def price(self, tick: int, told: float, size: float) -> None:
        """Take in a side's price; below nothing stands for none, which an option may have."""
        side = _PRICES.get(tick)
        if side is None:
            return
        self._see(tick)
        found = number(told)
        if found is None or found < 0 or (found == 0 and not names_option(self.symbol)):
            found = ZERO if side == _BID and names_option(self.symbol) else None
        setattr(self, side, found)
        setattr(self, _SIZE_OF[side], count(size))

    def size(self, tick: int, told: float) -> None:
        if tick in _SIZES:
            self._see(tick)
            setattr(self, _SIZES[tick], count(told))
        elif tick in _VOLUMES:
            self.volume = count(told)
        elif tick in _INTERESTS and names_option(self.symbol):
            is_call = self.symbol[-9] == "C"
            if is_call == (tick == 27):
                self.interest = count(told)

    def generic(self, tick: int, told: float) -> None:
        if tick == _HALTED_TICK:
            self.is_halted = told > 0

    def model(self, tick: int, implied: float) -> None:
        found = number(implied)
        if tick in _MODEL and found is not None and ZERO < found < 10:
            self.implied = found

    @property
    def is_whole(self) -> bool:
        """Tell whether both sides were told of."""
        return self.bid is not None and self.ask is not None

    def quote(self, now: datetime, *, allow_delayed: bool) -> Quote | None:
        """Return the quote as of now, or as of when a late one was made; of the past, none."""
        is_late = self.kind == DELAYED
        if self.bid is None or self.ask is None or not (
            self.kind == LIVE or (is_late and allow_delayed)
        ):
            return None
        return Quote(
            symbol=self.symbol, bid=self.bid, ask=self.ask, bid_size=self.bid_size,
            ask_size=self.ask_size, as_of=now - DELAY if is_late else now,
        )

    def _see(self, tick: int) -> None:
        self.is_fresh = True
        if tick in _LATE and self.kind == LIVE:
            self.kind = DELAYED
