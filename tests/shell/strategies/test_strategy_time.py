"""Is a strategy's timer kept, its time counted, and one that hung called no more until a person?"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from tests.shell.strategies.test_strategies import AT, QUOTE, EmptyMarket, FixedClock, Says, buy
from tests.tiny_daemon import TinyDaemon

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Command, StrategyState, SubmitIntent
from tradebot.core.model.events import OrderSubmitted, StrategySwitched
from tradebot.core.model.intent import Leg, Side
from tradebot.ports import Action, Desk
from tradebot.shell.journal.decision import Decision
from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.strategies.desk import StrategyDesk
from tradebot.shell.strategies.host import ACTIONS_MAX, Allowance, StrategyHost


class Slow(Says):
    """Takes its time on each quote, by a stopwatch that the test holds; counts its starts."""

    def __init__(self, answer: Any, takes_s: float = 0.0) -> None:
        super().__init__(answer)
        self.takes_s, self.spent, self.starts = takes_s, 0.0, 0
        self.rang: list[float] = []

    def on_start(self, desk: Desk) -> Iterable[Action]:
        self.starts += 1
        return ()

    def on_quote(self, quote: Any, desk: Desk) -> Any:
        self.spent += self.takes_s
        return super().on_quote(quote, desk)

    def on_timer(self, desk: Desk) -> Any:
        self.rang.append(asyncio.get_running_loop().time())
        return [buy("a")]


class Hosted:
    def __init__(self, strategy: Slow, allowance: Allowance | None = None) -> None:
        self.book, self.told, self.posted = Book(), list[str](), list[Command]()
        self.strategy = strategy
        self.host = StrategyHost(
            book=self.book, post=self.posted.append, elapsed=lambda: strategy.spent,
            tell=lambda name, text: self.told.append(text),
        )
        desk = StrategyDesk("a", book=self.book, market=EmptyMarket(), clock=FixedClock())
        self.host.add("a", strategy, desk, allowance)
        self.host.start()

    def quotes(self, count: int) -> None:
        for _ in range(count):
            self.host.on_market(QUOTE)

    def switched(self, *, enabled: bool) -> None:
        event = StrategySwitched(strategy_id="a", enabled=enabled, reason="test")
        self.book.apply(event)
        command = StrategyState(strategy_id="a", enabled=enabled)
        self.host.on_decision(Decision(1, AT, command, (event,)))

    def live(self, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        async def run() -> None:
            timer = asyncio.create_task(self.host.keep_time("a"))
            await asyncio.sleep(seconds / 2)
            meanwhile()
            await asyncio.sleep(seconds / 2)
            timer.cancel()

        with asyncio.Runner(loop_factory=SimLoop) as runner:
            runner.run(run())


def test_the_timer_rings_on_the_loops_clock_and_its_actions_are_taken() -> None:
    daemon = Hosted(Slow(()), Allowance(timer_s=30))
    daemon.live(100)
    assert daemon.strategy.rang == [30, 60, 90]
    assert daemon.posted == [SubmitIntent(intent=buy("a"))] * 3


def test_no_timer_rings_for_a_host_that_was_stopped_or_a_strategy_that_is_disabled() -> None:
    daemon = Hosted(Slow(()), Allowance(timer_s=30))
    daemon.live(100, daemon.host.stop)
    assert daemon.strategy.rang == [30]
    other = Hosted(Slow(()), Allowance(timer_s=30))
    other.live(100, lambda: other.switched(enabled=False))
    assert other.strategy.rang == [30]


def test_a_call_over_its_budget_is_counted_and_its_actions_are_taken() -> None:
    daemon = Hosted(Slow([buy("a")], takes_s=0.25), Allowance(budget_s=0.1))
    daemon.quotes(5)
    assert len(daemon.posted) == 5
    (row,) = daemon.host.rows()
    assert (row["overruns"], row["slowest_ms"], row["is_enabled"]) == (5, 250.0, True)


def test_overruns_are_told_ever_more_rarely() -> None:
    daemon = Hosted(Slow((), takes_s=0.25), Allowance(budget_s=0.1))
    daemon.quotes(100)
    assert daemon.told[0] == "call 1 over its 100 ms: 250 ms"
    assert len(daemon.told) == 7  # 1, 2, 4 ... 64


def test_a_call_within_its_budget_is_nothing_to_tell() -> None:
    daemon = Hosted(Slow((), takes_s=0.09), Allowance(budget_s=0.1))
    daemon.quotes(5)
    assert (daemon.told, daemon.host.rows()[0]["overruns"]) == ([], 0)


@pytest.mark.parametrize("answer", [[buy("a")], ValueError("and then it failed")])
def test_of_a_call_that_hung_nothing_is_taken_and_it_is_the_last_one(answer: Any) -> None:
    daemon = Hosted(Slow(answer, takes_s=7), Allowance(stall_s=5))
    daemon.quotes(3)
    off = StrategyState(strategy_id="a", enabled=False, reason="a call of it took 7.0 s")
    assert daemon.posted == [off]
    assert daemon.strategy.quotes == 1


def test_one_that_is_enabled_again_starts_anew_and_is_called_again() -> None:
    daemon = Hosted(Slow((), takes_s=7), Allowance(stall_s=5))
    daemon.quotes(1)
    daemon.switched(enabled=False)
    daemon.quotes(1)
    daemon.strategy.takes_s = 0
    daemon.switched(enabled=True)
    daemon.quotes(1)
    assert (daemon.strategy.starts, daemon.strategy.quotes) == (2, 2)
    assert daemon.host.rows()[0]["is_enabled"] is True


def test_one_that_a_journal_says_is_disabled_is_not_even_started() -> None:
    daemon = Hosted(Slow(()))
    daemon.book.disabled["a"] = "last week"
    daemon.host.start()
    daemon.quotes(3)
    assert (daemon.strategy.starts, daemon.strategy.quotes) == (1, 0)
    assert daemon.host.rows()[0]["reason"] == "last week"


@pytest.mark.fault(95)
def test_actions_without_end_are_a_failure_and_none_is_taken() -> None:
    def endless() -> Iterable[Action]:
        while True:
            yield buy("a")

    daemon = Hosted(Slow(endless()))
    daemon.quotes(1)
    assert daemon.posted == []
    assert f"more than {ACTIONS_MAX} actions" in daemon.told[0]


def test_a_desk_shows_all_that_the_strategy_holds_and_nothing_of_others() -> None:
    daemon = TinyDaemon()
    for number, (name, symbol) in enumerate([("mine", "SPY"), ("other", "IBM"), ("mine", "IBM")]):
        legs = (Leg(symbol=symbol, side=Side.BUY),)
        decision = daemon.decide(SubmitIntent(intent=buy(name, legs=legs)))
        assert decision is not None
        sent = next(event for event in decision.events if isinstance(event, OrderSubmitted))
        daemon.fill(sent.cl_ord_id, "1", "500.00", f"X{number}")
    clock = FixedClock()
    desk = StrategyDesk("mine", book=daemon.views.book, market=EmptyMarket(), clock=clock)
    assert [(held.symbol, held.qty) for held in desk.positions()] == [("IBM", 1), ("SPY", 1)]
    assert StrategyDesk(
        "nobody", book=daemon.views.book, market=EmptyMarket(), clock=clock
    ).positions() == []
