"""With what does a test of alerts begin? A desk in a loop that jumps, channels that remember."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from tests.makers import OPEN

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.ports import NotDelivered
from tradebot.shell.clock import LoopClock
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.channel import AlertChannel
from tradebot.shell.notify.history import AlertHistory
from tradebot.shell.notify.section import AlertFilters, ChannelSection, NotificationsSection
from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.told.outlet import Outlet

T = TypeVar("T")
HANGS = "hangs"
ALL_FILTERS = AlertFilters(on_partial_fills=True, on_cancellations=True, on_windows=True)


class Ears:
    """A notifier that takes what it is told, or answers what it was given, one after the other."""

    def __init__(self, answers: Iterable[NotDelivered | str | Exception] = ()) -> None:
        self.heard: list[Alert] = []
        self.tried: list[float] = []
        self.is_closed = False
        self._answers = list(answers)

    async def notify(self, alert: Alert) -> None:
        self.tried.append(asyncio.get_running_loop().time())
        answer = self._answers.pop(0) if self._answers else None
        if answer == HANGS:
            await asyncio.Event().wait()
        if isinstance(answer, Exception):
            raise answer
        self.heard.append(alert)

    async def close(self) -> None:
        self.is_closed = True

    @property
    def titles(self) -> list[str]:
        return [alert.title for alert in self.heard]


class Desk:
    """A desk of alerts over a folder, and what its log heard."""

    def __init__(self, folder: Path, **section: Any) -> None:
        self.lines: list[str] = []
        self.written = StringIO()
        clock = LoopClock(OPEN, asyncio.get_running_loop())
        path = folder / "alerts.jsonl"
        self.out = Outlet("alerts", lambda texts: append(path, texts))
        self.history = AlertHistory(path, self.out)
        self.alerts = Alerts(self.history, clock, tell=self.lines.append)
        self.section = NotificationsSection(**{"filters": ALL_FILTERS, **section})

    def open(self, hide: Callable[[str], str] = str, **ears: tuple[Ears, dict[str, Any]]) -> None:
        self.alerts.hide = hide
        self.alerts.swap(self.section, [
            AlertChannel(
                name, ChannelSection(**{"plugin": "ears", **more}), hears,
                least=self.section.min_level, echo=self.alerts.echo,
            )
            for name, (hears, more) in ears.items()
        ])


def append(path: Path, texts: Iterable[str]) -> None:
    with path.open("a") as file:
        file.write("".join(texts))


def an_alert(title: str = "hello", level: Level = Level.INFO, **changes: Any) -> Alert:
    return Alert(**{
        "kind": AlertKind.FILL, "level": level, "title": title, "text": f"{title}.", "at": OPEN,
        **changes,
    })


def critical(title: str = "help", **changes: Any) -> Alert:
    return an_alert(title, Level.CRITICAL, **{"kind": AlertKind.HALT, **changes})


def played(
    folder: Path, scene: Callable[[Desk], Awaitable[T]], *, has_end: bool = True, **section: Any
) -> T:
    """Play a scene while the desk runs; without an end the process is simply gone afterwards."""
    async def run() -> T:
        desk = Desk(folder, **section)
        running = asyncio.create_task(desk.alerts.run())
        try:
            return await scene(desk)
        finally:
            if has_end:
                running.cancel()
                await asyncio.wait({running})
            desk.out.close()
            running.cancel()

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(run())
