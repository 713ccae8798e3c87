"""Is the last statement before a live account's socket deaf to all but a published arming?"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.core.gates.test_armed import a_live_trader, an_arming
from tests.makers import OPEN, Trader, a_route, a_statement, the
from tests.shell.test_may_send import last_look

from tradebot.core.model.arming import LiveArmed
from tradebot.core.model.commands import DisarmLive
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.settings import RouteKind
from tradebot.shell.journal.decision import Decision

NOT_ARMED, OVER = "live trading is not armed for this order", "the arming of live trading is over"


@dataclass
class Wire:
    """A live trader, and the last look of one process; `loop_s` is its loop's clock."""

    trader: Trader = field(default_factory=a_live_trader)
    loop_s: float = 1_000.0

    def __post_init__(self) -> None:
        self.may_send = last_look(self.trader, loop_time=lambda: self.loop_s)

    def arm(self, *, is_published: bool = True, **changes: Any) -> LiveArmed:
        command = an_arming(**changes)
        event = the(self.trader.tell(command), LiveArmed)
        if is_published:
            decision = Decision(seq=1, at=self.trader.now, command=command, events=(event,))
            self.may_send.on_decision(decision)
        return event

    def order(self) -> OrderSubmitted:
        return the(self.trader.submit(), OrderSubmitted)


def test_an_order_leaves_while_its_arming_stands() -> None:
    wire = Wire()
    wire.arm()
    assert wire.may_send.why_not(wire.order()) is None


def test_an_arming_that_is_not_published_yet_sends_nothing() -> None:
    wire = Wire()
    wire.arm(is_published=False)
    assert wire.may_send.why_not(wire.order()) == NOT_ARMED


@pytest.mark.promise(11)
@pytest.mark.fault(48, 89)
def test_another_process_of_the_same_journal_sends_nothing() -> None:
    wire = Wire()
    wire.arm()
    assert last_look(wire.trader).why_not(wire.order()) == NOT_ARMED


def test_an_order_of_an_arming_that_was_replaced_stays() -> None:
    wire = Wire()
    wire.arm()
    order = wire.order()
    wire.arm(orders_max=9)
    assert wire.may_send.why_not(order) == NOT_ARMED


def test_disarming_counts_at_once_even_before_it_is_published() -> None:
    wire = Wire()
    wire.arm()
    order = wire.order()
    wire.trader.tell(DisarmLive(reason="enough", by="ann"))
    assert wire.may_send.why_not(order) == NOT_ARMED


@pytest.mark.promise(11, 24)
@pytest.mark.fault(41, 89)
def test_a_wall_clock_that_is_set_back_lengthens_nothing() -> None:
    wire = Wire()
    wire.arm(for_s=600)
    order = wire.order()
    wire.loop_s += 599.9
    assert wire.may_send.why_not(order) is None
    wire.loop_s += 0.1
    assert wire.trader.now.timestamp() - OPEN.timestamp() < 600
    assert wire.may_send.why_not(order) == OVER


@pytest.mark.promise(11)
@pytest.mark.fault(74, 89)
def test_an_order_stays_when_its_route_came_back_with_another_account() -> None:
    wire = Wire()
    wire.arm()
    order = wire.order()
    route = wire.trader.book.routes["paper"]
    route.account = "OTHER"
    assert wire.may_send.why_not(order) == "PAPER-1 is armed, and the order is for PAPER-1"


def test_what_is_for_no_live_account_needs_no_arming() -> None:
    trader = Trader()
    order = the(trader.submit(), OrderSubmitted)
    assert last_look(trader).why_not(order) is None
    trader.tell(a_route(kind=RouteKind.LIVE, statement=a_statement()))
    assert last_look(trader).why_not(order) == NOT_ARMED
