"""What does the outside look like now, or did when a decision read it? A cache, two views."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Command, FactArrived
from tradebot.core.model.facts import OptionFact, Quote, Reads, VolatilityFact
from tradebot.core.model.reason import Need, quote_need
from tradebot.core.model.sound import flaw
from tradebot.ports import MarketEvent
from tradebot.shell.kill_flag import Latch

T = TypeVar("T")

_WAKE_EVERY: Final = timedelta(seconds=1)  # per need, so that a flood of quotes wakes no flood


class RecordingFacts:
    """One decision's view: it answers from the cache and remembers what it answered."""

    __slots__ = ("_cache", "_latched", "_options", "_read", "_volatilities")

    def __init__(self, cache: "FactCache") -> None:
        self._cache = cache
        self._read: dict[str, Quote] = {}
        self._options: dict[str, OptionFact] = {}
        self._volatilities: dict[str, VolatilityFact] = {}
        self._latched: str | None = None

    def quote(self, symbol: str) -> Quote | None:
        quote = self._read.get(symbol) or self._cache.quotes.get(symbol)
        if quote is not None and symbol not in self._read:
            before = self._cache.earlier.get(symbol)
            if before is not None:
                quote = replace(quote, prior_mid=before.mid, prior_as_of=before.as_of)
            self._read[symbol] = quote
        return quote

    def option(self, symbol: str) -> OptionFact | None:
        return _kept(self._options, self._cache.options, symbol)

    def volatility(self, symbol: str) -> VolatilityFact | None:
        return _kept(self._volatilities, self._cache.volatilities, symbol)

    def latch(self) -> str | None:
        self._latched = self._cache.latch.reason
        return self._latched

    def reads(self) -> Reads:
        return Reads(
            quotes=tuple(self._read.values()), latch=self._latched,
            options=tuple(self._options.values()),
            volatilities=tuple(self._volatilities.values()),
        )


def _kept(read: dict[str, T], known: dict[str, T], symbol: str) -> T | None:
    """Answer what was answered before, else what is known now, and keep it."""
    found = read.get(symbol) or known.get(symbol)
    if found is not None:
        read[symbol] = found
    return found


class RecordedFacts:
    """Answers what one decision read then, and nothing else."""

    __slots__ = ("_latch", "_options", "_quotes", "_volatilities")

    def __init__(self, reads: Reads) -> None:
        self._quotes = {quote.symbol: quote for quote in reads.quotes}
        self._options = {known.symbol: known for known in reads.options}
        self._volatilities = {known.symbol: known for known in reads.volatilities}
        self._latch = reads.latch

    def quote(self, symbol: str) -> Quote | None:
        return self._quotes.get(symbol)

    def option(self, symbol: str) -> OptionFact | None:
        return self._options.get(symbol)

    def volatility(self, symbol: str) -> VolatilityFact | None:
        return self._volatilities.get(symbol)

    def latch(self) -> str | None:
        return self._latch


class FactCache:
    """The newest facts of every symbol. What is no quote is dropped, counted and told of."""

    def __init__(self, latch: Latch, tell: Callable[[str, str], None] | None = None) -> None:
        self.quotes: dict[str, Quote] = {}
        self.earlier: dict[str, Quote] = {}  # the one before each
        self.dropped: dict[str, int] = {}  # symbol -> quotes that were none, since the last good
        self.options: dict[str, OptionFact] = {}
        self.volatilities: dict[str, VolatilityFact] = {}
        self.latch = latch
        self._tell = tell

    def view(self) -> RecordingFacts:
        return RecordingFacts(self)

    def on_market(self, event: MarketEvent) -> None:
        if not isinstance(event, Quote):
            return
        if (told := flaw(event)) is not None:
            self._drop(ascii(event.symbol).strip("'"), told)
            return
        self.dropped.pop(event.symbol, None)
        known = self.quotes.get(event.symbol)
        if known is None or event.as_of >= known.as_of:
            self.quotes[event.symbol] = event
            if known is not None:
                self.earlier[event.symbol] = known

    def forget(self) -> None:
        """Know nothing until it is told anew: of what is here nobody can say how old it is."""
        self.quotes.clear()
        self.earlier.clear()
        self.options.clear()
        self.volatilities.clear()

    def _drop(self, symbol: str, told: str) -> None:
        count = self.dropped[symbol] = self.dropped.get(symbol, 0) + 1
        if count == 1 and self._tell is not None:
            self._tell(symbol, f"a quote was dropped: {told}")


class Waker:
    """Tells the core of quotes for which held intents wait, at most one a second a need."""

    def __init__(self, book: Book, post: Callable[[Command], object]) -> None:
        self._book = book
        self._post = post
        self._last: dict[Need, datetime] = {}

    def on_market(self, event: MarketEvent) -> None:
        waiting = self._book.intents.by_need
        if not waiting or not isinstance(event, Quote):
            return
        need = quote_need(event.symbol)
        if need not in waiting:
            return
        last = self._last.get(need)
        if last is None or abs(event.as_of - last) >= _WAKE_EVERY:  # the clock may be set back
            self._last[need] = event.as_of
            self._post(FactArrived(needs=(need,)))
