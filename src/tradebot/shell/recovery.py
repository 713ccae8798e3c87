"""What does the journal remember? A snapshot, where one fits, and every decision behind it.

A snapshot is never trusted for itself: the journal must hold its line under its hash, the lines
behind must continue that hash, and it must be today's very code that folded it. Else it is passed
over, and the journal is folded from its beginning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from tradebot.core.book.book import Book
from tradebot.shell.collector import uncollected
from tradebot.shell.journal import place, snapshot
from tradebot.shell.journal.chain import Stand
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.journal.file import Take, understood
from tradebot.shell.journal.snapshot import Snapshot, Unusable
from tradebot.shell.journal.verify import Scan
from tradebot.shell.preserve import copied, preserved, restored
from tradebot.shell.views.views import Views

T = TypeVar("T")
Pass: TypeAlias = Callable[[Take, Stand | None], T]  # over the journal, from a stand on

SNAPSHOT: Final = Path("snapshots") / "views"
_SOURCE: Final = Path(__file__).parent.parent
_FOLDS: Final = (_SOURCE / "core", _SOURCE / "shell" / "views")  # the code that a state belongs to


@dataclass(frozen=True, slots=True)
class Past:
    """All that was folded, from which decision on, and what to tell of it."""

    views: Views
    since: int = 0
    note: str = ""

    @property
    def seq(self) -> int:
        return self.views.last.seq if self.views.last is not None else 0

    @property
    def last_at(self) -> datetime | None:
        return self.views.last.at if self.views.last is not None else None

    def book(self) -> Book:
        """Return a book of its own to decide by: it runs ahead of the views."""
        with uncollected():
            return copied(self.views.book)


def recover(home: Path, over: Pass[T]) -> tuple[T, Past]:
    """Fold the journal in one pass, and return what the pass returns; raise what it raises."""
    note = ""
    with uncollected():
        try:
            views, since = _remembered(home)
            if since is not None:
                return over(views.apply, since), Past(views, since.anchor.seq)
        except (Unusable, JournalDamaged) as error:
            note = f"the snapshot is passed over: {error}"
        views = Views()
        return over(views.apply, None), Past(views, note=note)


def keep(home: Path) -> int:
    """Verify the whole journal and keep a snapshot; return the decision that it stands at.

    It may run beside a daemon. Raises JournalDamaged, and OSError where nothing can be kept.
    """
    journal = place.journal_of(home)
    for _ in Scan.of(journal).bodies():
        pass
    stand, past = recover(home, partial(_acknowledged, journal))
    if stand is None:
        return 0
    kept = Snapshot(stand, snapshot.shape_of(*_FOLDS), preserved(past.views))
    snapshot.save(home / SNAPSHOT, kept)
    return stand.anchor.seq


def _acknowledged(journal: Path, take: Take, since: Stand | None) -> Stand | None:
    """Pass over what is durable: a snapshot must not run ahead of its journal."""
    scan, stand = Scan.of(journal, since=since), since
    for body in scan.bodies():
        if scan.seq > scan.acknowledged:
            break
        take(understood(scan, body))
        stand = scan.stand
    return stand


def _remembered(home: Path) -> tuple[Views, Stand | None]:
    found = snapshot.load(home / SNAPSHOT)
    if found is None:
        return Views(), None
    if found.shape != snapshot.shape_of(*_FOLDS):
        raise Unusable("other code made it")
    return restored(found.state, Views), found.stand
