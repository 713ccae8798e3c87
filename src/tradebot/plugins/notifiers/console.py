"""How does whoever looks at the terminal hear of an alert? On stderr, a line and its numbers."""

import os
import select
import sys
from textwrap import indent
from typing import Final

from tradebot.core.model.alert import Alert
from tradebot.core.model.fact import fact
from tradebot.plugins.notifiers.wording import as_text, one_line
from tradebot.ports import NotDelivered

_BYTES_MAX: Final = select.PIPE_BUF  # a pipe that is ready takes so much at once


@fact
class ConsoleSettings:
    """What can be set about the terminal: nothing."""


class ConsoleNotifier:
    """The terminal, or the service manager's journal. A pipe that nobody reads holds up nobody."""

    settings_type = ConsoleSettings

    def __init__(self, settings: ConsoleSettings) -> None:
        """Have nothing to set."""

    async def notify(self, alert: Alert) -> None:
        head = f"{alert.level.upper()} {alert.at:%F %T}Z {one_line(alert.title)}"
        text = f"{head}\n{indent(as_text(alert), '    ')}".rstrip()
        try:
            _write(text.encode()[: _BYTES_MAX - 1].decode(errors="ignore") + "\n")
        except (OSError, ValueError) as error:
            raise NotDelivered(f"stderr: {type(error).__name__}") from None

    async def close(self) -> None:
        """Leave stderr open: it is everybody's."""


def _write(text: str) -> None:
    sys.stderr.flush()
    fd = sys.stderr.fileno()
    if not select.select((), (fd,), (), 0)[1]:
        raise BlockingIOError("nobody reads it")
    os.write(fd, text.encode())
