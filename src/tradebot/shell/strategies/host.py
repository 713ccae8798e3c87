"""Who calls strategies, and what happens to one that fails, dawdles or hangs?"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final

from tradebot.core.book.book import Book
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
    StrategySwitched,
    TradeBooked,
)
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import plain
from tradebot.core.model.sound import flaw
from tradebot.ports import Action, MarketEvent, Strategy, TimedStrategy
from tradebot.shell.clock import stopwatch
from tradebot.shell.engine import Busy
from tradebot.shell.journal.decision import Decision
from tradebot.shell.settings.plugins import contained, said
from tradebot.shell.strategies.desk import StrategyDesk

FAILURES_MAX: Final = 5  # in one run of the daemon; then the strategy is disabled
ACTIONS_MAX: Final = 1000  # of one call
QUIET: Final = {  # the row of a strategy that is not called
    "is_enabled": False, "failures": 0, "overruns": 0, "slowest_ms": 0.0, "figures": {},
}

Tell = Callable[[str, str], None]


class StrategyFailed(Exception):
    """A strategy returned something that is no action of its own."""


@dataclass(slots=True, kw_only=True)
class Allowance:
    """How often one strategy's timer rings, and what a call of it may take; in seconds."""

    timer_s: float = 60.0
    budget_s: float = 0.05
    stall_s: float = 5.0


@dataclass(slots=True)
class _Hosted:
    """One strategy, what it may, and what it did in this run."""

    strategy: Strategy
    desk: StrategyDesk
    allowance: Allowance
    failures: int = 0
    overruns: int = 0
    slowest_s: float = 0.0
    is_leaving: bool = False  # disabled by us; the book does not know it yet


class StrategyHost:
    """Runs the strategies on market events, fills and timers; a failing one is contained."""

    def __init__(
        self, *, book: Book, post: Callable[[Command], None], tell: Tell,
        elapsed: Callable[[], float] = stopwatch,
    ) -> None:
        self.calling: str | None = None  # read by the watchdog's thread
        self._book = book
        self._post = post
        self.tell = tell
        self._elapsed = elapsed
        self._hosted: dict[str, _Hosted] = {}
        self._absent: dict[str, tuple[Sequence[str], str]] = {}
        self._owner: dict[IntentId, tuple[str, tuple[str, ...]]] = {}
        self._intent_of: dict[ClOrdID, IntentId] = {}
        self._is_running = False

    def add(
        self, strategy_id: str, strategy: Strategy, desk: StrategyDesk,
        allowance: Allowance | None = None,
    ) -> None:
        self._hosted[strategy_id] = _Hosted(strategy, desk, allowance or Allowance())

    def leave_out(self, strategy_id: str, symbols: Sequence[str], reason: str) -> None:
        """Go on without one that cannot run here; it is told of, and stands in the list."""
        self.tell(strategy_id, reason)
        self._absent[strategy_id] = symbols, reason

    @property
    def timed(self) -> Sequence[str]:
        """Name the strategies that have a timer."""
        return [n for n, h in self._hosted.items() if isinstance(h.strategy, TimedStrategy)]

    def rows(self) -> list[dict[str, Any]]:
        """Tell of every strategy how it stands, for people and programs."""
        return [
            *(self._row(name, hosted) for name, hosted in self._hosted.items()),
            *({**QUIET, "strategy_id": name, "symbols": list(symbols), "reason": reason}
              for name, (symbols, reason) in self._absent.items()),
        ]

    def _row(self, name: str, hosted: _Hosted) -> dict[str, Any]:
        return {
            "strategy_id": name, "symbols": list(hosted.strategy.symbols),
            "is_enabled": name not in self._book.disabled,
            "reason": self._book.disabled.get(name), "failures": hosted.failures,
            "overruns": hosted.overruns, "slowest_ms": round(hosted.slowest_s * 1000, 1),
            "figures": {name: plain(value) for name, value in hosted.desk.figures.items()},
        }

    def start(self) -> None:
        """Adopt what is open from before, then let every strategy rebuild its state."""
        for state in self._book.intents.open.values():
            self._opened(state.intent_id, state.body)
            if state.cl_ord_id is not None:
                self._intent_of[state.cl_ord_id] = state.intent_id
        self._is_running = True
        for name, hosted in self._hosted.items():
            self._call(name, partial(hosted.strategy.on_start, hosted.desk))

    async def keep_time(self, name: str) -> None:
        """Ring the timer of one that has one, again and again, until cancelled."""
        hosted = self._hosted[name]
        assert isinstance(hosted.strategy, TimedStrategy)
        ring = partial(hosted.strategy.on_timer, hosted.desk)
        while True:
            await asyncio.sleep(hosted.allowance.timer_s)
            self._call(name, ring)

    def stop(self) -> None:
        """Ask nothing of any strategy again."""
        self._is_running = False

    def on_market(self, event: MarketEvent) -> None:
        for name, hosted in self._hosted.items():
            if event.symbol in hosted.strategy.symbols:
                if isinstance(event, Quote):
                    self._call(name, partial(hosted.strategy.on_quote, event, hosted.desk))
                else:
                    self._call(name, partial(hosted.strategy.on_bar, event, hosted.desk))

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            match event:
                case IntentReceived():
                    desk = self._desk(event.intent.strategy_id)
                    if desk is not None and event.number is not None:
                        for symbol in event.intent.symbols:
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
                case TradeBooked() if event.strategy_id in self._hosted:
                    hosted = self._hosted[event.strategy_id]
                    self._call(event.strategy_id, partial(
                        hosted.strategy.on_fill, event.symbol, event.qty, event.px, hosted.desk
                    ))
                case StrategySwitched() if event.strategy_id in self._hosted:
                    self._switched(event.strategy_id, event.enabled)
                case _:
                    pass

    def _switched(self, name: str, enabled: bool) -> None:
        hosted = self._hosted[name]
        hosted.is_leaving = False
        if enabled:
            hosted.failures = 0
            self._call(name, partial(hosted.strategy.on_start, hosted.desk))

    def _call(self, name: str, call: Callable[[], Iterable[Action]]) -> None:
        is_out = name in self._book.disabled or self._hosted[name].is_leaving
        if self._is_running and not is_out:
            contained(partial(self._take, name, call), partial(self._failed, name))

    def _timed(self, name: str, call: Callable[[], Iterable[Action]]) -> Sequence[Action]:
        """Call, and return the actions; of a call that hung nothing is taken."""
        hosted, started = self._hosted[name], self._elapsed()
        self.calling = name
        try:
            actions = tuple(islice(call() or (), ACTIONS_MAX + 1))
        finally:
            self.calling = None
            self._took(name, self._elapsed() - started)
        if len(actions) > ACTIONS_MAX:
            raise StrategyFailed(f"more than {ACTIONS_MAX} actions in one call")
        return () if hosted.is_leaving else actions

    def _took(self, name: str, seconds: float) -> None:
        hosted = self._hosted[name]
        hosted.slowest_s = max(hosted.slowest_s, seconds)
        if seconds >= hosted.allowance.stall_s:
            self._disable(name, f"a call of it took {seconds:.1f} s")
        elif seconds > hosted.allowance.budget_s:
            count = hosted.overruns = hosted.overruns + 1
            if count & (count - 1) == 0:  # told ever more rarely: 1, 2, 4, 8
                budget_ms = hosted.allowance.budget_s * 1000
                self.tell(name, f"call {count} over its {budget_ms:g} ms: {seconds * 1000:.0f} ms")

    def _disable(self, name: str, reason: str) -> None:
        self._hosted[name].is_leaving = True
        self._post(StrategyState(strategy_id=name, enabled=False, reason=reason))

    def _take(self, name: str, call: Callable[[], Iterable[Action]]) -> None:
        desk = self._hosted[name].desk
        for action in self._timed(name, call):
            command = self._command(name, action)
            try:
                self._post(command)
            except Busy:
                self.tell(name, "the inbox is full: an action was dropped before it was taken in")
                return
            if isinstance(command, SubmitIntent):
                for symbol in command.intent.symbols:
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
        for hosted in self._hosted.values():
            hosted.desk.asked.discard(target)

    def _failed(self, name: str, error: Exception) -> None:
        hosted = self._hosted[name]
        hosted.failures += 1
        reason = said(error).encode("utf-8", "backslashreplace").decode()
        self.tell(name, f"failure {hosted.failures} of {FAILURES_MAX}: {reason}")
        if hosted.failures >= FAILURES_MAX:
            self._disable(name, reason)

    def _desk(self, strategy_id: str | None) -> StrategyDesk | None:
        found = self._hosted.get(strategy_id or "")
        return found.desk if found else None

    def _opened(self, intent_id: IntentId, intent: Intent) -> None:
        desk = self._desk(intent.strategy_id)
        if desk is not None and intent.strategy_id is not None:
            self._owner[intent_id] = (intent.strategy_id, intent.symbols)
            for symbol in intent.symbols:
                desk.open.setdefault(symbol, {})[intent_id] = None

    def _closed(self, intent_id: IntentId) -> None:
        owner = self._owner.pop(intent_id, None)
        if owner is not None:
            desk = self._hosted[owner[0]].desk
            for symbol in owner[1]:
                desk.open.get(symbol, {}).pop(intent_id, None)
