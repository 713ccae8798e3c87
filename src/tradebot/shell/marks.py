"""What is held worth now? Asked when a quote of it tells something new, and not too often."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Command, Mark
from tradebot.core.model.events import TradeBooked
from tradebot.core.model.facts import Quote
from tradebot.ports import MarketEvent
from tradebot.shell.engine import Busy
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision

MOVED_FRAC: Final = Decimal("0.0001")  # of equity, by all positions: no limit is as fine
RARELY: Final = 4  # turns, by our own time, after which a quote is told, however little it moved


class Marker:
    """Values holdings at fresh quotes; of those that hardly move the account, few.

    `pace` is how many times as fast as ours the loop's clock runs: those few are for our eyes.
    """

    def __init__(
        self, book: Book, facts: FactCache, post: Callable[[Command], object], *, every_s: float,
        pace: float = 1.0,
    ) -> None:
        self._ledger = book.ledger
        self._facts = facts
        self._post = post
        self._pace = pace
        self.value_every(every_s)
        self._fresh: set[str] = set()
        self._told: dict[str, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._last = float("-inf")

    def value_every(self, seconds: float) -> None:
        self._every_s, self._rarely_s = seconds, RARELY * seconds * self._pace

    def on_market(self, event: MarketEvent) -> None:
        if isinstance(event, Quote) and self._is_news(event):
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

    def _is_news(self, quote: Quote) -> bool:
        """Tell whether it moves an account that holds it, or was not told for long."""
        symbol, mid = quote.symbol, quote.mid
        if not self._is_held(symbol):
            return False
        now = asyncio.get_running_loop().time()
        if now - self._told.get(symbol, float("-inf")) >= self._rarely_s:
            return True
        for name, nets in self._ledger.nets.items():
            net, account = nets.get(symbol), self._ledger.accounts[name]
            if net is None:
                continue
            moved = abs(net.qty * (mid - net.mark) * net.multiplier)
            if account.unmarked or not (moved * len(nets) < account.equity * MOVED_FRAC):
                return True
        return False

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
        else:
            self._told.update((quote.symbol, self._last) for quote in quotes)
