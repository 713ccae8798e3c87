"""What becomes of an order that waits for its next try while its connection ends and begins?"""

import asyncio
from dataclasses import replace
from decimal import Decimal

from tests.shell.test_link import Scene, play
from tests.shell.wire.test_reconnect import CutBroker

from tradebot.core.model.capabilities import ReplaceKind
from tradebot.core.model.commands import RequestReplace
from tradebot.core.model.events import (
    OrderNeverLeft,
    OrderReported,
    OrderSubmitted,
    ReplaceRefused,
)
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType, Report, Statement
from tradebot.ports import BrokerOrder
from tradebot.shell.wire.patience import Patience


class LocalBroker(CutBroker):
    """One of which an absence proves that nothing came, as of the paper broker."""

    def __init__(self, *outcomes: str) -> None:
        super().__init__(*outcomes)
        self.account, self.latency_s, self.changed = "P", 0.0, list[ClOrdID]()
        self.capabilities = type(self.capabilities)(
            takes=self.capabilities.takes, absence_is_proof=True,
            replaces=ReplaceKind.IN_PLACE, real_money=False,
        )

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        await asyncio.sleep(0.8)
        return await super().find(cl_ord_id)

    async def submit(self, order: OrderSubmitted) -> None:
        await asyncio.sleep(self.latency_s)
        await super().submit(order)

    async def statement(self) -> Statement:
        stated = await super().statement()
        return replace(stated, account=self.account)

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        self.changed.append(request_id)


async def breaks_and_comes_back(scene: Scene, broker: LocalBroker) -> None:
    """Cut the line, and connect again before the order's next try is due."""
    await asyncio.sleep(0.1)
    broker.cut.set()
    await asyncio.sleep(0.1)
    await asyncio.wait({scene.tasks.pop()})
    broker.cut.clear()
    scene.tasks.append(asyncio.create_task(scene.link.run()))
    await asyncio.sleep(60)


def test_an_order_between_two_tries_does_not_go_out_twice_when_the_route_comes_back() -> None:
    broker = LocalBroker("not_sent")

    async def story(scene: Scene) -> None:
        await scene.buy()
        await breaks_and_comes_back(scene, broker)

    scene = play(broker, story)
    assert len(broker.seen) == 1
    assert len(scene.of(OrderSubmitted)) == len(scene.of(OrderNeverLeft)) + 1


def test_an_order_between_two_tries_does_not_go_to_the_account_that_a_login_led_to() -> None:
    broker = LocalBroker("not_sent")

    async def story(scene: Scene) -> None:
        await scene.buy()
        broker.account = "ANOTHER"
        await breaks_and_comes_back(scene, broker)

    play(broker, story)
    assert broker.seen == []


def test_an_order_that_the_broker_has_answered_is_not_sent_again() -> None:
    broker = LocalBroker("not_sent")

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await scene.engine.deliver(Report(
            route="paper", cl_ord_id=order, exec_type=ExecType.NEW
        ))
        await asyncio.sleep(60)

    scene = play(broker, story)
    assert len(scene.of(OrderReported)) == 1
    assert broker.seen == []


def test_an_order_whose_call_is_under_way_is_not_given_up_for_absent() -> None:
    broker = LocalBroker()
    broker.latency_s = 5.0

    async def story(scene: Scene) -> None:
        await scene.buy()
        await breaks_and_comes_back(scene, broker)

    scene = play(broker, story)
    assert len(broker.seen) == len(scene.of(OrderSubmitted)) == 1


def test_a_change_that_was_given_up_does_not_go_out_when_its_turn_comes() -> None:
    broker = LocalBroker()

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await asyncio.sleep(0.1)
        await scene.engine.submit(RequestReplace(target=order, by="x", order_qty=Decimal(2)))
        await breaks_and_comes_back(scene, broker)

    scene = play(broker, story, Patience(messages_per_s=0.1))
    assert len(scene.of(ReplaceRefused)) == 1
    assert broker.changed == []
