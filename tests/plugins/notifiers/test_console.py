"""Does a terminal hear of an alert, even one that nobody looks at?"""

import asyncio
import io
import sys
from threading import Event

import pytest
from tests.plugins.notifiers.services import an_alert

from tradebot.plugins.notifiers.console import ConsoleNotifier, ConsoleSettings
from tradebot.ports import NotDelivered


class Unread(io.StringIO):
    """A pipe that is full, and takes what is written when somebody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.is_read = Event()

    def write(self, text: str) -> int:
        self.is_read.wait(5)
        return super().write(text)


@pytest.mark.fault(91)
async def test_a_pipe_that_nobody_reads_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", pipe := Unread())
    notifier = ConsoleNotifier(ConsoleSettings())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await notifier.notify(an_alert())
    with pytest.raises(NotDelivered, match="BlockingIOError"):
        await notifier.notify(an_alert())
    pipe.is_read.set()
    async with asyncio.timeout(2):
        while not pipe.getvalue():
            await asyncio.sleep(0.001)


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


async def test_a_terminal_that_is_gone_is_told_as_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    for gone in (Broken(), closed):
        monkeypatch.setattr(sys, "stderr", gone)
        with pytest.raises(NotDelivered, match="stderr: BrokenPipeError"):
            await ConsoleNotifier(ConsoleSettings()).notify(an_alert())
