"""Which bytes of a data directory belong together, while a daemon goes on writing them?

A cut is what a crash would have left at one moment, so that a start from it is any other start.
The journal up to its anchor and the simulated brokers' books, which only grow, are of one moment
where the anchor is the same before and after their sizes were read: a broker knows only orders
that the anchor covers, and the journal holds only reports that a broker wrote down before. All
else is told from the journal, and may be of a later moment.
"""

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tradebot.shell.journal import chain, place
from tradebot.shell.journal.chain import Anchor
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.kill_flag import KILL_FILE

BOOKS: Final = "brokers"
JOURNAL: Final = "journal"
TOLD: Final = (
    "drafts", "promotions", "gates", "dead_letters", "config_versions", "reports", KILL_FILE,
    "QUARANTINE",
)
_TRIES: Final = 2_000
_PAUSE_S: Final = 0.0005


class NoQuietMoment(Exception):
    """The journal moved whenever the books were looked at."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The first `size` bytes of a file; its path is relative to the data directory."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Cut:
    """What to copy, in this order, and the anchor that then holds."""

    home: Path
    anchor: Anchor
    pieces: tuple[Piece, ...]


def cut(home: Path) -> Cut:
    """Find a cut; raise JournalDamaged, NoQuietMoment or OSError."""
    for _ in range(_TRIES):
        before = place.read_anchor(home / JOURNAL)
        books = tuple(_files(home, BOOKS))
        if before is not None and before == place.read_anchor(home / JOURNAL):
            break
        if before is None:
            raise JournalDamaged("the anchor is missing")
        time.sleep(_PAUSE_S)
    else:
        raise NoQuietMoment(f"{home}: the journal never stood still for a moment")
    anchor = chain.parse_anchor(before)
    if anchor is None:
        raise JournalDamaged("the anchor is damaged")
    told = (piece for name in TOLD for piece in _files(home, name))
    return Cut(home, anchor, (*_segments(home, anchor), *books, *told))


def _segments(home: Path, anchor: Anchor) -> Iterator[Piece]:
    """Take the segments whole, and the last one up to where the anchor says."""
    for number, path in place.segments(home / JOURNAL):
        if number > anchor.segment:
            return
        size = anchor.end if number == anchor.segment else path.stat().st_size
        yield Piece(f"{JOURNAL}/{path.name}", size)


def _files(home: Path, name: str) -> Iterator[Piece]:
    """Find the regular files of ours under this name; half-written ones have another."""
    top = home / name
    found = sorted(top.rglob("*")) if top.is_dir() and not top.is_symlink() else [top]
    for path in found:
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            continue
        if stat.S_ISREG(status.st_mode) and not path.name.endswith(place.BEGUN):
            yield Piece(path.relative_to(home).as_posix(), status.st_size)
