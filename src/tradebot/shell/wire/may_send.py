"""May this order leave, now? The last statement before the socket, asked anew by every attempt.

The book may be ahead of the journal's disk, so what it forbids counts at once. An arming counts
only once it was published, and then by a clock that nobody can set back.
"""

from collections.abc import Callable
from typing import TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.gates.hours import may_trade
from tradebot.core.model.arming import LiveArmed
from tradebot.core.model.commands import Control
from tradebot.core.model.events import OrderSubmitted, ReplaceRequested
from tradebot.core.model.intent import Source
from tradebot.core.model.settings import RouteKind
from tradebot.ports import Clock
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import Latch

Outgoing: TypeAlias = OrderSubmitted | ReplaceRequested
WhyNot: TypeAlias = Callable[[Outgoing], str | None]


class MaySend:
    """What links ask; it knows until when the last published arming holds, by the loop's clock."""

    def __init__(
        self, book: Book, latch: Latch, clock: Clock, loop_time: Callable[[], float]
    ) -> None:
        self._book = book
        self._latch = latch
        self._clock = clock
        self._loop_time = loop_time
        self._token = ""
        self._until = 0.0

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, LiveArmed):
                left_s = (event.until - decision.at).total_seconds()
                self._token, self._until = event.token, self._loop_time() + left_s

    def why_not(self, order: Outgoing) -> str | None:
        """Return why not, or None. What the kill itself sends only reduces: it passes the latch."""
        book, is_exit = self._book, order.intent.source is Source.KILL
        if self._latch.reason is not None and not is_exit:
            return f"kill latch: {self._latch.reason}"
        if book.kill_reason is not None and not is_exit:
            return f"kill switch: {book.kill_reason}"
        if Control.CLOCK_SET in book.controls and not is_exit:
            return f"clock: {book.controls[Control.CLOCK_SET]}"
        now = self._clock.now()
        if not (now <= order.send_by):
            return "the clearance ended before it could be sent"
        for symbol in order.intent.symbols:
            if not may_trade(book, book.instruments[symbol].calendar, now):
                return f"{symbol}: the session ended"
        return None if is_exit else self._why_not_live(order)

    def _why_not_live(self, order: Outgoing) -> str | None:
        state = self._book.orders.find(order.cl_ord_id)
        route = self._book.routes.get(state.route) if state is not None else None
        if state is None or route is None:
            return "nobody knows where this order should go"
        if route.kind is not RouteKind.LIVE:
            return None
        arming = self._book.arming
        if arming is None or not state.armed_by == arming.given.token == self._token:
            return "live trading is not armed for this order"
        if not (self._loop_time() < self._until):
            return "the arming of live trading is over"
        if not (state.account == route.account == arming.given.account):
            return f"{arming.given.account} is armed, and the order is for {state.account}"
        return None
