"""Does a shadow fill what its route fills, in a book of its own, and disturb nothing?"""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from tests.makers import Trader, at, some_instruments, the
from tests.plugins.fake_market import FakeMarket

from tradebot.app import assembled
from tradebot.core.model.commands import Delivery, ReportDelivery, Tick
from tradebot.core.model.events import (
    ConfigAccepted,
    Event,
    OrderSubmitted,
    SettingsActivated,
    TradeBooked,
)
from tradebot.core.model.fact import fact
from tradebot.plugins.brokers.mock import MockBroker, MockSettings
from tradebot.shell.clock import LoopClock
from tradebot.shell.journal.decision import Decision
from tradebot.shell.run_options import RunOptions
from tradebot.shell.settings.config import load
from tradebot.shell.shadow import WAITING_MAX, Shadow
from tradebot.shell.sim_loop import SimLoop

CONFIG = """\
mode: paper
seed: 11
data_dir: data
market_data: {{provider: simulated, symbols: [SPY, IBM], interval_s: 5}}
brokers:
  paper: {{adapter: paper, slippage_bps: 5}}
{shadow}
strategies:
  - {{plugin: sma_cross, symbols: [SPY, IBM], parameters: {{fast: 1, slow: 2}}}}
policy: {{orders_per_day_max: 5000}}
"""


@fact
class Lived:
    """What half an hour of one configuration came to."""

    events: list[Event]
    status: dict[str, Any]
    told: str

    @property
    def decided(self) -> list[Event]:
        of_settings = ConfigAccepted | SettingsActivated
        return [event for event in self.events if not isinstance(event, of_settings)]


def lived(home: Path, shadow: str = "") -> Lived:
    home.mkdir()
    path = home / "c.yaml"
    path.write_text(CONFIG.format(shadow=f"  {shadow}" if shadow else ""))
    config = load(path, environ={}, overrides={"data_dir": str(home / "data")})
    options = RunOptions(
        rehearse=True, speed=None, start=datetime(2026, 11, 24, 14, 29, tzinfo=UTC),
        until=datetime(2026, 11, 24, 15, 0, tzinfo=UTC), log_format="text",
    )
    events, out = list[Event](), StringIO()

    async def story() -> dict[str, Any]:
        with assembled(config, options, out) as built:
            built.engine.listeners.append(lambda decision: events.extend(decision.events))
            assert await built.daemon.run() == 0
            return dict(built.status())

    with asyncio.Runner(loop_factory=partial(SimLoop, None)) as runner:
        return Lived(events=events, status=runner.run(story()), told=out.getvalue())


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return lived(tmp_path_factory.mktemp("alone") / "home")


def test_a_shadow_fills_the_same_orders_and_tells_what_it_paid_more(
    alone: Lived, tmp_path: Path
) -> None:
    found = lived(tmp_path / "home", "twin: {adapter: paper, shadow_of: paper, slippage_bps: 20}")
    (row,) = found.status["shadows"]
    booked = [event for event in alone.events if isinstance(event, TradeBooked)]
    assert len(booked) >= 5
    assert row["fills"] == len(booked)
    assert row["qty"] == row["shadow_qty"] == str(sum(abs(event.qty) for event in booked))
    assert (row["missing"], row["shadow_missing"], row["dropped"], row["failed"]) == (0, 0, 0, 0)
    assert Decimal(10) < Decimal(row["difference_bps"]) < Decimal(20)
    assert found.decided == alone.decided


@pytest.mark.promise(29)
@pytest.mark.parametrize("does", ["not_sent", "reject"])
def test_a_shadow_that_takes_nothing_disturbs_nobody(
    alone: Lived, tmp_path: Path, does: str
) -> None:
    twin = f"twin: {{adapter: mock, shadow_of: paper, otherwise: {does}}}"
    found = lived(tmp_path / "home", twin)
    (row,) = found.status["shadows"]
    assert row["shadow_fills"] == 0
    assert row["shadow_missing"] == row["orders"] > 0
    assert (row["failed"] > 0) == ("a copy failed" in found.told) == (does == "not_sent")
    assert found.decided == alone.decided


def a_shadow(trader: Trader, said: list[str]) -> tuple[Shadow, MockBroker]:
    clock = LoopClock(at(0), asyncio.get_running_loop())
    broker = MockBroker(
        MockSettings(), route="twin", clock=clock, state_dir=Path("nowhere"), calendars={},
        market=FakeMarket(clock, some_instruments()),
    )
    shadow = Shadow("twin", "paper", broker, view=trader.book, clock=clock, tell=said.append)
    return shadow, broker


def published(order: OrderSubmitted) -> Decision:
    return Decision(seq=1, at=at(0), command=Tick(), events=(order,))


def test_a_second_attempt_of_an_order_is_no_second_copy() -> None:
    async def story() -> None:
        trader = Trader()
        shadow, broker = a_shadow(trader, [])
        running = asyncio.create_task(shadow.run())
        await asyncio.sleep(1)
        first = the(trader.submit(), OrderSubmitted)
        never_left = ReportDelivery(cl_ord_id=first.cl_ord_id, delivery=Delivery.NEVER_LEFT)
        shadow.on_decision(published(first))
        await asyncio.sleep(1)
        second = the(trader.tell(never_left), OrderSubmitted)
        shadow.on_decision(published(second))
        await asyncio.sleep(1)
        assert len(broker.orders) == 1
        assert shadow.row()["failed"] == 0
        assert not running.done()
        running.cancel()
        await asyncio.wait({running})

    with asyncio.Runner(loop_factory=partial(SimLoop, None)) as runner:
        runner.run(story())


def test_a_copy_is_made_though_the_first_sides_order_is_long_forgotten() -> None:
    async def story() -> None:
        trader = Trader()
        shadow, broker = a_shadow(trader, [])
        running = asyncio.create_task(shadow.run())
        await asyncio.sleep(1)
        order = the(trader.submit(), OrderSubmitted)
        shadow.on_decision(published(order))
        trader.book.orders.working.clear()
        await asyncio.sleep(1)
        assert not running.done()
        assert len(broker.orders) == 1
        running.cancel()
        await asyncio.wait({running})

    with asyncio.Runner(loop_factory=partial(SimLoop, None)) as runner:
        runner.run(story())


def test_copies_that_nobody_takes_are_dropped_and_counted() -> None:
    async def story() -> None:
        trader, said = Trader(), list[str]()
        shadow, _ = a_shadow(trader, said)
        running = asyncio.create_task(shadow.run())
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.wait({running})
        decision = published(the(trader.submit(), OrderSubmitted))
        for _ in range(WAITING_MAX + 5):
            shadow.on_decision(decision)
        assert shadow.row()["dropped"] == 5
        assert len(said) == 1

    with asyncio.Runner(loop_factory=partial(SimLoop, None)) as runner:
        runner.run(story())
