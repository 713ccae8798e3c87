"""May this order go to a live account: is it armed, by what this process has seen published?

The book may be ahead of the journal's disk, so what it forbids counts at once; what it allows
counts only once the arming was published, and then by a clock that nobody can set back.
"""

from collections.abc import Callable

from tradebot.core.book.book import Book
from tradebot.core.model.arming import LiveArmed
from tradebot.core.model.events import OrderSubmitted, ReplaceRequested
from tradebot.core.model.settings import RouteKind
from tradebot.shell.journal.decision import Decision


class Armed:
    """Knows until when the last published arming holds, on the loop's own clock."""

    def __init__(self, book: Book, loop_time: Callable[[], float]) -> None:
        self._book = book
        self._loop_time = loop_time
        self._token = ""
        self._until = 0.0

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, LiveArmed):
                left_s = (event.until - decision.at).total_seconds()
                self._token, self._until = event.token, self._loop_time() + left_s

    def why_not(self, order: OrderSubmitted | ReplaceRequested) -> str | None:
        """Return why not, or None: also where the order is for no live account."""
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
