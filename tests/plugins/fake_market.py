"""What does a broker trade against in a test? A market that says exactly what the test says."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tests.makers import a_quote, number

from tradebot.core.model.chain import Chain
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.instrument import Instrument
from tradebot.ports import Clock, Gap, Listener, MarketEvent

Number = Decimal | int | str
MINUTE: Final = timedelta(minutes=1)


class FakeMarket:
    """Implements ports.OptionData: quotes and bars happen when the test says so."""

    def __init__(self, clock: Clock, instruments: Sequence[Instrument]) -> None:
        self._clock = clock
        self._instruments = tuple(instruments)
        self._listeners: list[tuple[frozenset[str], Listener]] = []
        self._last: dict[str, Quote] = {}
        self._bars: dict[str, list[Bar]] = {}

    def instruments(self) -> Sequence[Instrument]:
        return self._instruments

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        self._listeners.append((frozenset(symbols), listener))

    def last(self, symbol: str) -> Quote | None:
        return self._last.get(symbol)

    def gaps(self) -> Sequence[Gap]:
        return ()

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return self._bars.get(symbol, [])[-count:]

    def chain(self, symbol: str) -> Chain | None:
        return None

    def implied_volatilities(self, symbol: str, count: int) -> Sequence[Decimal]:
        return ()

    async def run(self) -> None:
        """This market moves only by hand."""

    def show(self, bid: Number, ask: Number, size: Number = 0, symbol: str = "SPY") -> Quote:
        """Show a quote, with one size on both sides; no size is no information."""
        quote = a_quote(
            symbol, bid, ask, self._clock.now(), bid_size=number(size), ask_size=number(size)
        )
        self._last[symbol] = quote
        self._tell(quote)
        return quote

    def print_bar(
        self, prices: str, *, start: datetime | None = None, symbol: str = "SPY",
        volume: Number = 0, end: datetime | None = None,
    ) -> Bar:
        """Say "open high low close" of the minute that ends now, or of what is told instead."""
        opened, high, low, close = map(Decimal, prices.split())
        now = end or self._clock.now()
        bar = Bar(
            symbol=symbol, start=start or now - MINUTE, end=now, open=opened, high=high, low=low,
            close=close, volume=number(volume),
        )
        self._bars.setdefault(symbol, []).append(bar)
        self._tell(bar)
        return bar

    def _tell(self, event: MarketEvent) -> None:
        for symbols, listener in list(self._listeners):
            if event.symbol in symbols:
                listener(event)
