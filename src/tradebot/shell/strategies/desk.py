"""What does one strategy see? Published state only, and its own part of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.order_state import OrderState
from tradebot.core.gates.hours import may_trade
from tradebot.core.gates.routes import first_usable
from tradebot.core.indicators import Indicators
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import IntentId
from tradebot.core.model.sizing import Measure, Size, Sizing, size
from tradebot.core.model.sound import printable
from tradebot.ports import Clock, MarketData, Position, Working

TEXTS_MAX: Final = 100  # that one strategy may tell in one run of the daemon
FIGURES_MAX: Final = 32
_WORDS_MAX: Final = 300


def _unheard(_: str) -> None:
    """Tell nobody."""


class StrategyDesk:
    """One strategy's view; what the host notes on it lives as long as the process."""

    def __init__(
        self, strategy_id: str, *, book: Book, market: MarketData, clock: Clock,
        tell: Callable[[str], None] = _unheard,
    ) -> None:
        self.strategy_id = strategy_id
        self.indicators = Indicators(market.history)
        self._book = book
        self._market = market
        self._clock = clock
        self._tell = tell
        self._told: set[str] = set()
        self.figures: dict[str, Decimal] = {}
        self.open: dict[str, dict[IntentId, None]] = {}  # symbol -> its intents not yet finished
        self.posted: dict[str, int] = {}  # symbol -> intents handed in, not yet heard of
        self.asked: set[str] = set()  # orders to cancel or change, not yet heard of

    def now(self) -> datetime:
        return self._clock.now()

    def is_open(self, symbol: str) -> bool:
        known = self._book.instruments.get(symbol)
        return known is not None and may_trade(self._book, known.calendar, self.now())

    def position(self, symbol: str) -> Position:
        share = self._book.ledger.held_by(self.strategy_id, symbol)
        avg_px = share.cost / share.qty / share.multiplier if share.qty else Decimal(0)
        return Position(symbol=symbol, qty=share.qty, avg_px=avg_px)

    def positions(self) -> Sequence[Position]:
        shares = self._book.ledger.shares()
        held = {symbol for _, owner, symbol, _ in shares if owner == self.strategy_id}
        return [found for s in sorted(held) if (found := self.position(s)).qty]

    def working(self, symbol: str) -> int:
        return len(self.open.get(symbol, ())) + self.posted.get(symbol, 0)

    def orders(self, symbol: str) -> Sequence[Working]:
        found = []
        for intent_id in self.open.get(symbol, ()):
            intent = self._book.intents.open.get(intent_id)
            state = self._book.orders.find(intent.cl_ord_id) if intent else None
            if state is not None and not state.order.is_done:
                found.append(self._working(state))
        return found

    def _working(self, state: OrderState) -> Working:
        asked = state.canceling or state.replacing or state.order.cl_ord_id in self.asked
        return Working(
            cl_ord_id=state.order.cl_ord_id, symbol=state.intent.symbol, side=state.intent.side,
            leaves_qty=state.order.leaves_qty, price=state.intent.price,
            is_changing=bool(asked) or state.is_unanswered or state.in_doubt,
        )

    def quote(self, symbol: str) -> Quote | None:
        return self._market.last(symbol)

    def size(self, symbol: str, sizing: Sizing) -> Size:
        terms, quote = self._book.terms(symbol), self.quote(symbol)
        route = first_usable(self._book, self._book.settings.routes)
        account = self._book.ledger.accounts[self._book.routes[route].account] if route else None
        if terms is None:
            return Size(qty=Decimal(0), why="nobody knows what one unit of it is")
        return size(sizing, Measure(
            equity=None if account is None or account.unmarked else account.equity,
            price=quote.ask if quote is not None and quote.is_sane else None,
            multiplier=terms.multiplier, lot_size=terms.lot_size,
        ))

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return self._market.history(symbol, count)

    def tell(self, text: str) -> None:
        text = printable(text[:_WORDS_MAX])
        if text in self._told or len(self._told) >= TEXTS_MAX:
            return
        self._told.add(text)
        self._tell(text)
        if len(self._told) == TEXTS_MAX:
            self._tell(f"told {TEXTS_MAX} texts, and is heard no more")

    def measure(self, name: str, value: Decimal) -> None:
        name = printable(name[:_WORDS_MAX])
        if name in self.figures or len(self.figures) < FIGURES_MAX:
            self.figures[name] = value
        else:
            self.tell(f"measures more than {FIGURES_MAX} figures: {name} is not shown")
