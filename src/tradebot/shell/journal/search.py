"""Where does the journal speak of one intent, order or fill? For what memory has let go.

Only records that hold a wanted id are understood at all; a changed order's new id, or the intent
of a fill, is found on the way, and then the journal is passed again until no id is new.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from tradebot.core.model import events as e
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import understood
from tradebot.shell.journal.place import journal_of
from tradebot.shell.journal.verify import Scan

# What a fold of the chain alone must know of the world around it.
_AROUND: Final = (
    e.SettingsActivated, e.InstrumentsDefined, e.RouteConnected, e.RouteDisconnected,
    e.RouteRefused, e.SessionEntered,
)
_WITH_REPORT: Final = e.OrderReported | e.ReportIgnored | e.PositionSettled
_LINKS: Final = ("intent_id", "cl_ord_id", "request_id", "first", "target")


def chain_of(directory: Path, name: str) -> list[Decision]:
    """Return the decisions about an id with the events of its chain alone, or nothing."""
    names: set[str] = {name}
    while True:
        known = len(names)
        found = [*_about(journal_of(directory), name, names)]
        if len(names) == known:
            return found


def _about(directory: Path, wanted: str, names: set[str]) -> Iterator[Decision]:
    """Yield one pass over the journal; ids that are met on the way are added to the names."""
    around = [f'"{kind.__name__}"'.encode() for kind in _AROUND]
    scan = Scan.of(directory)
    needles, count = _needles(names), len(names)
    for body in scan.bodies():
        if not any(needle in body for needle in (*needles, *around)):
            continue
        decision = understood(scan, body)
        kept = tuple(event for event in decision.events if _belongs(event, wanted, names))
        if kept:
            yield replace(decision, events=kept)
        if len(names) != count:
            needles, count = _needles(names), len(names)


def _belongs(event: e.Event, wanted: str, names: set[str]) -> bool:
    if isinstance(event, _AROUND):
        return True
    said = event.report if isinstance(event, _WITH_REPORT) else event
    links = {getattr(said, link, None) for link in (*_LINKS, "orig_cl_ord_id")} - {None}
    executions = {getattr(said, link, None) for link in ("exec_id", "reverses", "exec_ref_id")}
    if not links & names and wanted not in executions:
        return False
    names.update(link for link in links if link is not None)
    return True


def _needles(names: set[str]) -> list[bytes]:
    return [msgspec.json.encode(name) for name in names]
