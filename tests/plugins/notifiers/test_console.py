"""Does a terminal hear of an alert, even one that nobody looks at?"""

import io
import os
import sys

import pytest
from tests.plugins.notifiers.services import a_hostile_alert, an_alert

from tradebot.core.model.alert import Alert
from tradebot.plugins.notifiers.console import ConsoleNotifier, ConsoleSettings
from tradebot.ports import NotDelivered


async def tell(alert: Alert) -> None:
    await ConsoleNotifier(ConsoleSettings()).notify(alert)


@pytest.mark.fault(91)
async def test_a_pipe_that_nobody_reads_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    end, start = os.pipe()
    with os.fdopen(start, "w") as pipe, os.fdopen(end, "rb", buffering=0) as reader:
        monkeypatch.setattr(sys, "stderr", pipe)
        told = 0
        with pytest.raises(NotDelivered, match="stderr: BlockingIOError"):
            while True:
                await tell(an_alert(text="x" * 100_000))
                told += 1
        assert told > 1
        reader.read(8192)
        await tell(an_alert())


async def test_a_long_alert_is_cut_between_letters(capfd: pytest.CaptureFixture[str]) -> None:
    await tell(an_alert(text="\u00e9" * 100_000))
    told = capfd.readouterr().err
    assert 4094 <= len(told.encode()) <= 4096
    assert told.endswith("\u00e9\n")


async def test_an_alert_moves_no_cursor(capfd: pytest.CaptureFixture[str]) -> None:
    await tell(a_hostile_alert())
    assert capfd.readouterr().err.replace("\n", "").isprintable()


async def test_a_terminal_that_is_gone_is_told_as_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    end, start = os.pipe()
    os.close(end)
    closed = os.fdopen(os.dup(start), "w")
    closed.close()
    with os.fdopen(start, "w") as broken:
        for gone, says in (
            (broken, "BrokenPipe"), (closed, "ValueError"), (io.StringIO(), "Unsupported")
        ):
            monkeypatch.setattr(sys, "stderr", gone)
            with pytest.raises(NotDelivered, match=f"stderr: {says}"):
                await tell(an_alert())
