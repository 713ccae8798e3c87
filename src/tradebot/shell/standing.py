"""How does the daemon stand, beyond what its journal tells? For `status`, and for a glance."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tradebot.core.model.money import plain
from tradebot.ports import Calendar, MarketData
from tradebot.shell.clock import LoopClock
from tradebot.shell.countdown import countdown
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import Config
from tradebot.shell.shadow import Shadow
from tradebot.shell.spine import Spine
from tradebot.shell.state import DaemonState
from tradebot.shell.views.reconciliation import document
from tradebot.shell.views.rows import Plain, iso
from tradebot.shell.views.views import Views
from tradebot.shell.wire.link import Link


def live_facts(
    config: Config, home: Path, calendars: Mapping[str, Calendar], spine: Spine,
    shadows: Sequence[Shadow], *, api: Callable[[], Plain],
    channels: Callable[[], Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    state = spine.state
    calendar, now = calendars[config.schedule.calendar], state.clock.now()
    opens = plugins.contained(partial(calendar.next_open, now), _not_known)
    closes = plugins.contained(partial(calendar.next_close, now), _not_known)
    return {
        "state": state.state.value, "reason": state.reason, "mode": state.book.settings.mode.value,
        "clock": now.isoformat(), "next_open": iso(opens), "next_close": iso(closes),
        "pid": os.getpid(), "data_dir": str(home),
        "rehearsal": isinstance(state.clock, LoopClock), "config": str(config.source),
        "strategies": spine.host.rows(), "gaps": gap_rows(spine.market),
        "shadows": [shadow.row() for shadow in shadows], "breakers": breakers(spine.links),
        "channels": channels(),
        "reconciliation": document(state.book, spine.reconciler),
        "api": api(), **countdown(state.book, calendars, now),
    }


def breakers(links: Sequence[Link]) -> list[dict[str, Any]]:
    """Tell how the calls of each route went."""
    return [link.standing() for link in links]


def gap_rows(market: MarketData) -> list[dict[str, Any]]:
    """Tell which sessions the market data lacks."""
    return [
        {"symbol": gap.symbol, "first": gap.first.isoformat(), "last": gap.last.isoformat(),
         "sessions": gap.sessions}
        for gap in market.gaps()
    ]


def _not_known(_: Exception) -> None:
    """The calendar ends before its next session."""


def status_line(state: DaemonState, views: Views) -> dict[str, Any]:
    """Tell what a person wants to know at a glance."""
    book = views.book
    told: dict[str, Any] = {"state": state.state.value}
    if book.kill_reason is not None:
        told["KILLED"] = book.kill_reason
    for name, account in book.ledger.accounts.items():
        told[name] = f"equity {account.equity:,.2f} realised {account.realized:,.2f}"
    told["orders"] = f"{len(book.orders.working)} open"
    held = [f"{s} {plain(n.qty)}" for nets in book.ledger.nets.values() for s, n in nets.items()]
    told["holds"] = ", ".join(held) or "nothing"
    return told
