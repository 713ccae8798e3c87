"""May a strategy cancel and change orders? Its own only, and it sees what has no answer yet."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest
from tests.makers import Trader, a_report, the
from tests.shell.strategies.test_strategies import EmptyMarket, FixedClock

from tradebot.core.model.commands import Command, RequestCancel, RequestReplace, StrategyState
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import ClOrdID
from tradebot.ports import Action, Desk
from tradebot.shell.journal.decision import Decision
from tradebot.shell.strategies.desk import StrategyDesk
from tradebot.shell.strategies.host import FAILURES_MAX, StrategyHost

Answer = Callable[[Desk], Iterable[Action]]


class Asks:
    symbols = ("SPY",)

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def on_start(self, desk: Desk) -> Iterable[Action]:
        return ()

    def on_quote(self, quote: Quote, desk: Desk) -> Iterable[Action]:
        return self.answer(desk)

    def on_bar(self, bar: Bar, desk: Desk) -> Iterable[Action]:
        return ()

    def on_fill(self, symbol: str, qty: Decimal, px: Decimal, desk: Desk) -> Iterable[Action]:
        return ()

    def on_timer(self, desk: Desk) -> Iterable[Action]:
        return ()


class Pit:
    """A trader whose book the host watches; what strategies post is only kept."""

    def __init__(self) -> None:
        self.trader = Trader()
        self.posted: list[Command] = []
        self.told: list[str] = []
        self.host = StrategyHost(
            book=self.trader.book, post=self.posted.append,
            tell=lambda name, text: self.told.append(text),
        )

    def add(self, name: str, answer: Answer) -> StrategyDesk:
        desk = StrategyDesk(
            name, book=self.trader.book, market=EmptyMarket(), clock=FixedClock()
        )
        self.host.add(name, Asks(answer), desk)
        self.host.start()
        return desk

    def hear(self, command: Command) -> list[Any]:
        events = self.trader.tell(command)
        self.host.on_decision(Decision(1, self.trader.now, command, tuple(events)))
        return events

    def order_of(self, name: str) -> ClOrdID:
        sent = the(self.trader.submit(strategy_id=name), OrderSubmitted).cl_ord_id
        self.trader.tell(a_report("new", sent))
        return sent

    def quote(self) -> None:
        self.host.on_market(self.trader.facts.quotes["SPY"])


@pytest.mark.parametrize("action", [RequestCancel, RequestReplace])
def test_a_strategy_acts_on_its_own_orders(action: type[Any]) -> None:
    pit = Pit()
    sent = pit.order_of("a")
    desk = pit.add("a", lambda desk: [
        action(target=o.cl_ord_id, by="a") for o in desk.orders("SPY") if not o.is_changing
    ])
    pit.quote()
    pit.quote()
    assert pit.posted == [action(target=sent, by="a")], "asked once, while there is no answer"
    assert desk.orders("SPY")[0].is_changing


def test_what_the_core_refused_may_be_asked_again() -> None:
    pit = Pit()
    sent = pit.order_of("a")
    desk = pit.add("a", lambda desk: [
        RequestReplace(target=o.cl_ord_id, by="a") for o in desk.orders("SPY")
    ])
    pit.quote()
    pit.hear(pit.posted[0])  # it changes nothing, so it is refused
    assert not desk.orders("SPY")[0].is_changing
    assert desk.orders("SPY")[0].cl_ord_id == sent


@pytest.mark.parametrize("action", [
    lambda sent: RequestCancel(target=sent, by="b"),
    lambda sent: RequestCancel(target=sent, by="a"),
    lambda sent: RequestReplace(target="nobody", by="b"),
    lambda sent: RequestReplace(target=sent, by="b", order_qty=5.0),
])
def test_anything_else_counts_as_a_failure(action: Callable[[ClOrdID], Action]) -> None:
    pit = Pit()
    sent = pit.order_of("a")
    pit.add("b", lambda desk: [action(sent)])
    for _ in range(FAILURES_MAX):
        pit.quote()
    assert [type(command) for command in pit.posted] == [StrategyState]
    assert len(pit.told) == FAILURES_MAX
