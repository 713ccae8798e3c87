"""What is held worth now? Asked when a quote of it comes, and at most every so many seconds."""

import asyncio
from collections.abc import Callable

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Command, Mark
from tradebot.core.model.events import TradeBooked
from tradebot.core.model.facts import Quote
from tradebot.ports import MarketEvent
from tradebot.shell.engine import Busy
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision


class Marker:
    """Values holdings at fresh quotes; nothing is said of quotes that stand still."""

    def __init__(
        self, book: Book, facts: FactCache, post: Callable[[Command], object], *, every_s: float
    ) -> None:
        self._ledger = book.ledger
        self._facts = facts
        self._post = post
        self._every_s = every_s
        self._fresh: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._last = float("-inf")

    def on_market(self, event: MarketEvent) -> None:
        if isinstance(event, Quote) and self._is_held(event.symbol):
            self._wait(event.symbol)

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, TradeBooked):
                self._wait(event.symbol)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _is_held(self, symbol: str) -> bool:
        return any(symbol in nets for nets in self._ledger.nets.values())

    def _wait(self, symbol: str) -> None:
        self._fresh.add(symbol)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            due = max(loop.time(), self._last + self._every_s)
            self._timer = loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        held = sorted(symbol for symbol in self._fresh if self._is_held(symbol))
        quotes = tuple(q for symbol in held if (q := self._facts.quotes.get(symbol)) is not None)
        self._fresh.clear()
        if not quotes:
            return
        try:
            self._post(Mark(quotes=quotes))
        except Busy:
            for quote in quotes:
                self._wait(quote.symbol)
