"""Who calls strategies, what may they see, and what happens to one that fails?"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.orders import OrderState
from tradebot.core.gates.session import may_trade
from tradebot.core.model.commands import (
    Command,
    RequestCancel,
    RequestReplace,
    StrategyState,
    SubmitIntent,
)
from tradebot.core.model.events import (
    CancelRefused,
    CancelRequested,
    IntentReceived,
    IntentRefused,
    OrderSubmitted,
    ReconRequested,
    ReplaceRefused,
    ReplaceRequested,
    TradeBooked,
)
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import Intent
from tradebot.core.model.sound import flaw
from tradebot.ports import Action, Clock, MarketData, MarketEvent, Position, Strategy, Working
from tradebot.shell.engine import Busy
from tradebot.shell.journal.decision import Decision
from tradebot.shell.plugins import contained, said

FAILURES_MAX: Final = 5  # in one run of the daemon; then the strategy is disabled

Tell = Callable[[str, str], None]


class StrategyFailed(Exception):
    """A strategy returned something that is no action of its own."""


class StrategyDesk:
    """What one strategy sees: published state only, and its own part of it."""

    def __init__(
        self, strategy_id: str, *, book: Book, market: MarketData, clock: Clock
    ) -> None:
        self.strategy_id = strategy_id
        self._book = book
        self._market = market
        self._clock = clock
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

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return self._market.history(symbol, count)


class StrategyHost:
    """Runs the strategies on market events and fills; a failing one is contained and counted."""

    def __init__(self, *, book: Book, post: Callable[[Command], None], tell: Tell) -> None:
        self._book = book
        self._post = post
        self._tell = tell
        self._strategies: dict[str, tuple[Strategy, StrategyDesk]] = {}
        self._failures: dict[str, int] = {}
        self._owner: dict[IntentId, tuple[str, tuple[str, ...]]] = {}
        self._intent_of: dict[ClOrdID, IntentId] = {}
        self._is_running = False

    def add(self, strategy_id: str, strategy: Strategy, desk: StrategyDesk) -> None:
        self._strategies[strategy_id] = (strategy, desk)

    def start(self) -> None:
        """Adopt what is open from before, then let every strategy rebuild its state."""
        for state in self._book.intents.open.values():
            self._opened(state.intent_id, state.body)
            if state.cl_ord_id is not None:
                self._intent_of[state.cl_ord_id] = state.intent_id
        self._is_running = True
        for name, (strategy, desk) in self._strategies.items():
            self._call(name, partial(strategy.on_start, desk))

    def stop(self) -> None:
        """Ask nothing of any strategy again."""
        self._is_running = False

    def on_market(self, event: MarketEvent) -> None:
        if not self._is_running:
            return
        for name, (strategy, desk) in self._strategies.items():
            if event.symbol in strategy.symbols and name not in self._book.disabled:
                if isinstance(event, Quote):
                    self._call(name, partial(strategy.on_quote, event, desk))
                else:
                    self._call(name, partial(strategy.on_bar, event, desk))

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            match event:
                case IntentReceived():
                    desk = self._desk(event.intent.strategy_id)
                    if desk is not None and event.number is not None:
                        for symbol in _symbols(event.intent):
                            desk.posted[symbol] = max(0, desk.posted.get(symbol, 0) - 1)
                    self._opened(event.intent_id, event.intent)
                case OrderSubmitted():
                    self._intent_of[event.cl_ord_id] = event.intent_id
                case IntentRefused():
                    self._closed(event.intent_id)
                case CancelRequested() | ReplaceRequested():
                    self._heard(event.cl_ord_id)
                case CancelRefused() | ReplaceRefused():
                    self._heard(event.target)
                case ReconRequested():
                    intent_id = self._intent_of.pop(event.cl_ord_id, None)
                    if intent_id is not None:
                        self._closed(intent_id)
                case TradeBooked() if self._is_running and event.strategy_id in self._strategies:
                    strategy, desk = self._strategies[event.strategy_id]
                    call = partial(strategy.on_fill, event.symbol, event.qty, event.px, desk)
                    self._call(event.strategy_id, call)
                case _:
                    pass

    def _call(self, name: str, call: Callable[[], Iterable[Action]]) -> None:
        contained(partial(self._take, name, call), partial(self._failed, name))

    def _take(self, name: str, call: Callable[[], Iterable[Action]]) -> None:
        desk = self._strategies[name][1]
        for action in call() or ():
            command = self._command(name, action)
            try:
                self._post(command)
            except Busy:
                self._tell(name, "the inbox is full: an action was dropped before it was taken in")
                return
            if isinstance(command, SubmitIntent):
                for symbol in _symbols(command.intent):
                    desk.posted[symbol] = desk.posted.get(symbol, 0) + 1
            else:
                desk.asked.add(command.target)

    def _command(
        self, name: str, action: object
    ) -> SubmitIntent | RequestCancel | RequestReplace:
        """Check that an action is sound, and the strategy's own."""
        if not isinstance(action, Intent | RequestCancel | RequestReplace):
            raise StrategyFailed(f"expected an intent, a cancel or a change, got {action!r:.80}")
        if (told := flaw(action)) is not None:
            raise StrategyFailed(told)
        if isinstance(action, Intent):
            if action.strategy_id != name:
                raise StrategyFailed(f"strategy_id: expected {name!r}, got {action.strategy_id!r}")
            if action.key:
                raise StrategyFailed("key: expected none, a strategy's intents are numbered")
            return SubmitIntent(intent=action)
        if action.by != name:
            raise StrategyFailed(f"by: expected {name!r}, got {action.by!r:.40}")
        state = self._book.orders.find(action.target)
        if state is None or state.intent.strategy_id != name:
            raise StrategyFailed(f"{action.target!r:.40} is no order of {name}")
        return action

    def _heard(self, target: str) -> None:
        for _, desk in self._strategies.values():
            desk.asked.discard(target)

    def _failed(self, name: str, error: Exception) -> None:
        count = self._failures[name] = self._failures.get(name, 0) + 1
        reason = said(error).encode("utf-8", "backslashreplace").decode()
        self._tell(name, f"failure {count} of {FAILURES_MAX}: {reason}")
        if count >= FAILURES_MAX:
            self._post(StrategyState(strategy_id=name, enabled=False, reason=reason))

    def _desk(self, strategy_id: str | None) -> StrategyDesk | None:
        found = self._strategies.get(strategy_id or "")
        return found[1] if found else None

    def _opened(self, intent_id: IntentId, intent: Intent) -> None:
        desk = self._desk(intent.strategy_id)
        if desk is not None and intent.strategy_id is not None:
            self._owner[intent_id] = (intent.strategy_id, _symbols(intent))
            for symbol in _symbols(intent):
                desk.open.setdefault(symbol, {})[intent_id] = None

    def _closed(self, intent_id: IntentId) -> None:
        owner = self._owner.pop(intent_id, None)
        if owner is not None:
            desk = self._strategies[owner[0]][1]
            for symbol in owner[1]:
                desk.open.get(symbol, {}).pop(intent_id, None)


def _symbols(intent: Intent) -> tuple[str, ...]:
    return tuple(leg.symbol for leg in intent.legs)
