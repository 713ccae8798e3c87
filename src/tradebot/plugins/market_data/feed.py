"""Who hears a market event, and when? In time order, on the loop's clock, never before its time."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge
from typing import Final, TypeAlias

from tradebot.core.model.facts import Bar, Quote
from tradebot.ports import Clock, Listener, MarketEvent

BAR, QUOTE = 0, 1  # at equal times a symbol's bar, which sums up the past, comes before its quote

Stamp: TypeAlias = tuple[datetime, str, int]
Stamped: TypeAlias = tuple[datetime, str, int, MarketEvent]
Stream: TypeAlias = Iterator[Stamped]
OpenStream: TypeAlias = Callable[[str, datetime], Stream]

_AT_ONCE_MAX: Final = 100  # events delivered before others on the loop get their turn


class Feed:
    """Merges the symbols' streams and delivers what is due; a failed run goes on where it was.

    What came before anybody first asked is history; all after that is delivered.
    """

    def __init__(
        self, symbols: Iterable[str], clock: Clock, until: datetime | None,
        open_stream: OpenStream,
    ) -> None:
        self.latest: dict[str, Quote] = {}
        self._symbols = sorted(symbols)
        self._clock = clock
        self._until = until
        self._open_stream = open_stream
        self._listeners: dict[str, list[Listener]] = {}
        self._begun: datetime | None = None
        self._delivered: Stamp | None = None

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        for symbol in symbols:
            self._listeners.setdefault(symbol, []).append(listener)

    def now(self) -> datetime:
        """Return the time up to which anything may be told; the first asking begins the feed."""
        now = self._clock.now().astimezone(UTC)
        if self._begun is None:
            self._begun = now
        return now

    async def run(self) -> None:
        known_now, at_once = self.now(), 0
        for event_at, symbol, rank, event in self._events():
            if self._until is not None and event_at > self._until:
                return
            if event_at > known_now:
                known_now, waited = await self._wait_for(event_at)
                at_once = 0 if waited else at_once
            if at_once == _AT_ONCE_MAX:
                await asyncio.sleep(0)
                at_once = 0
            at_once += 1
            self._delivered = (event_at, symbol, rank)
            self._deliver(symbol, event)

    def _events(self) -> Stream:
        assert self._begun is not None
        left_at = self._delivered
        since = self._begun if left_at is None else left_at[0]
        for stamped in merge(*(self._open_stream(symbol, since) for symbol in self._symbols)):
            if left_at is None or stamped[:3] > left_at:
                yield stamped

    async def _wait_for(self, due: datetime) -> tuple[datetime, bool]:
        """Return the time once it is due, and whether that took waiting."""
        waited = False
        while (now := self._clock.now()) < due:
            if not self._clock.skip_to(due):
                left_s = (due - now).total_seconds()
                await asyncio.sleep(min(left_s, self._clock.longest_sleep_s))
                waited = True
        return now, waited

    def _deliver(self, symbol: str, event: MarketEvent) -> None:
        if isinstance(event, Quote):
            self.latest[symbol] = event
        for listener in self._listeners.get(symbol, ()):
            listener(event)


def stamped_bar(bar: Bar) -> Stamped:
    return bar.end, bar.symbol, BAR, bar


def stamped_quote(quote: Quote) -> Stamped:
    return quote.as_of, quote.symbol, QUOTE, quote
