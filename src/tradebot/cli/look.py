"""What does a broker answer whoever only looks? It is built as the daemon would, beside that."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tradebot.shell.calendar import build_calendars
from tradebot.shell.checks.checks import Checked, examine
from tradebot.shell.checks.checkup import CALLS, Checkup
from tradebot.shell.clock import WallClock
from tradebot.shell.notify.build import hide_in
from tradebot.shell.settings.config import Config, ConfigError
from tradebot.shell.settings.plugin_settings import check_plugins
from tradebot.shell.vendors import Vendors

BRIEFLY = ("login", "mode", "account")


def look_at(
    config: Config, route: str, *, only: Collection[str] = (), calls: int = CALLS
) -> tuple[list[Checked], dict[str, Any]]:
    """Ask a route's broker what it is like; return findings, and the numbers among them.

    Whatever it keeps is in a directory that is gone afterwards.
    """
    if problems := check_plugins(config):
        raise ConfigError(problems)
    with TemporaryDirectory(prefix="tradebot-") as place, asyncio.Runner() as runner:
        checkup = runner.run(_built(config, route, Path(place), calls))
        checks = checkup.checks(runner.run)
        try:
            found = examine({name: checks[name] for name in only or checks})
        finally:
            runner.run(checkup.close())
    hide = hide_in(config)
    return [
        Checked(name=c.name, word=c.word, said=hide(c.said), took_ms=c.took_ms) for c in found
    ], checkup.figures


async def _built(config: Config, route: str, home: Path, calls: int) -> Checkup:
    """Build on the loop that it is asked on."""
    clock = WallClock()
    vendors = Vendors(
        config=config, home=home, clock=clock, calendars=build_calendars(config.schedule),
        tell=lambda _: None,
    )
    broker, other = vendors.broker_beside(route, vendors.market())
    return Checkup(broker, config.route_kind(route), clock, calls=calls, other=other)
