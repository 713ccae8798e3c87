"""Do the brokers of a configuration let us in, and state our account? On the wall's own time."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tradebot.app import assembled
from tradebot.shell.notify.section import NotificationsSection
from tradebot.shell.run_options import RunOptions
from tradebot.shell.settings.config import Config
from tradebot.shell.settings.sections import StagingSection

WITHIN_S: Final = 20.0
_STOP_WITHIN_S: Final = 10.0


class NotLoggedIn(Exception):
    """A broker did not let us in; the text says which, or why."""


def log_in(config: Config, within_s: float = WITHIN_S) -> str:
    """Connect to every broker and ask for its statement, in a directory soon gone; send nothing."""
    with TemporaryDirectory(prefix="tradebot-") as place:
        elsewhere = replace(
            config, data_dir=Path(place), staging=StagingSection(), strategies=(),
            notifications=NotificationsSection(),  # nobody hears of a daemon that is none
        )
        return asyncio.run(_log_in(elsewhere, within_s))


async def _log_in(config: Config, within_s: float) -> str:
    options = RunOptions(rehearse=False, log_format="text")
    with assembled(config, options, io.StringIO()) as built:
        running = asyncio.create_task(built.daemon.run(), name="log in")
        waiting = asyncio.create_task(built.daemon.started.wait(), name="wait for the login")
        try:
            await asyncio.wait(
                {waiting, running}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED
            )
            routes = built.views.book.routes
            if missing := [name for name in config.brokers if name not in routes]:
                why = built.daemon.failure or f"no login within {within_s:g} s"
                raise NotLoggedIn(f"{', '.join(missing)}: {why}")
            return ", ".join(f"{name} connects, account {r.account}" for name, r in routes.items())
        finally:
            waiting.cancel()
            built.daemon.stop()
            await asyncio.wait({running}, timeout=_STOP_WITHIN_S)
            running.cancel()
