"""What does the wire make of a change: sent once, told when it provably never left, else open."""

import asyncio
from decimal import Decimal

import pytest
from tests.shell.test_link import Scene, ScriptedBroker, play

from tradebot.core.model.capabilities import ReplaceKind
from tradebot.core.model.commands import RequestReplace
from tradebot.core.model.events import OrderReported, ReplaceRefused, ReplaceRequested
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import ExecType, Report
from tradebot.ports import Declined, DeliveryUnknown, NotSent


class ChangingBroker(ScriptedBroker):
    """Makes changes, or fails at them."""

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__()
        object.__setattr__(self.capabilities, "replaces", ReplaceKind.IN_PLACE)
        self.changes: list[tuple[ClOrdID, Decimal, Decimal | None]] = []
        self._failure = failure

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        self.changes.append((cl_ord_id, order_qty, price))
        if self._failure is not None:
            raise self._failure
        self._queue.put_nowait(Report(
            route="paper", cl_ord_id=request_id, orig_cl_ord_id=cl_ord_id,
            exec_type=ExecType.REPLACED, order_qty=order_qty,
        ))


async def buys_and_changes(scene: Scene) -> None:
    order = await scene.buy()
    await asyncio.sleep(1)
    await scene.engine.submit(RequestReplace(target=order, by="test", order_qty=Decimal(7)))
    await asyncio.sleep(60)


async def buys_and_changes_under_a_latch(scene: Scene) -> None:
    order = await scene.buy()
    await asyncio.sleep(1)
    scene.engine.listeners.insert(0, lambda decision: scene.latch.set("test"))
    await scene.engine.submit(RequestReplace(target=order, by="test", order_qty=Decimal(7)))
    await asyncio.sleep(60)


def test_a_change_reaches_the_broker_and_the_book() -> None:
    broker = ChangingBroker()
    scene = play(broker, buys_and_changes)
    assert [change[1] for change in broker.changes] == [7]
    (state,) = scene.engine.book.orders.working.values()
    assert (state.order.order_qty, state.replacing) == (7, None)


@pytest.mark.parametrize(("failure", "reason"), [
    (NotSent("refused"), Reason.ADAPTER_NEVER_LEFT), (Declined("no"), None),
])
def test_a_change_that_provably_came_to_nothing_is_over(
    failure: Exception, reason: Reason | None
) -> None:
    scene = play(ChangingBroker(failure), buys_and_changes)
    (state,) = scene.engine.book.orders.working.values()
    assert (state.order.order_qty, state.replacing) == (1, None)
    assert [event.reason for event in scene.of(ReplaceRefused)] == ([reason] if reason else [])


@pytest.mark.parametrize("failure", [DeliveryUnknown("reset"), TimeoutError()])
def test_a_change_of_unknown_fate_is_never_sent_again_and_stays_open(failure: Exception) -> None:
    broker = ChangingBroker(failure)
    scene = play(broker, buys_and_changes)
    assert len(broker.changes) == 1
    assert broker.asked > 0
    (state,) = scene.engine.book.orders.working.values()
    assert state.replacing is not None


def test_nothing_is_changed_under_the_latch() -> None:
    broker = ChangingBroker()
    scene = play(broker, buys_and_changes_under_a_latch)
    assert broker.changes == []
    assert len(scene.of(ReplaceRequested)) == 1
    assert scene.of(ReplaceRefused)[0].detail == "test"
    assert [e for e in scene.of(OrderReported) if e.report.exec_type is ExecType.REPLACED] == []
