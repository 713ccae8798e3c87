"""Does a decision cost the same whether its alert reaches anybody or not?"""

import asyncio
from pathlib import Path

import pytest
from tests.shell.notify.desk import HANGS, Desk, Ears, played
from tests.shell.test_engine import HeldJournal, running

from tradebot.core.model.commands import Control, SetControl
from tradebot.shell.notify.reporter import Reporter
from tradebot.shell.views.views import Views

DECISIONS = 200


@pytest.mark.fault(91)
def test_decisions_wait_for_no_alert_and_what_waits_is_bounded(tmp_path: Path) -> None:
    async def scene(desk: Desk) -> tuple[float, int]:
        desk.open(
            mute=(Ears([HANGS] * DECISIONS), {"queue_max": 10, "messages_per_minute_max": 999})
        )
        views, time = Views(), asyncio.get_running_loop().time
        reporter = Reporter(desk.alerts, views, desk.alerts.echo.clock, desk.lines.append)
        most, before = 0, time()
        async with running(HeldJournal()) as engine:
            engine.listeners += [views.apply, reporter.on_decision]
            for number in range(DECISIONS):
                decision = await engine.submit(SetControl(
                    control=Control.PAUSE, engaged=number % 2 == 0, reason=str(number), by="test"
                ))
                assert decision is not None
                most = max(most, desk.alerts.standing()[0]["waiting"])
        return time() - before, most

    assert played(tmp_path, scene) == (0.0, 10)
