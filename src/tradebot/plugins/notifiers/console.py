"""How does whoever looks at the terminal hear of an alert? On stderr, a line and its numbers."""

import sys
from functools import partial
from textwrap import indent
from typing import Final

from tradebot.core.model.alert import Alert
from tradebot.core.model.fact import fact
from tradebot.outward.aside import Aside
from tradebot.plugins.notifiers.wording import as_text, fitted, one_line
from tradebot.ports import NotDelivered

_MOST: Final = 4000


@fact
class ConsoleSettings:
    """What can be set about the terminal: nothing."""


class ConsoleNotifier:
    """The terminal, or the service manager's journal. A pipe that nobody reads holds up nobody."""

    settings_type = ConsoleSettings

    def __init__(self, settings: ConsoleSettings) -> None:
        self._aside = Aside("line to the console")

    async def notify(self, alert: Alert) -> None:
        head = f"{alert.level.upper()} {alert.at:%F %T}Z {one_line(alert.title)}"
        words = indent(fitted(as_text(alert), _MOST), "    ")
        try:
            await self._aside.run(partial(_write, f"{head}\n{words}".rstrip() + "\n"))
        except OSError as error:
            raise NotDelivered(f"stderr: {type(error).__name__}") from None

    async def close(self) -> None:
        """Leave stderr open: it is everybody's."""


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except ValueError:
        raise BrokenPipeError("closed") from None
