"""What is sent again, when, and under which id? Only what provably never left."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest
from tests.shell.test_link import Scene, ScriptedBroker, buys_and_waits, play
from tests.shell.test_wire_trouble import TroubledBroker, ends

from tradebot.core.model.capabilities import IdMemory
from tradebot.core.model.commands import RequestCancel
from tradebot.core.model.events import IntentRefused, OrderNeverLeft, OrderReported, OrderSubmitted
from tradebot.core.model.report import ExecType
from tradebot.ports import DeliveryUnknown, NotSent
from tradebot.shell.wire.patience import JITTER_FRAC, Patience


def gaps(broker: ScriptedBroker) -> list[float]:
    return [after - before for before, after in pairwise(broker.tried_at)]


def test_the_waits_are_one_two_and_four_seconds_and_a_part_of_chance() -> None:
    broker = ScriptedBroker(*["not_sent"] * 9)
    play(broker, buys_and_waits)
    assert len(gaps(broker)) == 3
    for waited, least in zip(gaps(broker), (1, 2, 4), strict=True):
        assert least <= waited <= least * (1 + JITTER_FRAC)


def test_chance_comes_from_seed_and_name_and_nothing_else() -> None:
    patience = Patience()
    waits = [*patience.waits(1, "tbA")]
    assert waits == [*patience.waits(1, "tbA")]
    assert waits != [*patience.waits(2, "tbA")] != [*patience.waits(2, "tbB")]
    assert waits[0] == 0


@pytest.mark.fault(67)
def test_a_broker_that_asks_for_time_gets_it() -> None:
    class Busy(ScriptedBroker):
        async def submit(self, order: OrderSubmitted) -> None:
            try:
                await super().submit(order)
            except NotSent:
                raise NotSent("429", retry_after_s=9) from None

    broker = Busy("not_sent")
    play(broker, buys_and_waits)
    assert gaps(broker) == [9]
    assert len(broker.seen) == 1


@pytest.mark.fault(67)
@pytest.mark.parametrize(("asked_s", "waited_s"), [
    (1e9, 30), (float("inf"), 30), (float("nan"), 1), (-5, 1), (0, 1),
])
def test_what_a_broker_asks_for_parks_no_order(asked_s: float, waited_s: float) -> None:
    class Unreasonable(ScriptedBroker):
        async def submit(self, order: OrderSubmitted) -> None:
            try:
                await super().submit(order)
            except NotSent:
                raise NotSent("429", retry_after_s=asked_s) from None

    broker = Unreasonable("not_sent")
    play(broker, buys_and_waits)
    (waited,) = gaps(broker)
    assert waited_s <= waited <= waited_s * (1 + JITTER_FRAC)
    assert len(broker.seen) == 1


@pytest.mark.promise(6)
@pytest.mark.fault(84)
def test_no_retry_leaves_after_the_kill_latch() -> None:
    broker = ScriptedBroker("not_sent")

    async def story(scene: Scene) -> None:
        await scene.buy()
        await asyncio.sleep(0.5)
        scene.latch.set("test")
        await asyncio.sleep(30)

    scene = play(broker, story)
    assert broker.seen == []
    assert [event.reason for event in scene.of(IntentRefused)] == ["RISK_KILL_SWITCH"]


def test_a_cancel_ends_the_tries_of_its_order() -> None:
    broker = ScriptedBroker(*["not_sent"] * 3)

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await asyncio.sleep(0.5)
        await scene.engine.submit(RequestCancel(target=order, by="test"))
        await asyncio.sleep(60)

    scene = play(broker, story)
    assert (broker.seen, broker.cancels) == ([], [])
    (left,) = scene.of(OrderNeverLeft)
    assert left.detail == "it was canceled before it left"
    assert [event.reason for event in scene.of(IntentRefused)] == ["OMS_CANCELED"]


@pytest.mark.promise(1)
@pytest.mark.fault(50, 51)
def test_an_order_that_may_have_arrived_is_never_sent_again() -> None:
    broker = ScriptedBroker("not_sent", "lost")
    play(broker, buys_and_waits)
    assert len(broker.tried_at) == 2


@pytest.mark.parametrize("second", ["accept", "lost", "not_sent", "declined"])
def test_where_a_venue_remembers_ids_for_ever_two_more_tries_are_made(second: str) -> None:
    broker = ScriptedBroker("lost", second, second)
    broker.capabilities = replace(broker.capabilities, id_memory=IdMemory.FOREVER)
    scene = play(broker, buys_and_waits)
    (submitted,) = scene.of(OrderSubmitted)
    first_at, second_at, *later = broker.tried_at
    assert 2 < second_at - first_at < 5, "later the clearance may be over"
    assert all(second_at + 10 < at < first_at + 30 for at in later), "the route may have been down"
    assert len(later) == (0 if second == "accept" else 1)
    if second == "accept":
        assert broker.seen == [submitted.cl_ord_id]
        assert ends(scene) == [ExecType.NEW]
    else:
        assert scene.engine.book.orders.doubts == {"SPY": 1}, "the first may still arrive"


@pytest.mark.fault(50, 52)
def test_a_doubt_ends_when_the_broker_comes_to_know_of_the_order() -> None:
    broker = TroubledBroker("lost")

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await asyncio.sleep(40)
        assert scene.engine.book.orders.doubts
        known = TroubledBroker("accepted, reply lost")
        with pytest.raises(DeliveryUnknown):
            await known.submit(scene.of(OrderSubmitted)[0])
        broker.known[order] = known.known[order]
        await asyncio.sleep(31)
        assert not scene.engine.book.orders.doubts

    play(broker, story)


@pytest.mark.promise(6)
@pytest.mark.fault(84)
def test_an_order_that_stood_in_the_queue_is_looked_at_when_its_turn_comes() -> None:
    async def kills_while_it_waits(scene: Scene) -> None:
        await asyncio.gather(*(scene.buy() for _ in range(3)))
        await asyncio.sleep(0.5)
        scene.latch.set("enough")
        await asyncio.sleep(60)

    broker = ScriptedBroker()
    scene = play(broker, kills_while_it_waits, Patience(messages_per_s=1, cancels_frac=0))
    assert len(broker.seen) == 1
    assert {never.detail for never in scene.of(OrderNeverLeft)} == {"enough"}


@pytest.mark.fault(68)
def test_what_the_broker_refuses_in_so_many_words_opens_no_breaker() -> None:
    async def is_refused_again_and_again(scene: Scene) -> None:
        for _ in range(8):
            await scene.buy()
            await asyncio.sleep(1)
        assert scene.link.standing()["circuit_state"] == "CLOSED"
        assert scene.link.standing()["total_failures"] == 0

    scene = play(ScriptedBroker(*["declined"] * 8), is_refused_again_and_again)
    assert len(scene.of(OrderReported)) == 8
