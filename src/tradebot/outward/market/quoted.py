"""What does a distant market say of each symbol, who hears it, and what is no quote at all?

Nothing is told from the future, nothing twice, and nothing that no market could be.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.money import ZERO
from tradebot.core.model.sound import flaw
from tradebot.ports import Clock, Listener, MarketEvent

SKEW: Final = timedelta(seconds=2)  # by which two clocks may differ that both are right enough


class Quoted:
    """The last quote and the last bars of each symbol; whatever is new goes to its listeners."""

    def __init__(self, clock: Clock, bars_max: int, tell: Callable[[str], None]) -> None:
        self._clock = clock
        self._bars_max = bars_max
        self._tell = tell
        self._last: dict[str, Quote] = {}
        self._bars: dict[str, deque[Bar]] = {}
        self._listeners: dict[str, list[Listener]] = {}
        self._early: list[Bar] = []  # ended by their maker's clock, not yet by ours
        self._ahead: set[str] = set()
        self._halted: dict[str, datetime] = {}  # since when

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        for symbol in symbols:
            self._listeners.setdefault(symbol, []).append(listener)

    def last(self, symbol: str) -> Quote | None:
        return self._last.get(symbol)

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return list(self._bars.get(symbol, ()))[-count:] if count > 0 else ()

    def quote(self, quote: Quote) -> bool:
        """Tell a quote, unless it is none, or none that is newer; tell whether it was told."""
        symbol, now, last = quote.symbol, self._clock.now(), self._last.get(quote.symbol)
        if flaw(quote) is not None or not quote.is_sane or symbol in self._halted:
            return False
        if not (quote.as_of <= now + SKEW):
            self._told_ahead(symbol, quote.as_of - now)
            return False
        self._ahead.discard(symbol)
        quote = replace(quote, as_of=min(quote.as_of, now))
        if last is not None and not (last.as_of < quote.as_of):
            return False
        self._last[symbol] = quote
        self._deliver(quote)
        return True

    def halt(self, symbol: str, why: str = "") -> None:
        """Let a symbol have no quotes until it trades again."""
        if symbol not in self._halted:
            self._halted[symbol] = self._clock.now()
            self._tell(f"{symbol} is halted {why}".rstrip())

    def resume(self, symbol: str) -> None:
        if self._halted.pop(symbol, None) is not None:
            self._tell(f"{symbol} trades again")

    def bar(self, bar: Bar) -> None:
        """Tell a bar when its time is over; who trades again after a halt shows by it."""
        if bar.start >= self._halted.get(bar.symbol, bar.end):
            self.resume(bar.symbol)
        if flaw(bar) is None and bar.end <= self._clock.now() + SKEW:
            self._early.append(bar)
            self.due()

    def due(self) -> None:
        """Tell the bars whose end has come meanwhile."""
        now = self._clock.now()
        waiting, self._early = self._early, []
        for bar in waiting:
            if bar.end > now:
                self._early.append(bar)
            elif self._keep(bar):
                self._deliver(bar)

    def remember(self, bars: Iterable[Bar]) -> None:
        """Take in what was before: it is history, and never told."""
        now = self._clock.now()
        for bar in bars:
            if flaw(bar) is None and bar.end <= now:
                self._keep(bar)

    def latest_bar(self, symbol: str) -> datetime | None:
        bars = self._bars.get(symbol)
        return bars[-1].end if bars else None

    def _keep(self, bar: Bar) -> bool:
        kept = self._bars.setdefault(bar.symbol, deque(maxlen=self._bars_max))
        is_new = not kept or kept[-1].end < bar.end
        if is_new:
            kept.append(bar)
        return is_new

    def _told_ahead(self, symbol: str, by: timedelta) -> None:
        if symbol not in self._ahead:
            self._ahead.add(symbol)
            seconds = by.total_seconds()
            self._tell(f"{symbol}: its quotes are {seconds:.1f} s ahead of this machine's clock")

    def _deliver(self, event: MarketEvent) -> None:
        for listener in self._listeners.get(event.symbol, ()):
            listener(event)


def number(told: Any) -> Decimal | None:
    """Read a number as it was written, a float by its shortest digits; None where it is none."""
    if isinstance(told, bool) or not isinstance(told, str | int | float | Decimal):
        return None
    try:
        found = told if isinstance(told, Decimal) else Decimal(str(told))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def count(told: Any) -> Decimal:
    """Read a size: what is no number, or below nothing, is unknown."""
    found = number(told)
    return found if found is not None and found >= 0 else ZERO
