"""Where does a read verb get its answer? From the running daemon, else from the journal."""

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tradebot.cli import place, show
from tradebot.cli.client import Client, NotRunning
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tradebot.shell.api.filters import Filters
    from tradebot.shell.api.views import Views
    from tradebot.shell.journal.decision import Decision

_FILTERS = ("symbol", "status", "since", "strategy", "last")


def answer(
    args: argparse.Namespace, path: str, offline: "Callable[[Views, Filters], dict[str, Any]]",
    statuses: Sequence[str] = (),
) -> tuple[dict[str, Any], bool]:
    """Return the document, and whether a daemon gave it."""
    from tradebot.shell.api.commands import BadRequest
    from tradebot.shell.api.filters import parse_filters

    asked = {
        name: str(getattr(args, name)) for name in _FILTERS
        if getattr(args, name, None) is not None
    }
    try:
        filters = parse_filters(asked, statuses)
    except BadRequest as error:
        raise Stop(Exit.USAGE, f"--{error}") from None
    home = place.home(args)
    try:
        return Client(home).get(path, asked).checked(), True
    except NotRunning:
        found = views(home)
    if not args.json and found.last is not None:
        show.note(f"no daemon runs; from the journal, as of {found.last.at:%F %T} UTC")
    return offline(found, filters), False


def views(home: "Path") -> "Views":
    """Fold the journal into views."""
    from tradebot.shell.api.views import Views
    from tradebot.shell.collector import uncollected

    found = Views()
    with uncollected():
        for decision in decisions(home):
            found.apply(decision)
    return found


def decisions(home: "Path") -> "Iterator[Decision]":
    """Read the journal of a data directory, changing nothing; damage ends the verb with exit 8."""
    from tradebot.shell.controls import has_journal
    from tradebot.shell.journal.damage import JournalDamaged
    from tradebot.shell.journal.file import replay
    from tradebot.shell.journal.place import journal_of

    if not has_journal(home):
        raise Stop(Exit.NOT_RUNNING, f"{NotRunning(home)} (there is no journal to read, either)")
    try:
        yield from replay(journal_of(home))
    except JournalDamaged as error:
        raise Stop(Exit.LEDGER_BAD, f"the journal is damaged: {error}") from None
