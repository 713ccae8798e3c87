"""Where does a read verb get its answer? From the running daemon, else from the journal."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from tradebot.cli import place, show
from tradebot.cli.client import Client, NotRunning, escaped
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from pathlib import Path

    from tradebot.shell.journal.chain import Stand
    from tradebot.shell.journal.decision import Decision
    from tradebot.shell.journal.file import Take
    from tradebot.shell.views.filters import Filters
    from tradebot.shell.views.views import Views

T = TypeVar("T")

_FILTERS = ("symbol", "status", "since", "strategy", "last")


def answer(
    args: argparse.Namespace, path: str, offline: "Callable[[Views, Filters], dict[str, Any]]",
    statuses: Sequence[str] = (),
) -> tuple[dict[str, Any], bool]:
    """Return the document, told to programs already, and whether a daemon gave it."""
    wanted, home, is_running = filters(args, statuses), place.home(args), True
    try:
        found = Client(home).get(path, _asked(args)).checked()
    except NotRunning:
        past, is_running = views(home), False
        if not args.json and past.last is not None:
            show.note(f"no daemon runs; from the journal, as of {past.last.at:%F %T} UTC")
        found = offline(past, wanted)
    if args.json:
        show.document(found)
    return found, is_running


def one(
    args: argparse.Namespace, path: str, offline: "Callable[[Path], dict[str, Any]]"
) -> dict[str, Any]:
    """Ask the daemon for what `args.id` names; what it does not know may stand in the journal.

    Programs are told of it here.
    """
    home, found = place.home(args), None
    try:
        reply = Client(home).get(f"{path}/{escaped(args.id)}")
        if reply.status != HTTPStatus.NOT_FOUND:
            found = reply.checked()
    except NotRunning:
        pass
    found = offline(home) if found is None else found
    if args.json:
        show.document(found)
    return found


def only(named: Sequence[T], noun: str, name: str) -> T:
    """Return the one thing of this name; none, or several that begin so, end the verb."""
    if len(named) != 1:
        told = f"several {noun}s begin so" if named else f"no {noun} is called so"
        raise Stop(Exit.FAILED, f"{told}: {name}")
    return named[0]


def views(home: "Path") -> "Views":
    from tradebot.shell import recovery

    ledger = LedgerFile(home)
    with _damage_told():
        _, past = recovery.recover(home, ledger.pass_over)
    return past.views


def filters(args: argparse.Namespace, statuses: Sequence[str] = ()) -> "Filters":
    """Read the filters that the verb takes; a bad one ends it."""
    from tradebot.shell.api.bodies import BadRequest
    from tradebot.shell.api.queries import parse_filters

    try:
        return parse_filters(_asked(args), statuses)
    except BadRequest as error:
        raise Stop(Exit.USAGE, f"--{error}") from None


@contextmanager
def followed(home: "Path", what: str) -> "Iterator[Callable[[int], None]]":
    """Go through a whole journal, and tell how far; without one, or with damage, the verb ends."""
    see_that_there_is_one(home)
    progress = show.Progress(what)
    try:
        with _damage_told():
            yield progress.tell
    finally:
        progress.end()


def see_that_there_is_one(home: "Path") -> None:
    from tradebot.shell.controls import has_journal

    if not has_journal(home):
        told = left_by_rehearsal(home) or f"there is no journal in {home}"
        raise Stop(Exit.FAILED, told)


def left_by_rehearsal(home: "Path") -> str | None:
    """Say where a journal is, when there is none where somebody looked."""
    from tradebot.shell.controls import has_journal

    if has_journal(home / place.REHEARSAL):
        return f"there is no journal in {home}, but its rehearsal has one: add --rehearsal"
    return None


class LedgerFile:
    """The journal of a data directory, read beside its writer; damage ends the verb with exit 8."""

    def __init__(self, home: "Path") -> None:
        from tradebot.shell.controls import has_journal
        from tradebot.shell.journal.place import journal_of
        from tradebot.shell.journal.verify import Scan

        if not has_journal(home):
            told = f"{NotRunning(home)} (there is no journal to read, either)"
            raise Stop(Exit.NOT_RUNNING, left_by_rehearsal(home) or told)
        self._directory = journal_of(home)
        with _damage_told():
            self._scan = Scan.of(self._directory)

    def decisions(self) -> "Iterator[Decision]":
        """Read all decisions from the beginning, changing nothing."""
        from tradebot.shell.journal.file import understood

        with _damage_told():
            for body in self._scan.bodies():
                yield understood(self._scan, body)

    def pass_over(self, take: "Take", since: "Stand | None") -> None:
        """Hand on all decisions behind a stand."""
        from tradebot.shell.journal.file import understood
        from tradebot.shell.journal.verify import Scan

        scan = Scan.of(self._directory, since=since)
        for body in scan.bodies():
            take(understood(scan, body))

    def follow(self) -> "Iterator[Sequence[Decision]]":
        """Yield, each time it is asked, what has become durable since; never ends."""
        from tradebot.shell.journal.follow import Follower

        follower = Follower(self._directory, self._scan)
        while True:
            with _damage_told():
                news = [*follower.news()]
            yield news

    def chain_of(self, name: str) -> "list[Decision]":
        """Return what the journal says of one intent, order or fill."""
        from tradebot.shell.journal.search import chain_of

        with _damage_told():
            return chain_of(self._directory, name)


@contextmanager
def _damage_told() -> "Iterator[None]":
    from tradebot.shell.journal.damage import JournalDamaged

    try:
        yield
    except JournalDamaged as error:
        raise Stop(Exit.LEDGER_BAD, f"the journal is damaged: {error}") from None


def _asked(args: argparse.Namespace) -> dict[str, str]:
    return {
        name: str(getattr(args, name)) for name in _FILTERS
        if getattr(args, name, None) is not None
    }
