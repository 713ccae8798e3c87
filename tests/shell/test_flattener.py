"""Does the daemon carry out what a kill asked for, whoever asked and went away?"""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from tests.shell.test_link import AT, Scene, ScriptedBroker, play

from tradebot.core.model.commands import EnterSession, Mark, Phase, SetKillSwitch
from tradebot.core.model.events import IntentRefused, OrderSubmitted, RouteFlattened
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.intent import Source
from tradebot.core.model.report import ExecType, Holding, OpenOrder, Report, Statement
from tradebot.ports import Declined, NotSent
from tradebot.shell.flattener import TRIES_MAX, Flattener


class HoldingBroker(ScriptedBroker):
    """Holds some SPY; an order works until it is canceled, and an exit fills at once."""

    def __init__(self, held: int, *outcomes: str, statements: tuple[Exception, ...] = ()) -> None:
        super().__init__(*outcomes)
        self.held = held
        self.cancels_answered = True
        self._troubles = list(statements)
        self._working: dict[ClOrdID, Decimal] = {}

    async def submit(self, order: OrderSubmitted) -> None:
        await super().submit(order)
        self._working[order.cl_ord_id] = order.intent.order_qty
        if order.intent.source is Source.KILL:
            self.held -= int(self._working.pop(order.cl_ord_id))
            self._queue.put_nowait(Report(
                route="paper", cl_ord_id=order.cl_ord_id, exec_type=ExecType.TRADE,
                exec_id=ExecID(f"X{len(self.seen)}"), last_qty=order.intent.order_qty,
                last_px=Decimal(100),
            ))

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        await super().cancel(cl_ord_id, request_id)
        if self.cancels_answered and self._working.pop(cl_ord_id, None):
            self._queue.put_nowait(Report(
                route="paper", cl_ord_id=request_id, orig_cl_ord_id=cl_ord_id,
                exec_type=ExecType.CANCELED,
            ))

    async def statement(self) -> Statement:
        if self._troubles and self.seen:
            raise self._troubles.pop(0)
        held = (Holding(symbol="SPY", qty=Decimal(self.held)),) if self.held else ()
        return Statement(
            account="P", as_of=AT, cash=Decimal(100_000), holdings=held,
            working=tuple(OpenOrder(cl_ord_id=name) for name in self._working),
        )


async def kill(scene: Scene, reason: str = "enough", *, flatten: bool = True) -> None:
    await scene.engine.submit(
        SetKillSwitch(engaged=True, reason=reason, by="ann", flatten=flatten)
    )


async def marked_and_bought(scene: Scene) -> None:
    """Let an order work beside what is held since before the first connection."""
    quote = Quote(symbol="SPY", bid=Decimal("99.99"), ask=Decimal("100.01"), as_of=AT)
    await scene.engine.submit(Mark(quotes=(quote,)))
    await scene.buy()


def carried_out(broker: HoldingBroker, story: Callable[[Scene], Awaitable[None]]) -> Scene:
    """Play a story beside a flattener."""
    async def both(scene: Scene) -> None:
        flattener = Flattener(scene.engine, [scene.link], scene.told.append)
        scene.engine.listeners.append(flattener.on_decision)
        scene.tasks.insert(0, asyncio.create_task(flattener.run()))
        await story(scene)

    return play(broker, both)


def exits(scene: Scene) -> list[tuple[str, Decimal]]:
    return [
        (sent.intent.side.value, sent.intent.order_qty) for sent in scene.of(OrderSubmitted)
        if sent.intent.source is Source.KILL
    ]


@pytest.mark.promise(6)
@pytest.mark.fault(84, 86)
def test_who_asked_may_go_away_and_all_is_closed_once_the_cancels_are_confirmed() -> None:
    broker = HoldingBroker(5)
    broker.cancels_answered = False

    async def story(scene: Scene) -> None:
        await marked_and_bought(scene)
        await asyncio.sleep(1)
        await kill(scene)
        await asyncio.sleep(5)
        assert exits(scene) == [], "an order still works, and may open what was just closed"
        broker.cancels_answered = True
        await asyncio.sleep(30)

    scene = carried_out(broker, story)
    assert exits(scene) == [("sell", 5)]
    assert [event.route for event in scene.of(RouteFlattened)] == ["paper"]
    assert not scene.engine.book.kill.to_flatten


def test_a_kill_that_did_not_ask_for_it_closes_nothing() -> None:
    async def story(scene: Scene) -> None:
        await kill(scene, flatten=False)
        await asyncio.sleep(60)
        assert exits(scene) == []
        await kill(scene)
        await asyncio.sleep(60)

    assert exits(carried_out(HoldingBroker(5), story)) == [("sell", 5)]


@pytest.mark.fault(5, 84)
def test_what_the_last_life_left_is_closed_by_the_next() -> None:
    broker = HoldingBroker(5)

    async def story(scene: Scene) -> None:
        await kill(scene)
        await asyncio.sleep(1)
        assert exits(scene) == [], "nobody was there to do it"
        flattener = Flattener(scene.engine, [scene.link], lambda text: None)
        scene.tasks.insert(0, asyncio.create_task(flattener.run()))
        await asyncio.sleep(1)

    assert exits(play(broker, story)) == [("sell", 5)]


@pytest.mark.fault(84)
def test_what_cannot_go_while_the_market_is_shut_goes_when_it_opens() -> None:
    async def story(scene: Scene) -> None:
        await scene.engine.submit(EnterSession(calendar="XNYS", phase=Phase.CLOSED))
        await kill(scene)
        await asyncio.sleep(3_600)
        assert [event.reason for event in scene.of(IntentRefused)] == ["POLICY_MARKET_CLOSED"]
        await scene.engine.submit(EnterSession(calendar="XNYS", phase=Phase.TRADING))
        await asyncio.sleep(10)

    scene = carried_out(HoldingBroker(5), story)
    assert exits(scene) == [("sell", 5)]
    assert len(scene.of(RouteFlattened)) == 1


@pytest.mark.fault(65, 84)
def test_a_statement_that_cannot_be_had_is_asked_for_again() -> None:
    broker = HoldingBroker(5, statements=(NotSent("away"), TimeoutError(), Declined("not now")))

    async def story(scene: Scene) -> None:
        await marked_and_bought(scene)
        await asyncio.sleep(1)
        await kill(scene)
        await asyncio.sleep(10)

    scene = carried_out(broker, story)
    assert exits(scene) == [("sell", 5)]
    assert len(scene.told) == 3


@pytest.mark.fault(71, 84)
def test_a_broker_that_refuses_each_exit_is_not_asked_for_ever() -> None:
    broker = HoldingBroker(5, *["declined"] * 1_000)

    async def story(scene: Scene) -> None:
        await kill(scene)
        await asyncio.sleep(3_600)
        assert len(exits(scene)) == TRIES_MAX
        assert "for the last time" in scene.told[-1]
        broker._outcomes.clear()
        await scene.reconnect()
        await asyncio.sleep(5)

    scene = carried_out(broker, story)
    assert len(exits(scene)) == TRIES_MAX + 1
    assert len(scene.of(RouteFlattened)) == 1


def test_once_flat_nothing_more_is_sent_whatever_people_do_at_the_broker() -> None:
    broker = HoldingBroker(5)

    async def story(scene: Scene) -> None:
        await kill(scene)
        await asyncio.sleep(10)
        broker.held = 7
        await scene.reconnect()
        await asyncio.sleep(60)

    assert exits(carried_out(broker, story)) == [("sell", 5)]


def test_a_cleared_kill_is_carried_out_no_further() -> None:
    async def story(scene: Scene) -> None:
        await scene.engine.submit(EnterSession(calendar="XNYS", phase=Phase.CLOSED))
        await kill(scene)
        await asyncio.sleep(60)
        await scene.engine.submit(SetKillSwitch(engaged=False, reason="seen", by="ann"))
        await scene.engine.submit(EnterSession(calendar="XNYS", phase=Phase.TRADING))
        await asyncio.sleep(60)

    assert exits(carried_out(HoldingBroker(5), story)) == []
