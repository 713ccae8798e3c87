"""When does a route rest, what goes on meanwhile, and how does it come back?"""

import asyncio
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shell.test_link import Scene, ScriptedBroker, play
from tests.shell.test_wire_trouble import TroubledBroker, ends

from tradebot.core.model.commands import (
    BreakerState,
    DefineInstruments,
    EnterSession,
    Flatten,
    Phase,
    RequestCancel,
    SetKillSwitch,
)
from tradebot.core.model.events import (
    BreakerSet,
    IntentHeld,
    IntentRefused,
    OrderNeverLeft,
    OrderSubmitted,
    RouteConnected,
    RouteDisconnected,
)
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Source
from tradebot.core.model.report import ExecType, Holding, Statement
from tradebot.ports import NotSent
from tradebot.shell.wire.breaker import Breaker
from tradebot.shell.wire.line import Line
from tradebot.shell.wire.patience import Patience

CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


class AwayBroker(TroubledBroker):
    """Refuses every connection while `is_away`; cancels go through all the same."""

    def __init__(self, *, away_for: int) -> None:
        super().__init__()
        self.away_for = away_for

    async def submit(self, order: OrderSubmitted) -> None:
        if self.away_for:
            self.tried_at.append(asyncio.get_running_loop().time())
            self.away_for -= 1
            raise NotSent("connection refused")
        await super().submit(order)


class SilentBroker(AwayBroker):
    """Its first statement is its last."""

    async def statement(self) -> Statement:
        if self.statements:
            self.statements += 1
            raise TimeoutError
        return await super().statement()


async def two_buys(scene: Scene) -> None:
    await scene.buy()
    await scene.buy()
    await asyncio.sleep(100)


async def one_buy(scene: Scene) -> None:
    await scene.buy()
    await asyncio.sleep(100)


@pytest.mark.fault(68)
def test_five_failures_in_a_row_open_it_and_orders_wait_for_the_probe() -> None:
    broker = AwayBroker(away_for=5)
    scene = play(broker, two_buys)
    assert [event.state for event in scene.of(BreakerSet)] == [OPEN, HALF_OPEN, CLOSED]
    assert len(broker.tried_at) == 5 + 2, "an open breaker lets no order through"
    assert broker.tried_at[5] - broker.tried_at[4] >= 60
    assert {event.reason for event in scene.of(IntentHeld)} == {"ADAPTER_CIRCUIT_OPEN"}
    assert not scene.of(IntentRefused), "none became a dead letter"
    assert len(scene.of(OrderNeverLeft)) == 2
    assert len(set(broker.seen)) == len(broker.seen) == 2


@pytest.mark.fault(68)
def test_an_order_whose_last_try_opens_the_breaker_is_no_dead_letter() -> None:
    broker = AwayBroker(away_for=4)
    scene = play(broker, one_buy, Patience(breaker_threshold=4))
    assert [event.state for event in scene.of(BreakerSet)] == [OPEN, HALF_OPEN, CLOSED]
    assert not scene.of(IntentRefused)
    assert len(broker.seen) == 1


@pytest.mark.promise(21)
@pytest.mark.fault(68)
def test_a_cancel_passes_an_open_breaker() -> None:
    broker = AwayBroker(away_for=0)

    async def story(scene: Scene) -> None:
        resting = await scene.buy()
        await asyncio.sleep(1)
        broker.away_for = 5
        await scene.buy()
        await scene.buy()
        await asyncio.sleep(10)
        assert scene.engine.book.routes["paper"].breaker is OPEN
        await scene.engine.submit(RequestCancel(target=resting, by="test"))
        await asyncio.sleep(1)
        assert ends(scene)[-1] is ExecType.CANCELED
        assert scene.engine.book.routes["paper"].breaker is OPEN

    play(broker, story)


async def an_exit(scene: Scene) -> None:
    """Kill, and close what the broker states; of that, nothing else works."""
    await scene.engine.submit(DefineInstruments(instruments=(Instrument(symbol="IBM"),)))
    await scene.engine.submit(SetKillSwitch(engaged=True, reason="enough", by="ann"))
    statement = await scene.link.statement()
    held = Holding(symbol="IBM", qty=Decimal(3), avg_px=Decimal(100))
    await scene.engine.submit(
        Flatten(route="paper", statement=replace(statement, holdings=(held,)), by="ann")
    )


@pytest.mark.promise(21)
@pytest.mark.fault(68, 84)
def test_what_a_kill_closes_passes_an_open_breaker_as_its_cancels_do() -> None:
    broker = AwayBroker(away_for=5)

    async def story(scene: Scene) -> None:
        await scene.buy()
        await scene.buy()
        await asyncio.sleep(10)
        assert scene.engine.book.routes["paper"].breaker is OPEN
        await an_exit(scene)
        await asyncio.sleep(1)
        assert scene.engine.book.routes["paper"].breaker is OPEN

    scene = play(broker, story)
    assert broker.seen == [scene.of(OrderSubmitted)[-1].cl_ord_id]
    assert scene.of(OrderSubmitted)[-1].intent.source is Source.KILL


@pytest.mark.promise(21)
@pytest.mark.fault(67, 84)
def test_what_a_kill_closes_waits_behind_no_order_for_its_turn() -> None:
    broker = AwayBroker(away_for=0)

    async def story(scene: Scene) -> None:
        for _ in range(10):
            await scene.buy()
        await an_exit(scene)
        await asyncio.sleep(1.5)
        assert broker.seen[-1] == scene.of(OrderSubmitted)[-1].cl_ord_id

    play(broker, story, Patience(messages_per_s=4))


@pytest.mark.fault(84, 86)
def test_what_a_kill_could_not_send_is_refused_in_so_many_words() -> None:
    broker = AwayBroker(away_for=99)

    async def story(scene: Scene) -> None:
        await an_exit(scene)
        await asyncio.sleep(20)

    scene = play(broker, story)
    (refused,) = scene.of(IntentRefused)
    assert (refused.reason, refused.detail.count("connection refused")) == (
        "ADAPTER_NEVER_LEFT", 4
    )
    assert not scene.engine.book.intents.dead, "whoever kills closes anew, by a new statement"


@pytest.mark.fault(66, 76)
def test_a_broker_is_asked_every_half_minute_whatever_is_open_and_no_line_is_written() -> None:
    broker = AwayBroker(away_for=0)

    async def story(scene: Scene) -> None:
        await scene.engine.submit(EnterSession(calendar="XNYS", phase=Phase.CLOSED))
        assert scene.engine.book.is_idle
        asked, told = broker.statements, len(scene.events)
        await asyncio.sleep(301)
        assert (broker.statements - asked, len(scene.events) - told) == (10, 0)

    play(broker, story)


def test_a_probe_that_fails_ends_the_connection_and_the_next_one_closes_the_breaker() -> None:
    broker = SilentBroker(away_for=5)

    async def story(scene: Scene) -> None:
        await two_buys(scene)
        broker.statements = 0
        await scene.reconnect()
        await asyncio.sleep(1)

    scene = play(broker, story)
    assert [event.state for event in scene.of(BreakerSet)] == [OPEN, HALF_OPEN, OPEN]
    (down,) = scene.of(RouteDisconnected)
    assert down.reason == "TimeoutError"
    assert len(scene.of(RouteConnected)) == 2
    assert len(broker.seen) == 2


@pytest.mark.fault(68)
def test_while_the_probe_is_out_no_order_takes_the_line() -> None:
    async def story(scene: Scene) -> None:
        line = Line("paper", ScriptedBroker(), scene.engine, Patience())
        line.is_up = True
        for _ in range(5):
            line.breaker.failed(0.0, "gone")
        assert line.breaker.begin_probe(100.0)
        assert line.blocked() == "the breaker of route paper is HALF_OPEN"
        line.breaker.succeeded()
        assert line.blocked() is None

    play(ScriptedBroker(), story)


def test_a_broker_that_says_no_is_a_broker_that_works() -> None:
    broker = ScriptedBroker(*["declined"] * 7)

    async def story(scene: Scene) -> None:
        for _ in range(7):
            await scene.buy()
            await asyncio.sleep(11)

    scene = play(broker, story)
    assert not scene.of(BreakerSet)


def test_failures_are_counted_and_told() -> None:
    broker = AwayBroker(away_for=2)

    async def story(scene: Scene) -> None:
        await scene.buy()
        await asyncio.sleep(4)
        assert scene.link.standing() == {
            "route": "paper", "up": True, "circuit_state": "CLOSED", "failure_count": 0,
            "total_failures": 2, "recent_failures_5min": 2, "last_failure": "connection refused",
            "probe_in_s": None,
        }
        await asyncio.sleep(400)
        assert scene.link.standing()["recent_failures_5min"] == 0
        assert scene.link.standing()["total_failures"] == 2

    play(broker, story)


@given(st.lists(st.sampled_from(("ok", "failed", "wait", "probe")), max_size=60))
def test_it_moves_only_as_its_picture_says(steps: list[str]) -> None:
    """Whatever happens: open only after five in a row, half open only after its time, and alone."""
    moves: list[BreakerState] = []
    breaker = Breaker(5, 60, lambda state, reason: moves.append(state))
    now, in_a_row, opened = 0.0, 0, 0.0
    for step in steps:
        before = breaker.state
        if step == "ok":
            breaker.succeeded()
            in_a_row = 0
            assert breaker.state is (CLOSED if before is not OPEN else OPEN)
        elif step == "failed":
            breaker.failed(now, "reset")
            in_a_row += 1
            must_open = before is HALF_OPEN or (before is CLOSED and in_a_row >= 5)
            opened = now if must_open else opened
            assert breaker.state is (OPEN if must_open else before)
        elif step == "wait":
            now += 25
        else:
            may = before is OPEN and now >= opened + 60
            assert breaker.begin_probe(now) is may
            assert breaker.state is (HALF_OPEN if may else before)
        if before is OPEN and step == "ok":
            in_a_row = breaker.failures
    assert all(a is not b for a, b in pairwise(moves))
