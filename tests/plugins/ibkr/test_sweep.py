"""Where in a session may the connection to IB end? At any message, and the book comes out true.

One session of orders, fills, a change and a cancel is played again and again; each time the socket
closes at another message, with and without its effect. Some of them, or all with `--every-call`.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import pytest
from tests.conformance.desk import Desk
from tests.conformance.ibkr import IbkrBench
from tests.conformance.port import resting
from tests.conformance.promise import MORNING
from tests.fakes.tws.session import Session

from tradebot.core.model.ids import ClOrdID
from tradebot.shell.clock import LoopClock
from tradebot.shell.sim_loop import SimLoop

MESSAGES = 110  # of the session both ways, when nothing ends it
SPEED = Decimal(20)
ALWAYS = 13  # every so many messages one is tried in each run


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    step = 1 if metafunc.config.getoption("--every-call") else ALWAYS
    metafunc.parametrize("is_lost", [True, False], ids=["lost", "heard"])
    metafunc.parametrize("place", range(1, MESSAGES, step))


class CutBench(IbkrBench):
    """Ends every connection at one message; what comes in is lost with it, or heard."""

    place = 0
    is_lost = False

    def __init__(self, clock: LoopClock) -> None:
        super().__init__(clock)
        self.seen = 0
        record = self.gateway.record

        def cut(way: str, session: Session, message: Sequence[str]) -> None:
            self.seen += 1
            record(way, session, message)
            if self.seen == self.place:
                session.drop()
                if self.is_lost and way == "<":
                    raise ConnectionResetError

        self.gateway.record = cut  # type: ignore[method-assign]


async def a_session(desk: Desk) -> None:
    """Ask for whatever a day brings; what is refused meanwhile is not sent."""
    await desk.begin()
    await asyncio.sleep(0.5)
    for number in range(3):
        await desk.ask(resting(price="101" if number == 0 else "99"))
        await asyncio.sleep(0.5)
    orders = [order.client_id for order in desk.bench.venue.working()]  # type: ignore[attr-defined]
    if orders:
        await desk.bench.trade(orders[-1], 4)
        await desk.change(ClOrdID(orders[-1]), price="99.50")
        await desk.cancel(ClOrdID(orders[0]))
    await asyncio.sleep(0.5)
    if orders and desk.bench.is_working(orders[-1]):
        await desk.bench.trade(orders[-1], 2)
    await asyncio.sleep(0.5)


async def sweep(place: int, is_lost: bool) -> CutBench:
    bench = CutBench(LoopClock(MORNING, asyncio.get_running_loop()))
    bench.place, bench.is_lost = place, is_lost
    await bench.open()
    desk = Desk(bench, bench.broker())
    try:
        await a_session(desk)
        await desk.until(lambda: desk.is_up and is_settled(desk), "a settled book")
        await desk.agrees()
        sent = Counter(order.client_id for order in bench.venue.orders.values())
        assert set(sent.values()) <= {1}, "an order was sent twice"
        told = Counter(trade.exec_id for trade in desk.booked())
        assert set(told.values()) <= {1}, "an execution was booked twice"
        working = {order.client_id: order.leaves for order in bench.venue.working()}
        booked = desk.book.orders.working.values()
        assert {s.root: s.order.leaves_qty for s in booked if not s.in_doubt} == working
        assert not {s.root for s in booked if s.in_doubt} & set(sent)
    finally:
        await desk.close()
        await bench.close()
    return bench


def is_settled(desk: Desk) -> bool:
    """Tell whether nobody waits for anything; what never arrived may stay in doubt.

    A change that got no answer stays open until nobody can send it any more.
    """
    return all(
        (state.in_doubt and not desk.bench.copies(state.root))
        or not (state.in_doubt or state.is_unanswered or state.order.pending)
        for state in desk.book.orders.working.values()
    )


def test_the_book_comes_out_true_wherever_the_connection_ends(place: int, is_lost: bool) -> None:
    with asyncio.Runner(loop_factory=lambda: SimLoop(SPEED)) as runner:
        bench = runner.run(sweep(place, is_lost))
    assert bench.seen > place, "the session was over before"
