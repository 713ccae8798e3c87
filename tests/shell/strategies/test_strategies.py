"""A strategy that fails harms nobody: it is contained, counted, disabled, and the rest goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Command, RequestCancel, StrategyState, SubmitIntent
from tradebot.core.model.events import IntentReceived, IntentRefused, TradeBooked
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import ClOrdID, ExecID, IntentId
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.reason import Reason, Stage
from tradebot.ports import Desk, Gap, Listener
from tradebot.shell.engine import Busy
from tradebot.shell.journal.decision import Decision
from tradebot.shell.strategies.desk import StrategyDesk
from tradebot.shell.strategies.host import FAILURES_MAX, StrategyHost

AT = datetime(2026, 8, 24, 14, tzinfo=UTC)
QUOTE = Quote(symbol="SPY", bid=Decimal(100), ask=Decimal(101), as_of=AT)


class EmptyMarket:
    def instruments(self) -> Sequence[Any]:
        return ()

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None: ...

    def last(self, symbol: str) -> Quote | None:
        return QUOTE

    def gaps(self) -> Sequence[Gap]:
        return ()

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return ()

    async def run(self) -> None: ...


class FixedClock:
    longest_sleep_s = 60.0

    def now(self) -> datetime:
        return AT


def buy(name: str, **changes: Any) -> Intent:
    terms: dict[str, Any] = {
        "legs": (Leg(symbol="SPY", side=Side.BUY),), "order_qty": Decimal(1), "strategy_id": name,
    }
    return Intent(**{**terms, **changes})


class Says:
    """Returns what the test wants it to return, on every quote."""

    symbols = ("SPY",)

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.fills: list[Decimal] = []
        self.quotes = 0

    def on_start(self, desk: Desk) -> Iterable[Intent]:
        return ()

    def on_quote(self, quote: Quote, desk: Desk) -> Any:
        self.quotes += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def on_bar(self, bar: Bar, desk: Desk) -> Iterable[Intent]:
        return ()

    def on_fill(self, symbol: str, qty: Decimal, px: Decimal, desk: Desk) -> Iterable[Intent]:
        self.fills.append(qty)
        return ()

    def on_timer(self, desk: Desk) -> Iterable[Intent]:
        return ()


def test_an_intent_that_cannot_be_written_down_goes_no_further() -> None:
    poison = (
        {"order_qty": Decimal("NaN")}, {"order_qty": 1.5}, {"user": "\ud800"},
        {"created": datetime(2026, 8, 24)},  # noqa: DTZ001
    )
    for changes in poison:
        floor = Floor(a=Says([buy("a", **changes)]))
        floor.quotes(FAILURES_MAX)
        (disabled,) = floor.posted
        assert isinstance(disabled, StrategyState)
        assert disabled.reason.encode()


class Floor:
    def __init__(self, **strategies: Says) -> None:
        self.book, self.told = Book(), list[str]()
        self.posted: list[Command] = []
        self.desks: dict[str, StrategyDesk] = {}
        self.host = StrategyHost(
            book=self.book, post=self.posted.append, tell=lambda name, text: self.told.append(text)
        )
        for name, strategy in strategies.items():
            desk = StrategyDesk(name, book=self.book, market=EmptyMarket(), clock=FixedClock())
            self.desks[name] = desk
            self.host.add(name, strategy, desk)
        self.host.start()

    def quotes(self, count: int = 1) -> None:
        for _ in range(count):
            self.host.on_market(QUOTE)
            for command in self.posted:
                if isinstance(command, StrategyState) and not command.enabled:
                    self.book.disabled[command.strategy_id] = command.reason

    def hear(self, *events: Any) -> None:
        first = SubmitIntent(intent=buy("a"))
        self.host.on_decision(Decision(1, AT, first, events))


def test_what_a_strategy_returns_goes_in_as_its_intents() -> None:
    floor = Floor(a=Says([buy("a")]))
    floor.quotes()
    assert floor.posted == [SubmitIntent(intent=buy("a"))]


@pytest.mark.fault(95)
def test_a_strategy_that_raises_is_reported_and_disabled_and_the_others_go_on() -> None:
    bad, good = Says(ZeroDivisionError("by zero")), Says(())
    floor = Floor(bad=bad, good=good)
    floor.quotes(20)
    assert bad.quotes == FAILURES_MAX
    assert good.quotes == 20
    (off,) = floor.posted
    line = Says.on_quote.__code__.co_firstlineno + 3
    assert off == StrategyState(
        strategy_id="bad", enabled=False,
        reason=f"ZeroDivisionError: by zero (test_strategies.py, line {line})",
    )
    assert len(floor.told) == FAILURES_MAX


@pytest.mark.fault(95)
def test_rubbish_is_a_failure_and_not_an_order() -> None:
    for rubbish in ([None], ["buy"], 7, [buy("b")], [buy("a", key="mine")], object()):
        floor = Floor(a=Says(rubbish))
        floor.quotes()
        assert floor.posted == []
        assert len(floor.told) == 1, rubbish


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (["buy"], "expected an intent, a cancel or a change, got 'buy'"),
        ([replace(buy("a"), strategy_id=None)], "strategy_id: expected 'a', got None"),
        ([buy("a", key="mine")], "key: expected none, a strategy's intents are numbered"),
        ([replace(buy("a"), order_qty=5)], "order_qty: expected Decimal, got int"),
        ([RequestCancel(target="T", by="b")], "by: expected 'a', got 'b'"),
        ([RequestCancel(target="T", by="a")], "'T' is no order of a"),
    ],
)
def test_whoever_wrote_a_strategy_is_told_what_was_wrong(answer: Any, says: str) -> None:
    floor = Floor(a=Says(answer))
    floor.quotes()
    assert floor.told == [f"failure 1 of {FAILURES_MAX}: StrategyFailed: {says}"]


def test_no_answer_is_an_answer() -> None:
    floor = Floor(a=Says(None))
    floor.quotes()
    assert (floor.posted, floor.told) == ([], [])


def test_a_busy_inbox_drops_the_intent_and_says_so() -> None:
    floor = Floor(a=Says([buy("a"), buy("a")]))

    def refuse(command: Command) -> None:
        raise Busy("full")

    floor.host._post = refuse
    floor.quotes()
    assert floor.desks["a"].working("SPY") == 0
    assert len(floor.told) == 1


def test_working_counts_from_the_moment_of_asking_until_the_end() -> None:
    floor = Floor(a=Says([buy("a")]))
    desk = floor.desks["a"]
    floor.quotes()
    assert desk.working("SPY") == 1
    name = IntentId("I1")
    floor.hear(IntentReceived(intent_id=name, intent=buy("a"), expires=AT, number=1))
    assert desk.working("SPY") == 1
    floor.hear(IntentRefused(intent_id=name, stage=Stage.RISK, reason=Reason.RISK_KILL_SWITCH))
    assert desk.working("SPY") == 0


def test_a_fill_reaches_the_strategy_that_owns_it_and_no_other() -> None:
    mine, other = Says(()), Says(())
    floor = Floor(mine=mine, other=other)
    floor.hear(TradeBooked(
        cl_ord_id=ClOrdID("C"), exec_id=ExecID("X"), account="P", strategy_id="mine",
        symbol="SPY", qty=Decimal(3), px=Decimal(100), cash=Decimal(-300), cost=Decimal(300),
    ))
    assert (mine.fills, other.fills) == ([Decimal(3)], [])


def test_after_stop_nobody_is_asked() -> None:
    strategy = Says([buy("a")])
    floor = Floor(a=strategy)
    floor.host.stop()
    floor.quotes(3)
    assert strategy.quotes == 0
