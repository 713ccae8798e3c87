"""What is true of the market beside the touch? Minutes, open interest, volatilities and halts.

The touch itself is the venue's. What the fakes of vendors tell of a market, they read here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, TypeAlias

from tests.fakes.venue import Venue

from tradebot.core.model.chain import Chain

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class VenueBar:
    symbol: str
    start: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


@dataclass(frozen=True)
class Halt:
    symbol: str
    is_halted: bool
    at: datetime


Print: TypeAlias = VenueBar | Halt


class MarketFacts:
    """What a market remembers and says, beside its quotes."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.bars: dict[str, list[VenueBar]] = {}
        self.interest: dict[str, Decimal] = {}
        self.volatility: dict[str, Decimal] = {}  # of an option now
        self.volatilities: dict[str, list[Decimal]] = {}  # of a share's options, day by day
        self.halted: set[str] = set()
        self._listeners: list[Callable[[Print], None]] = []

    def listen(self, listener: Callable[[Print], None]) -> None:
        self._listeners.append(listener)

    def past(self, symbol: str, closes: Iterable[str | Decimal | int], until: datetime) -> None:
        """Let minutes have been, the last of which ends at a time; nobody is told."""
        prices = [Decimal(close) for close in closes]
        for place, close in enumerate(prices):
            start = until - (len(prices) - place) * MINUTE
            self.bars.setdefault(symbol, []).append(_bar(symbol, start, close))

    def bar(self, symbol: str, start: datetime, close: str | Decimal) -> VenueBar:
        """Let a minute be over, and tell of it."""
        made = _bar(symbol, start, Decimal(close))
        self.bars.setdefault(symbol, []).append(made)
        self._tell(made)
        return made

    def halt(self, symbol: str, *, is_halted: bool = True) -> None:
        (self.halted.add if is_halted else self.halted.discard)(symbol)
        self._tell(Halt(symbol, is_halted, self.venue.now()))

    def show(self, chain: Chain, volatility: Decimal = Decimal("0.18")) -> None:
        """Quote an underlying and all options of a chain."""
        half = Decimal("0.01")
        self.venue.quote(chain.underlying.symbol, chain.spot - half, chain.spot + half)
        for expiry in chain.expiries:
            for listed in expiry.options:
                symbol = listed.option.symbol
                self.venue.quote(symbol, listed.bid, listed.ask)
                self.volatility[symbol] = volatility
                if listed.open_interest is not None:
                    self.interest[symbol] = listed.open_interest

    def _tell(self, said: Print) -> None:
        for listener in self._listeners:
            listener(said)


def _bar(symbol: str, start: datetime, close: Decimal) -> VenueBar:
    cent = Decimal("0.01")
    return VenueBar(symbol, start, close, close + cent, close - cent, close, Decimal(100))
