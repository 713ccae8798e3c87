"""What becomes of cancels on a bad wire, of an adapter's own faults, and of an id that is taken?"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.shell.test_link import Scene, ScriptedBroker, buys_and_waits, play

from tradebot.core.model.commands import RequestCancel
from tradebot.core.model.events import (
    CancelRequested,
    IntentRefused,
    OrderInDoubt,
    OrderReported,
    OrderSubmitted,
)
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import ExecType, RejReason, Report
from tradebot.ports import BrokerOrder, Declined, DeliveryUnknown, NotSent
from tradebot.shell.wire.asking import ID_TAKEN


class TroubledBroker(ScriptedBroker):
    """Takes three seconds for an order, or breaks; answers cancels by a script of failures."""

    def __init__(self, *outcomes: str, cancels: tuple[Exception, ...] = ()) -> None:
        super().__init__(*outcomes)
        self.heard: list[str] = []
        self._failures = list(cancels)

    async def submit(self, order: OrderSubmitted) -> None:
        if self._outcomes == ["broken"]:
            raise RuntimeError("a bug of the adapter")
        if self._outcomes == ["slow"]:
            self._outcomes.clear()
            await asyncio.sleep(3)
        await super().submit(order)
        self.heard.append("order")

    def mended(self) -> None:
        self._failures.clear()

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        self.heard.append("cancel")
        if self._failures:
            raise self._failures.pop(0)
        await super().cancel(cl_ord_id, request_id)
        self._queue.put_nowait(Report(
            route="paper", cl_ord_id=request_id, orig_cl_ord_id=cl_ord_id,
            exec_type=ExecType.CANCELED,
        ))


async def buys_and_cancels(scene: Scene) -> None:
    order = await scene.buy()
    await scene.engine.submit(RequestCancel(target=order, by="test"))
    await asyncio.sleep(120)


def ends(scene: Scene) -> list[ExecType]:
    return [event.report.exec_type for event in scene.of(OrderReported)]


def test_a_cancel_waits_for_the_send_of_its_order() -> None:
    broker = TroubledBroker("slow")
    assert ends(play(broker, buys_and_cancels)) == [ExecType.NEW, ExecType.CANCELED]
    assert broker.heard == ["order", "cancel"]


def test_a_cancel_waits_no_longer_than_the_send_may_take() -> None:
    broker = TroubledBroker("hang")
    scene = play(broker, buys_and_cancels)
    assert broker.heard == ["cancel"]
    assert ends(scene)[-1] is ExecType.CANCELED


@pytest.mark.fault(62, 86)
@pytest.mark.parametrize("failure", [NotSent("no route"), DeliveryUnknown("reset"), TimeoutError()])
def test_a_cancel_that_nobody_heard_is_tried_again(failure: Exception) -> None:
    broker = TroubledBroker(cancels=(failure, failure))
    assert ends(play(broker, buys_and_cancels))[-1] is ExecType.CANCELED
    assert broker.heard == ["order", *["cancel"] * 3]


@pytest.mark.fault(62, 86)
def test_a_cancel_that_never_gets_through_stays_open_and_goes_out_at_the_next_connection() -> None:
    broker = TroubledBroker(cancels=(NotSent("no route"),) * 1_000)

    async def story(scene: Scene) -> None:
        await buys_and_cancels(scene)
        assert ends(scene) == [ExecType.NEW]
        assert len(scene.of(CancelRequested)) > 10, "asked anew every ten seconds"
        broker.mended()
        await scene.reconnect()
        await asyncio.sleep(1)

    scene = play(broker, story)
    asked = [event.request_id for event in scene.of(CancelRequested)]
    assert len(set(asked)) == len(asked)
    assert ends(scene) == [ExecType.NEW, ExecType.CANCELED]


def test_a_cancel_ends_with_its_order() -> None:
    broker = TroubledBroker(cancels=(NotSent("no route"),) * 1_000)

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await scene.engine.submit(RequestCancel(target=order, by="test"))
        await asyncio.sleep(.2)
        await scene.engine.deliver(Report(
            route="paper", cl_ord_id=order, exec_type=ExecType.TRADE, exec_id=ExecID("X1"),
            last_qty=Decimal(1), last_px=Decimal(100),
        ))
        await asyncio.sleep(60)

    play(broker, story)
    assert broker.heard == ["order", "cancel"]


def test_a_cancel_that_the_broker_refuses_is_not_tried_again() -> None:
    broker = TroubledBroker(cancels=(Declined("too late", RejReason.TOO_LATE),))
    scene = play(broker, buys_and_cancels)
    assert ends(scene) == [ExecType.NEW, ExecType.CANCEL_REJECTED]
    assert scene.of(OrderReported)[-1].report.rej_reason is RejReason.TOO_LATE
    assert broker.heard == ["order", "cancel"]


def test_a_canceled_order_that_never_left_is_not_sent_again() -> None:
    class Late(TroubledBroker):
        async def submit(self, order: OrderSubmitted) -> None:
            await asyncio.sleep(1)
            raise NotSent("connection refused")

    scene = play(Late(), buys_and_cancels)
    assert len(scene.of(OrderSubmitted)) == 1
    assert [event.reason for event in scene.of(IntentRefused)] == ["OMS_CANCELED"]


@pytest.mark.fault(18)
def test_a_fault_of_the_adapter_leaves_its_order_in_doubt_and_surfaces() -> None:
    async def story(scene: Scene) -> None:
        await buys_and_waits(scene)
        with pytest.raises(RuntimeError, match="a bug of the adapter"):
            await scene.tasks[1]

    scene = play(TroubledBroker("broken"), story)
    (doubt,) = scene.of(OrderInDoubt)
    assert doubt.detail == "RuntimeError: a bug of the adapter"
    assert scene.engine.book.orders.doubts == {"SPY": 1}


@pytest.mark.promise(1)
def test_an_id_that_the_broker_knows_already_is_asked_about() -> None:
    class Knowing(TroubledBroker):
        async def submit(self, order: OrderSubmitted) -> None:
            new = Report(route="paper", cl_ord_id=order.cl_ord_id, exec_type=ExecType.NEW)
            self.known[order.cl_ord_id] = replace(
                self.other, cl_ord_id=order.cl_ord_id, reports=(new,)
            )
            self._queue.put_nowait(replace(
                new, exec_type=ExecType.REJECTED, is_duplicate_order=True
            ))

        other = BrokerOrder(
            cl_ord_id=ClOrdID(""), reports=(), symbol="SPY", is_sell=False, order_qty=Decimal(1)
        )

    assert ends(play(Knowing(), buys_and_waits)) == [ExecType.NEW], "it was ours"
    for change in ({"symbol": "IBM"}, {"is_sell": True}, {"order_qty": Decimal(2)}):
        broker = Knowing()
        broker.other = replace(Knowing.other, **change)
        scene = play(broker, buys_and_waits)
        (reported,) = scene.of(OrderReported)
        assert (reported.report.exec_type, reported.report.text) == (ExecType.REJECTED, ID_TAKEN)
        assert scene.engine.book.halted == {"SPY": Reason.OMS_EXTERNAL}
        assert not scene.engine.book.orders.doubts


class MuteBroker(ScriptedBroker):
    """Takes orders, and its stream says nothing of them; who asks is told."""

    async def reports(self) -> AsyncIterator[Report]:
        await asyncio.Event().wait()
        yield await self._queue.get()


@pytest.mark.fault(50, 66)
def test_an_order_that_was_taken_and_never_answered_is_asked_about() -> None:
    scene = play(MuteBroker(), buys_and_waits)
    assert not scene.of(OrderInDoubt), "it was taken"
    assert ends(scene) == [ExecType.NEW]
