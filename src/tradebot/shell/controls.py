"""How is a control applied while no daemon runs? Under the lock, decided and written as ever."""

from pathlib import Path

from tradebot.core.book.book import Book
from tradebot.core.model.commands import SetKillSwitch
from tradebot.core.model.facts import Reads
from tradebot.core.pipeline.handle import handle
from tradebot.ports import Clock
from tradebot.shell.facts import RecordedFacts
from tradebot.shell.journal import place
from tradebot.shell.journal.chain import Header
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.lock import DataDirLock
from tradebot.shell.journal.verify import Scan
from tradebot.shell.kill_flag import KILL_FILE


def clear_kill(home: Path, lock_dir: Path, clock: Clock, *, reason: str, by: str) -> bool:
    """Clear the kill switch in the journal, and its flag file; tell whether anything was set.

    Raises DataDirInUse, JournalDamaged and JournalMismatch, and then has changed nothing.
    """
    flag = home / KILL_FILE
    if not has_journal(home):
        was_set = flag.exists()
        flag.unlink(missing_ok=True)
        return was_set
    with DataDirLock(lock_dir):
        was_set = _decide(place.journal_of(home), clock, reason, by) or flag.exists()
        flag.unlink(missing_ok=True)
    return was_set


def has_journal(home: Path) -> bool:
    directory = place.journal_of(home)
    return directory.is_dir() and bool(place.segments(directory))


def _decide(directory: Path, clock: Clock, reason: str, by: str) -> bool:
    header = _last_header(directory)
    journal = Journal.open(
        directory, code=header.code, settings_hash=header.settings, threaded=False
    )
    try:
        book, at = Book(), clock.now()
        for decision in journal.decisions():
            at = max(at, decision.at)
            book.fold(decision.at, decision.events)
        command = SetKillSwitch(engaged=False, reason=reason, by=by)
        events = tuple(handle(book, command, RecordedFacts(Reads()), at))
        if events:
            journal.write([
                Decision(seq=journal.last_seq + 1, at=at, command=command, events=events)
            ])
    finally:
        journal.close()
    return bool(events)


def _last_header(directory: Path) -> Header:
    """Return under what the journal was last written: this adds a decision, not a release."""
    scan = Scan.of(directory)
    for _ in scan.bodies():
        pass
    assert scan.header is not None  # there is a segment, and it is whole
    return scan.header
