"""What is armed when a daemon starts? Nothing, whatever was when the last one ended."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from tests.core.gates.test_armed import an_arming

from tradebot.app import assembled
from tradebot.core.book.arming import Arming
from tradebot.core.model.arming import LiveArmed, LiveDisarmed
from tradebot.core.model.events import Event
from tradebot.shell.run_options import RunOptions
from tradebot.shell.settings.config import load
from tradebot.shell.sim_loop import SimLoop

CONFIG = """\
mode: mock
data_dir: data
market_data: {provider: simulated, symbols: [SPY]}
brokers: {mock: {adapter: mock}}
"""


def lived(home: Path, until: datetime, arming: LiveArmed | None, *, resume: bool) -> list[Event]:
    """Rehearse some minutes of a day, on a book that has this arming from before the start."""
    options = RunOptions(
        rehearse=True, resume=resume, speed=None, until=until,
        start=datetime(2026, 11, 24, 14, 29, tzinfo=UTC),
    )
    config = load(home / "c.yaml", environ={}, overrides={"data_dir": str(home / "data")})
    events = list[Event]()

    async def story() -> None:
        with assembled(config, options, StringIO()) as built:
            built.engine.book.arming = Arming(given=arming) if arming else None
            built.engine.listeners.append(lambda decision: events.extend(decision.events))
            assert await built.daemon.run() == 0
            assert built.engine.book.arming is None

    with asyncio.Runner(loop_factory=partial(SimLoop, None)) as runner:
        runner.run(story())
    return events


@pytest.mark.promise(11)
@pytest.mark.fault(89)
def test_a_start_under_the_same_settings_disarms_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(CONFIG)
    day = partial(datetime, 2026, 11, 24, 14, tzinfo=UTC)
    lived(tmp_path, day(minute=35), None, resume=False)
    asked = an_arming()
    armed = LiveArmed(
        token="T", account=asked.account, until=day(minute=59), orders_max=asked.orders_max,
        notional_max_usd=asked.notional_max_usd, reason=asked.reason, by=asked.by,
    )
    events = lived(tmp_path, day(minute=40), armed, resume=True)
    (ended,) = [event for event in events if isinstance(event, LiveDisarmed)]
    assert (ended.token, ended.by) == ("T", "start")
