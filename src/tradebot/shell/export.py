"""How does the journal leave as rows for other programs? Streamed, in the journal's order."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TextIO

import msgspec

from tradebot.core.model import events as e
from tradebot.shell.journal.decision import Decision
from tradebot.shell.views.filters import Filters
from tradebot.shell.views.history import FillRecord, Moment, Told
from tradebot.shell.views.rows import Plain, event_row, fill_row, iso
from tradebot.shell.views.views import Views

FORMATS: Final = ("jsonl", "csv")


def event_rows(decision: Decision) -> list[Plain]:
    """Tell a decision, one sentence an event."""
    moment = Moment(decision.seq, decision.at)
    return [event_row(Told(moment, event)) for event in decision.events]


def rows(
    what: str, form: str, decisions: Iterable[Decision], since: datetime | None
) -> Iterator[Plain]:
    """Return the rows of one kind from this time on."""
    if what == "orders":
        return _orders(decisions, since)
    kept = (found for found in decisions if since is None or found.at >= since)
    if what == "fills":
        return _fills(kept)
    return (row for found in kept for row in event_rows(found)) if form == "csv" else map(
        _decision, kept
    )


def write(form: str, found: Iterable[Plain], out: TextIO) -> int:
    """Write the rows and return their count."""
    return WRITERS[form](found, out)


def _decision(decision: Decision) -> Plain:
    return {
        "seq": decision.seq, "at": iso(decision.at), "command": _named(decision.command),
        "reads": msgspec.to_builtins(decision.reads),
        "events": [_named(event) for event in decision.events],
    }


def _named(fact: object) -> Plain:
    return {"type": type(fact).__name__, **msgspec.to_builtins(fact)}


def _fills(decisions: Iterable[Decision]) -> Iterator[Plain]:
    for decision in decisions:
        moment = Moment(decision.seq, decision.at)
        for event in decision.events:
            if isinstance(event, e.TradeBooked):
                yield fill_row(FillRecord(moment, event))


def _orders(decisions: Iterable[Decision], since: datetime | None) -> Iterator[Plain]:
    """An order's row is its last state, so all of them are gathered first."""
    views = Views(size=sys.maxsize)
    for decision in decisions:
        views.apply(decision)
    yield from views.orders(Filters(since=since, last=sys.maxsize))


def _jsonl(found: Iterable[Plain], out: TextIO) -> int:
    count = 0
    for row in found:
        out.write(json.dumps(row) + "\n")
        count += 1
    return count


def _csv(found: Iterable[Plain], out: TextIO) -> int:
    count, writer = 0, csv.writer(out, lineterminator="\n")
    for row in found:
        if count == 0:
            writer.writerow(row)
        writer.writerow([_cell(value) for value in row.values()])
        count += 1
    return count


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value


WRITERS: Final[Mapping[str, Callable[[Iterable[Plain], TextIO], int]]] = {
    "jsonl": _jsonl, "csv": _csv,
}
