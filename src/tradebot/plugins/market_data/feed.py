"""Who hears a market event, and when? In time order, on the loop's clock, never before its time."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from heapq import heappop, heappush
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

    What came before anybody first asked is history; all after that is delivered. A symbol that
    is added later joins from then on.
    """

    def __init__(
        self, symbols: Iterable[str], clock: Clock, until: datetime | None,
        open_stream: OpenStream,
    ) -> None:
        self.latest: dict[str, Quote] = {}
        self._symbols = set(symbols)
        self._clock = clock
        self._until = until
        self._open_stream = open_stream
        self._listeners: dict[str, list[Listener]] = {}
        self._begun: datetime | None = None
        self._delivered: Stamp | None = None
        self._heads: list[tuple[Stamped, Stream]] = []  # a heap: each stream by its next event
        self._is_open = False

    def add(self, symbol: str) -> None:
        """Play one more symbol; only what the market can open may be added."""
        if symbol not in self._symbols:
            self._symbols.add(symbol)
            if self._is_open:
                self._open(symbol, self.now())

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
        self._reopen()
        while self._heads:
            event_at = self._heads[0][0][0]
            if self._until is not None and event_at > self._until:
                return
            if event_at > known_now:
                known_now, waited = await self._wait_for(event_at)
                at_once = 0 if waited else at_once
            if at_once == _AT_ONCE_MAX:
                await asyncio.sleep(0)
                at_once = 0
            at_once += 1
            stamped, stream = heappop(self._heads)
            self._delivered = stamped[:3]  # even if a listener fails
            self._deliver(stamped)
            self._push(stream)

    def _reopen(self) -> None:
        """Open all streams behind what was delivered, those too that failed."""
        assert self._begun is not None
        since = self._begun if self._delivered is None else self._delivered[0]
        self._heads, self._is_open = [], True
        for symbol in sorted(self._symbols):
            self._open(symbol, since)

    def _open(self, symbol: str, since: datetime) -> None:
        stream, left_at = self._open_stream(symbol, since), self._delivered
        if left_at is not None:
            stream = (stamped for stamped in stream if stamped[:3] > left_at)
        self._push(stream)

    def _push(self, stream: Stream) -> None:
        stamped = next(stream, None)
        if stamped is not None:
            heappush(self._heads, (stamped, stream))

    async def _wait_for(self, due: datetime) -> tuple[datetime, bool]:
        """Return the time once it is due, and whether that took waiting."""
        waited = False
        while (now := self._clock.now()) < due:
            if not self._clock.skip_to(due):
                left_s = (due - now).total_seconds()
                await asyncio.sleep(min(left_s, self._clock.longest_sleep_s))
                waited = True
        return now, waited

    def _deliver(self, stamped: Stamped) -> None:
        _, symbol, _, event = stamped
        if isinstance(event, Quote):
            self.latest[symbol] = event
        for listener in self._listeners.get(symbol, ()):
            listener(event)


def stamped_bar(bar: Bar) -> Stamped:
    return bar.end, bar.symbol, BAR, bar


def stamped_quote(quote: Quote) -> Stamped:
    return quote.as_of, quote.symbol, QUOTE, quote
