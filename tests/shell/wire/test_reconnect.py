"""What happens when a connection breaks, or is not there at all? Orders wait for the next."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.shell.test_link import AT, Scene, ScriptedBroker, play

from tradebot.core.model.commands import SubmitIntent
from tradebot.core.model.events import (
    IntentHeld,
    OrderInDoubt,
    OrderNeverLeft,
    OrderReported,
    OrderSubmitted,
    RouteConnected,
    RouteDisconnected,
    TradeBooked,
)
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.report import ExecType, Report, Statement
from tradebot.ports import BrokerOrder, NotSent
from tradebot.shell.supervisor import Limits, Supervisor


class CutBroker(ScriptedBroker):
    """A line that can be cut: then all fails, until it is mended."""

    def __init__(self, *outcomes: str) -> None:
        super().__init__(*outcomes)
        self.cut = asyncio.Event()
        self.missed: list[Report] = []
        self.since: list[datetime] = []

    async def connect(self) -> None:
        if self.cut.is_set():
            raise ConnectionRefusedError("connection refused")

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        self.since.append(since)
        return self.missed

    async def reports(self) -> AsyncIterator[Report]:
        while True:
            news, cut = asyncio.ensure_future(self._queue.get()), asyncio.ensure_future(
                self.cut.wait()
            )
            await asyncio.wait({news, cut}, return_when=asyncio.FIRST_COMPLETED)
            cut.cancel()
            if not news.done():
                news.cancel()
                raise ConnectionResetError("connection reset")
            yield news.result()


async def supervised(scene: Scene) -> Supervisor:
    """Let the supervisor own the route, from its second connection on."""
    scene.tasks.pop().cancel()
    await asyncio.sleep(0)
    supervisor = Supervisor(Limits(), lambda notice: None)
    supervisor.restartable("route", scene.link.run, scene.link.was_good)
    await asyncio.sleep(1)
    return supervisor


@pytest.mark.fault(76)
def test_a_route_that_breaks_is_down_until_it_is_connected_anew() -> None:
    broker = CutBroker()

    async def story(scene: Scene) -> None:
        supervisor = await supervised(scene)
        broker.cut.set()
        await asyncio.sleep(1)
        (down,) = scene.of(RouteDisconnected)
        assert down.reason == "connection reset"
        intent = Intent(
            legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=Decimal(1), strategy_id="s"
        )
        await scene.engine.submit(SubmitIntent(intent=intent))
        await asyncio.sleep(60)
        assert [held.reason for held in scene.of(IntentHeld)] == ["ADAPTER_UNAVAILABLE"]
        assert broker.seen == []
        broker.cut.clear()
        await asyncio.sleep(60)
        await supervisor.close()

    scene = play(broker, story)
    assert len(scene.of(RouteConnected)) == 3
    assert len(broker.seen) == len(scene.of(OrderSubmitted)) == 1


@pytest.mark.fault(76)
def test_a_connection_that_proved_good_lets_the_next_come_soon() -> None:
    class LoggingBroker(CutBroker):
        async def connect(self) -> None:
            logins.append(asyncio.get_running_loop().time())
            await super().connect()

    logins, cuts, broker = list[float](), list[float](), LoggingBroker()

    async def story(scene: Scene) -> None:
        supervisor = await supervised(scene)
        for away_s, lived_s in ((100, 140), (1, 10), (1, 20)):
            cuts.append(asyncio.get_running_loop().time())
            broker.cut.set()
            await asyncio.sleep(away_s)
            broker.cut.clear()
            await asyncio.sleep(lived_s)
        await supervisor.close()

    play(broker, story)
    waits = [next(at for at in logins if at > cut) - cut for cut in cuts]
    assert [round(wait) for wait in waits] == [5, 5, 10], "the last one saw no probe come back"


@pytest.mark.fault(2, 3)
def test_what_was_sent_and_not_answered_is_in_doubt_until_the_next_connection() -> None:
    broker = CutBroker("accepted, reply lost")

    async def story(scene: Scene) -> None:
        supervisor = await supervised(scene)
        broker.cut.set()
        order = await scene.buy()
        await asyncio.sleep(1)
        assert scene.of(OrderInDoubt)
        fill = Report(
            route="paper", cl_ord_id=order, exec_type=ExecType.TRADE, exec_id=ExecID("X1"),
            last_qty=Decimal(1), last_px=Decimal(100),
        )
        broker.missed.append(fill)
        broker.cut.clear()
        await asyncio.sleep(60)
        await supervisor.close()

    scene = play(broker, story)
    assert [event.report.exec_type for event in scene.of(OrderReported)] == [
        ExecType.NEW, ExecType.TRADE
    ]
    assert len(scene.of(TradeBooked)) == 1
    assert not scene.engine.book.orders.doubts
    assert len(broker.seen) == 1


class DumbBroker(ScriptedBroker):
    """It lets us log in, and then answers nothing once it is struck dumb."""

    is_dumb = False

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        found = await super().find(cl_ord_id)
        self._speak()
        return found

    async def statement(self) -> Statement:
        self._speak()
        return await super().statement()

    def _speak(self) -> None:
        if self.is_dumb:
            raise NotSent("the connection is gone")


@pytest.mark.fault(5, 76)
def test_a_connection_that_dies_while_orders_are_asked_about_is_given_up_at_the_first() -> None:
    broker = DumbBroker()

    async def story(scene: Scene) -> None:
        for _ in range(20):
            await scene.buy()
        broker.is_dumb = True
        await scene.reconnect()
        assert broker.asked == 2, "the second and last try of the first order"
        assert isinstance(scene.tasks[-1].exception(), NotSent)
        broker.is_dumb = False
        scene.tasks.append(asyncio.create_task(scene.link.run()))
        await asyncio.sleep(1)

    scene = play(broker, story)
    assert len(broker.seen) == 20
    assert len(scene.of(RouteConnected)) == 2
    assert not scene.engine.book.orders.doubts


@pytest.mark.fault(49, 76)
def test_a_send_that_is_on_its_way_is_not_taken_for_one_that_never_came() -> None:
    class SlowBroker(CutBroker):
        async def submit(self, order: OrderSubmitted) -> None:
            await asyncio.sleep(5)
            await super().submit(order)

    broker = SlowBroker()
    broker.capabilities = replace(broker.capabilities, absence_is_proof=True)

    async def story(scene: Scene) -> None:
        supervisor = await supervised(scene)
        await scene.buy()
        broker.cut.set()
        await asyncio.sleep(.1)
        broker.cut.clear()
        await asyncio.sleep(60)
        await supervisor.close()

    scene = play(broker, story)
    assert broker.asked > 0
    assert not scene.of(OrderNeverLeft)
    assert len(broker.seen) == len(scene.of(OrderSubmitted)) == 1


@pytest.mark.promise(1, 12)
@pytest.mark.fault(34, 49)
def test_an_order_that_the_disk_does_not_hold_yet_is_not_taken_for_one_that_never_came() -> None:
    broker = CutBroker()
    broker.capabilities = replace(broker.capabilities, absence_is_proof=True)

    async def story(scene: Scene) -> None:
        scene.journal.is_instant = False
        bought = asyncio.create_task(scene.buy())
        await asyncio.sleep(40)
        assert scene.engine.book.orders.working, "it is decided, and a probe came by"
        scene.journal.is_instant = True
        for held in scene.journal.pending:
            held.set_result(None)
        await bought
        await asyncio.sleep(60)

    scene = play(broker, story)
    assert not scene.of(OrderNeverLeft)
    assert len(broker.seen) == len(scene.of(OrderSubmitted)) == 1


@pytest.mark.fault(66)
def test_missed_fills_are_asked_for_from_before_the_broker_was_last_heard() -> None:
    broker = CutBroker()

    async def story(scene: Scene) -> None:
        supervisor = await supervised(scene)
        broker.cut.set()
        await asyncio.sleep(1)
        broker.cut.clear()
        await asyncio.sleep(60)
        await supervisor.close()

    play(broker, story)
    assert set(broker.since) == {AT - timedelta(minutes=1)}, "its statements are as of then"


@pytest.mark.fault(76)
def test_a_broker_that_is_away_at_the_start_ends_no_start() -> None:
    broker = CutBroker()
    broker.cut.set()
    scene = play(broker, lambda scene: asyncio.sleep(1))
    assert not scene.of(RouteConnected)
    assert scene.link.tried.exception() is None


def test_a_fault_of_an_adapter_is_no_absence_and_ends_the_start() -> None:
    class Unfinished(ScriptedBroker):
        async def connect(self) -> None:
            raise NotImplementedError("log in")

    with pytest.raises(NotImplementedError):
        play(Unfinished(), lambda scene: asyncio.sleep(1))
