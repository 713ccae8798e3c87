"""When does the daemon compare, and what does it do where a broker's answers race or fail?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.shell.test_link import AT, Scene, ScriptedBroker, play

from tradebot.core.model.commands import EnterSession, Phase
from tradebot.core.model.events import (
    BreakFound,
    OrderReported,
    RouteDisconnected,
    StatementCompared,
)
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.report import ExecType, Holding, Report, Statement
from tradebot.ports import BrokerOrder, DeliveryUnknown
from tradebot.shell.reconcile import Reconciler, ReconcileSection
from tradebot.shell.views.reconciliation import document
from tradebot.shell.views.rows import iso
from tradebot.shell.wire.patience import Patience

Story = Callable[[Scene], Awaitable[None]]


class StatingBroker(ScriptedBroker):
    """States one account after another; the last one stays. An exception is raised instead."""

    def __init__(self, *stated: Statement | Exception) -> None:
        super().__init__()
        self.stated = list(stated)
        self.fills: list[Report] = []
        self.asked_since: list[datetime] = []

    async def statement(self) -> Statement:
        told = self.stated.pop(0) if len(self.stated) > 1 else self.stated[0]
        if isinstance(told, Exception):
            raise told
        return told

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        self.asked_since.append(since)
        return tuple(self.fills)


def stated(second: int, **differs: object) -> Statement:
    fields = {"account": "P", "as_of": AT.replace(second=second), "cash": Decimal(100_000)}
    return Statement(**{**fields, **differs})  # type: ignore[arg-type]


def reconciler(
    scene: Scene, told: list[str] | None = None, *, pace: float = 1.0
) -> Reconciler:
    made = Reconciler(
        scene.engine, [scene.link], ReconcileSection(), (told if told is not None else []).append,
        pace=pace,
    )
    scene.engine.listeners.append(made.on_decision)
    return made


def compared(scene: Scene) -> list[str]:
    return [event.because for event in scene.of(StatementCompared)]


def test_it_compares_at_the_start_every_five_minutes_and_at_the_close() -> None:
    async def story(scene: Scene) -> None:
        running = asyncio.create_task(reconciler(scene).run())
        await asyncio.sleep(610)
        await scene.engine.submit(EnterSession(calendar="XNYS", phase=Phase.POST_MARKET))
        await asyncio.sleep(1)
        running.cancel()

    broker = StatingBroker(stated(0))
    scene = play(broker, story)
    assert len(broker.asked_since) == 4
    assert compared(scene) == ["start", "close"], "the others found nothing new"


def test_on_a_fast_clock_it_still_compares_at_the_close() -> None:
    async def story(scene: Scene) -> None:
        running = asyncio.create_task(reconciler(scene, pace=60).run())
        await asyncio.sleep(3600)
        await scene.engine.submit(EnterSession(calendar="XNYS", phase=Phase.POST_MARKET))
        await asyncio.sleep(18_010)
        running.cancel()

    broker = StatingBroker(stated(0))
    scene = play(broker, story)
    assert len(broker.asked_since) == 3, "start, close, and five hours behind it"
    assert compared(scene) == ["start", "close"]


def test_a_look_that_finds_nothing_new_is_no_line_and_yet_was_made() -> None:
    async def story(scene: Scene) -> None:
        made = reconciler(scene)
        running = asyncio.create_task(made.run())
        await asyncio.sleep(910)
        running.cancel()
        assert (made.looked["paper"] - AT).total_seconds() >= 900
        (told,) = document(scene.engine.book)["routes"]
        (row,) = document(scene.engine.book, made)["routes"]
        assert (row["at"], row["status"]) == (iso(made.looked["paper"]), "clean")
        assert told["at"] < row["at"], "without who made them the journal alone speaks"
        assert row == told | {"at": row["at"]}

    play(StatingBroker(stated(0)), story)


def test_a_run_on_the_clock_tells_of_what_is_new() -> None:
    async def story(scene: Scene) -> None:
        running = asyncio.create_task(reconciler(scene).run())
        await asyncio.sleep(590)
        broker.stated = [stated(1, cash=Decimal(1)), stated(2)]
        await asyncio.sleep(320)
        running.cancel()

    broker = StatingBroker(stated(0))
    scene = play(broker, story, Patience(probe_every_s=3600))
    assert [len(event.drifts) for event in scene.of(StatementCompared)] == [0, 1, 0]


def test_it_compares_once_an_hour_while_nothing_can_trade() -> None:
    async def story(scene: Scene) -> None:
        await scene.engine.submit(EnterSession(calendar="XNYS", phase=Phase.CLOSED))
        running = asyncio.create_task(reconciler(scene).run())
        await asyncio.sleep(7210)
        assert len(broker.asked_since) == 3
        await scene.engine.submit(EnterSession(calendar="XNYS", phase=Phase.PRE_MARKET))
        await asyncio.sleep(310)
        running.cancel()

    broker = StatingBroker(stated(0))
    play(broker, story)
    assert len(broker.asked_since) == 4


def test_a_statement_that_was_late_makes_no_break() -> None:
    late = stated(1, cash=Decimal(1))

    async def story(scene: Scene) -> None:
        assert not await reconciler(scene).compare_all("test")

    scene = play(StatingBroker(stated(0), late, stated(2)), story)
    assert [len(event.drifts) for event in scene.of(StatementCompared)] == [1, 0]
    assert not scene.of(BreakFound)


def test_a_difference_that_stays_is_a_break_two_seconds_later() -> None:
    held = (Holding(symbol="SPY", qty=Decimal(3)),)

    async def story(scene: Scene) -> None:
        assert not await reconciler(scene).compare_all("test")

    scene = play(
        StatingBroker(stated(0), stated(1, holdings=held), stated(2, holdings=held)), story
    )
    assert [event.drift.name for event in scene.of(BreakFound)] == ["P/SPY"]


def test_differences_that_are_never_twice_alike_are_told_and_halt_nothing() -> None:
    told: list[str] = []

    async def story(scene: Scene) -> None:
        assert set(await reconciler(scene, told).compare_all("test")) == {"paper"}

    wild = [stated(second, cash=Decimal(second)) for second in (1, 2, 3, 4)]
    scene = play(StatingBroker(stated(0), *wild), story)
    assert not scene.of(BreakFound)
    assert told == [
        "route paper was not reconciled: 1 differences that no two looks showed alike"
    ]


@pytest.mark.promise(30)
@pytest.mark.fault(65)
def test_a_broker_that_does_not_answer_is_unverified_and_never_clean() -> None:
    told: list[str] = []

    async def story(scene: Scene) -> None:
        made = reconciler(scene, told)
        assert await made.compare_all("test") == {"paper": "DeliveryUnknown: reset"}
        assert not await made.compare_all("test")
        assert not made.failures

    play(StatingBroker(stated(0), DeliveryUnknown("reset"), stated(1)), story)
    assert told == ["route paper was not reconciled: DeliveryUnknown: reset"]


@pytest.mark.fault(64)
def test_an_order_that_is_missing_is_asked_about_and_its_lost_report_heard() -> None:
    broker = StatingBroker(stated(0), stated(1), stated(2))

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await asyncio.sleep(1)
        new, = broker.known[ClOrdID(order)].reports
        ended = Report(route="paper", cl_ord_id=new.cl_ord_id, exec_type=ExecType.CANCELED)
        broker.known[ClOrdID(order)] = BrokerOrder(cl_ord_id=new.cl_ord_id, reports=(new, ended))
        assert not await reconciler(scene).compare_all("test")

    scene = play(broker, story)
    assert scene.of(OrderReported)[-1].report.exec_type is ExecType.CANCELED
    assert not scene.of(BreakFound)


@pytest.mark.fault(64)
def test_an_order_that_is_a_known_break_is_asked_about_at_each_look() -> None:
    broker = StatingBroker(stated(0), stated(1), stated(2), stated(3))

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await asyncio.sleep(1)
        made = reconciler(scene)
        await made.compare_all("first")
        assert scene.of(BreakFound), "the broker says that it works, and does not list it"
        await asyncio.sleep(30)  # so it was in doubt, and is not any more
        assert not scene.engine.book.orders.doubts
        new, = broker.known[ClOrdID(order)].reports
        ended = Report(route="paper", cl_ord_id=new.cl_ord_id, exec_type=ExecType.CANCELED)
        broker.known[ClOrdID(order)] = BrokerOrder(cl_ord_id=new.cl_ord_id, reports=(new, ended))
        await made.compare_all("second")
        await asyncio.sleep(1)

    scene = play(broker, story)
    assert scene.of(OrderReported)[-1].report.exec_type is ExecType.CANCELED


def test_missing_fills_beyond_one_decision_are_all_booked_before_it() -> None:
    broker = StatingBroker(stated(0), stated(1))

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await asyncio.sleep(1)
        broker.fills = [
            Report(
                route="paper", cl_ord_id=ClOrdID(order), exec_type=ExecType.TRADE,
                exec_id=ExecID(f"X{number}"), last_qty=Decimal("0.001"), last_px=Decimal(100),
            ) for number in range(1_200)
        ]
        await reconciler(scene).compare_all("test")
        state = scene.engine.book.orders.find(order)
        assert state is not None
        assert state.order.cum_qty == Decimal("1.2")

    scene = play(broker, story)
    assert sum(len(event.recovered) for event in scene.of(StatementCompared)) == 1_000


@pytest.mark.fault(66)
@pytest.mark.parametrize(("late_s", "ends"), [(60, True), (1, False)])
def test_a_stream_that_kept_an_execution_back_is_not_trusted_any_more(
    late_s: int, ends: bool
) -> None:
    broker = StatingBroker(stated(50))

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await asyncio.sleep(1)
        broker.fills = [Report(
            route="paper", cl_ord_id=ClOrdID(order), exec_type=ExecType.TRADE, exec_id=ExecID("X1"),
            last_qty=Decimal(1), last_px=Decimal(100),
            transact_time=AT.replace(second=50) - timedelta(seconds=late_s),
        )]
        await reconciler(scene).compare_all("test")
        await asyncio.sleep(1)
        state = scene.engine.book.orders.find(order)
        assert state is not None
        assert state.order.cum_qty == 1, "either way it is booked"

    told = [event.reason for event in play(broker, story).of(RouteDisconnected)]
    assert told == (["1 executions were not told in time"] if ends else [])
