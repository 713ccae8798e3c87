"""What does the wire know afterwards? Sent, provably not sent, or unknown: and unknown stays so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

import pytest
from tests.shell.test_engine import HeldJournal

from tradebot.core.book.book import Book
from tradebot.core.model.capabilities import Capabilities, takes_all
from tradebot.core.model.commands import (
    ActivateSettings,
    BreakerState,
    DefineInstruments,
    EnterSession,
    Phase,
    RequestCancel,
    SubmitIntent,
)
from tradebot.core.model.events import (
    BreakerSet,
    Event,
    IntentRefused,
    OrderInDoubt,
    OrderNeverLeft,
    OrderReported,
    OrderSubmitted,
    RouteConnected,
)
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.report import ExecType, OpenOrder, RejReason, Report, Statement
from tradebot.core.model.settings import Mode, Policy, RouteKind, Settings
from tradebot.ports import BrokerOrder, Declined, DeliveryUnknown, NotSent
from tradebot.shell.clock import LoopClock
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache
from tradebot.shell.kill_flag import Latch
from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.wire.link import Link
from tradebot.shell.wire.patience import USUAL, Patience

AT = datetime(2026, 8, 24, 14, tzinfo=UTC)
T = TypeVar("T")


class ScriptedBroker:
    """Answers each submit with the next outcome of a script; keeps what it was really given."""

    def __init__(self, *outcomes: str, absence_is_proof: bool = False) -> None:
        self.capabilities = Capabilities(
            takes=takes_all((AssetClass.EQUITY,)), absence_is_proof=absence_is_proof,
            real_money=False,
        )
        self._outcomes = list(outcomes)
        self.tried_at: list[float] = []
        self.seen: list[ClOrdID] = []
        self.known: dict[ClOrdID, BrokerOrder] = {}
        self.cancels: list[ClOrdID] = []
        self.asked = 0
        self.statements = 0
        self._queue: asyncio.Queue[Report] = asyncio.Queue(100)

    async def connect(self) -> None: ...
    async def disconnect(self) -> None: ...

    async def submit(self, order: OrderSubmitted) -> None:
        self.tried_at.append(asyncio.get_running_loop().time())
        outcome = self._outcomes.pop(0) if self._outcomes else "accept"
        if outcome == "not_sent":
            raise NotSent("connection refused")
        if outcome == "declined":
            raise Declined("account is restricted", RejReason.NOT_PERMITTED)
        self.seen.append(order.cl_ord_id)
        new = Report(route="paper", cl_ord_id=order.cl_ord_id, exec_type=ExecType.NEW)
        if outcome == "lost":
            self.seen.pop()
            raise DeliveryUnknown("reset")
        self.known[order.cl_ord_id] = BrokerOrder(cl_ord_id=order.cl_ord_id, reports=(new,))
        if outcome == "accepted, reply lost":
            raise DeliveryUnknown("reset")
        if outcome == "hang":
            await asyncio.Event().wait()
        self._queue.put_nowait(new)

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        self.cancels.append(cl_ord_id)

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None: ...

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        self.asked += 1
        return self.known.get(cl_ord_id)

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        return ()

    async def statement(self) -> Statement:
        self.statements += 1
        working = tuple(OpenOrder(cl_ord_id=known) for known in self.known)
        return Statement(account="P", as_of=AT, cash=Decimal(100_000), working=working)

    async def reports(self) -> AsyncIterator[Report]:
        while True:
            yield await self._queue.get()


class Scene:
    def __init__(
        self, broker: ScriptedBroker, loop: asyncio.AbstractEventLoop,
        patience: Patience = USUAL, pace: float = 1.0,
    ) -> None:
        self.latch = Latch()
        self.events: list[Event] = []
        self.told: list[str] = []
        facts, clock = FactCache(self.latch), LoopClock(AT, loop)
        facts.quotes["SPY"] = Quote(
            symbol="SPY", bid=Decimal("99.99"), ask=Decimal("100.01"), as_of=AT
        )
        self.journal = HeldJournal()
        self.engine = Engine(
            book=Book(), journal=self.journal, facts=facts, clock=clock, last_seq=0
        )
        self.link = Link(
            "paper", RouteKind.PAPER, broker, engine=self.engine,
            may_send=lambda order: self.latch.reason, patience=patience, pace=pace,
        )
        self.engine.listeners.append(lambda decision: self.events.extend(decision.events))
        self.engine.listeners.append(self.link.on_decision)

    async def start(self) -> None:
        self.tasks = [asyncio.create_task(self.engine.run())]
        policy = Policy(duplicate_within_s=0, quote_age_max_s=Decimal(3_600), rejections_max=100)
        settings = Settings(mode=Mode.PAPER, policy=policy)
        await self.engine.submit(ActivateSettings(settings=settings, version="1"))
        await self.engine.submit(DefineInstruments(instruments=(Instrument(symbol="SPY"),)))
        await self.engine.submit(EnterSession(calendar="XNYS", phase=Phase.TRADING))
        self.tasks.append(asyncio.create_task(self.link.run()))
        await self.link.tried

    async def reconnect(self) -> None:
        """End the connection and begin another, as the supervisor would."""
        run = self.tasks.pop()
        run.cancel()
        await asyncio.wait({run})
        self.tasks.append(asyncio.create_task(self.link.run()))
        await asyncio.sleep(1)

    async def buy(self) -> ClOrdID:
        leg = Leg(symbol="SPY", side=Side.BUY)
        intent = Intent(legs=(leg,), order_qty=Decimal(1), strategy_id="s")
        decision = await self.engine.submit(SubmitIntent(intent=intent))
        assert decision is not None
        submitted = decision.events[-1]
        assert isinstance(submitted, OrderSubmitted)
        return submitted.cl_ord_id

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]


def play(
    broker: ScriptedBroker, story: Callable[[Scene], Awaitable[None]], patience: Patience = USUAL,
    pace: float = 1.0,
) -> Scene:
    async def staged() -> Scene:
        scene = Scene(broker, asyncio.get_running_loop(), patience, pace)
        await scene.start()
        await story(scene)
        for task in scene.tasks:
            task.cancel()
        await asyncio.wait(scene.tasks)
        return scene

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(staged())


async def buys_and_waits(scene: Scene) -> None:
    await scene.buy()
    await asyncio.sleep(60)


def test_the_first_connection_opens_the_ledger_with_the_brokers_statement() -> None:
    scene = play(ScriptedBroker(), lambda scene: asyncio.sleep(0))
    (connected,) = scene.of(RouteConnected)
    assert connected.opening is not None
    assert scene.engine.book.ledger.accounts["P"].cash == 100_000


@pytest.mark.promise(1)
@pytest.mark.fault(76)
def test_an_order_that_never_left_is_sent_again_under_its_own_id() -> None:
    broker = ScriptedBroker("not_sent", "not_sent", "not_sent")
    scene = play(broker, buys_and_waits)
    (submitted,) = scene.of(OrderSubmitted)
    assert broker.seen == [submitted.cl_ord_id]
    assert not scene.of(OrderNeverLeft)


@pytest.mark.fault(68)
def test_an_order_that_never_leaves_becomes_a_dead_letter_with_its_history() -> None:
    broker = ScriptedBroker(*["not_sent"] * 9)
    scene = play(broker, buys_and_waits)
    assert broker.seen == []
    (submitted,) = scene.of(OrderSubmitted)
    (left,) = scene.of(OrderNeverLeft)
    assert left.gave_up
    (refused,) = scene.of(IntentRefused)
    assert refused.reason == "ADAPTER_UNDELIVERED"
    assert refused.detail == "; ".join(f"try {n}: connection refused" for n in range(1, 5))
    assert list(scene.engine.book.intents.dead) == [submitted.intent_id]


@pytest.mark.promise(1)
@pytest.mark.fault(3, 50)
def test_an_accepted_order_whose_reply_was_lost_is_adopted_and_never_sent_again() -> None:
    broker = ScriptedBroker("accepted, reply lost")
    scene = play(broker, buys_and_waits)
    assert len(broker.seen) == 1
    assert len(scene.of(OrderInDoubt)) == 1
    assert [event.report.exec_type for event in scene.of(OrderReported)] == [ExecType.NEW]
    assert not scene.engine.book.orders.doubts


@pytest.mark.fault(52)
def test_a_hanging_submit_becomes_doubt_at_its_deadline_and_is_then_resolved() -> None:
    broker = ScriptedBroker("hang")
    scene = play(broker, buys_and_waits)
    assert len(broker.seen) == 1
    assert len(scene.of(OrderInDoubt)) == 1
    assert not scene.engine.book.orders.doubts


@pytest.mark.promise(12)
@pytest.mark.fault(49)
def test_an_unknown_outcome_stays_unknown_and_keeps_its_risk_reserved() -> None:
    broker = ScriptedBroker("lost")
    scene = play(broker, buys_and_waits)
    assert broker.asked == 7, "six times, and once more with the probe"
    assert broker.seen == []
    assert scene.engine.book.orders.doubts == {"SPY": 1}
    assert scene.engine.book.orders.reserved["P"] == Decimal("100.01")
    assert len(scene.of(OrderSubmitted)) == 1, "no timer resolves a doubt"


@pytest.mark.parametrize(("pace", "probes"), [(1.0, 20), (10.0, 2), (1800.0, 0)])
def test_while_no_order_works_a_broker_is_probed_by_our_time_and_not_by_the_loops(
    pace: float, probes: int
) -> None:
    broker = ScriptedBroker()
    play(broker, lambda scene: asyncio.sleep(610), pace=pace)
    assert broker.statements == 1 + probes, "one belongs to the connection"


def test_a_doubt_and_an_open_breaker_are_looked_at_by_the_loops_time() -> None:
    async def buys_and_waits_less(scene: Scene) -> None:
        await scene.buy()
        await asyncio.sleep(50)

    lost = ScriptedBroker("lost")
    play(lost, buys_and_waits_less, pace=1800.0)
    assert lost.asked == 7, "six times, and once more with the probe"
    failing = ScriptedBroker(*["not_sent"] * 9)
    patience = Patience(breaker_threshold=2, breaker_timeout_s=30)
    scene = play(failing, buys_and_waits, patience, pace=1800.0)
    told = [event.state for event in scene.of(BreakerSet)]
    assert told[:3] == [BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED]


def test_orders_that_keep_coming_put_off_no_probe() -> None:
    async def buys_and_buys(scene: Scene) -> None:
        for _ in range(10):
            await scene.buy()
            await asyncio.sleep(10)

    broker = ScriptedBroker()
    play(broker, buys_and_buys, pace=1800.0)
    assert broker.statements == 1 + 3


@pytest.mark.fault(49)
def test_where_absence_is_proof_a_lost_order_is_known_never_to_have_left() -> None:
    broker = ScriptedBroker("lost", absence_is_proof=True)
    scene = play(broker, buys_and_waits)
    assert len(scene.of(OrderNeverLeft)) == 1
    assert len(broker.seen) == 1
    assert not scene.engine.book.orders.doubts


@pytest.mark.fault(51)
def test_a_refusal_in_so_many_words_is_a_report() -> None:
    scene = play(ScriptedBroker("declined"), buys_and_waits)
    (reported,) = scene.of(OrderReported)
    assert reported.report.exec_type is ExecType.REJECTED
    assert reported.report.text == "account is restricted"
    assert reported.report.rej_reason is RejReason.NOT_PERMITTED


@pytest.mark.promise(6)
@pytest.mark.fault(84, 88)
def test_a_latched_kill_stops_an_order_that_the_journal_already_holds() -> None:
    broker = ScriptedBroker()

    async def story(scene: Scene) -> None:
        leg = Leg(symbol="SPY", side=Side.BUY)
        intent = Intent(legs=(leg,), order_qty=Decimal(1), strategy_id="s")
        scene.engine.listeners.insert(0, lambda decision: scene.latch.set("test"))
        await scene.engine.submit(SubmitIntent(intent=intent))
        await asyncio.sleep(1)

    scene = play(broker, story)
    assert broker.seen == []
    assert len(scene.of(OrderSubmitted)) == 1
    assert len(scene.of(OrderNeverLeft)) == 1
    (refused,) = scene.of(IntentRefused)
    assert refused.reason == "RISK_KILL_SWITCH"


def test_a_cancel_goes_to_the_broker_after_it_is_durable() -> None:
    broker = ScriptedBroker()

    async def story(scene: Scene) -> None:
        order = await scene.buy()
        await asyncio.sleep(1)
        await scene.engine.submit(RequestCancel(target=order, by="test"))
        await asyncio.sleep(1)
        assert broker.cancels == [order]

    play(broker, story)
