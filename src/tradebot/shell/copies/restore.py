"""How does a backup become a data directory again? In an empty one, and only when all is whole."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tradebot.shell.copies.archive import BadArchive, Manifest, Member, unpacked
from tradebot.shell.copies.cut import JOURNAL
from tradebot.shell.journal import place
from tradebot.shell.journal.lock import LOCK, DataDirLock
from tradebot.shell.journal.verify import Scan

_BEGUN: Final = "RESTORING"
_FREE_LEAST_BYTES: Final = 64 << 20
_CHUNK: Final = 1 << 20


class NoRoom(Exception):
    """The data directory cannot take it; the text says why."""


def restore(source: Path, home: Path) -> Manifest:
    """Unpack a backup into an empty data directory, and verify it there; nothing is written over.

    Until it is whole all lies in a directory of its own; the journal gets its place last. Raises
    NoRoom, DataDirInUse, BadArchive, JournalDamaged or OSError.
    """
    place.make_directory(home)
    if (owner := home.stat().st_uid) != os.geteuid():
        raise NoRoom(f"{home} belongs to user {owner}: restore as that user")
    with DataDirLock(home):
        shutil.rmtree(home / _BEGUN, ignore_errors=True)
        if taken := sorted(path.name for path in home.iterdir() if path.name != LOCK):
            raise NoRoom(f"{home} is not empty: {', '.join(taken[:5])}; name another with --to")
        try:
            return _restore(source, home)
        finally:
            shutil.rmtree(home / _BEGUN, ignore_errors=True)


def _restore(source: Path, home: Path) -> Manifest:
    begun = home / _BEGUN
    with place.open_reader(source) as file:
        manifest, members = unpacked(file)
        free = shutil.disk_usage(home).free
        if not (manifest.size + _FREE_LEAST_BYTES <= free):
            raise NoRoom(f"{home}: expected room for {manifest.size} bytes, got {free}")
        place.make_directory(begun)
        for member in members:
            _unpack(member, begun)
    scan = Scan.of(begun / JOURNAL)
    for _ in scan.bodies():
        pass
    if (scan.seq, scan.h.decode()) != (manifest.seq, manifest.hash):
        raise BadArchive("its journal does not end where its manifest says")
    for path in sorted(begun.iterdir(), key=lambda path: path.name == JOURNAL):
        path.rename(home / path.name)
    place.MACHINE.sync_directory(home)
    return manifest


def _unpack(member: Member, to: Path) -> None:
    path = to / member.entry.path
    for directory in reversed([*_between(path.parent, to)]):
        place.make_directory(directory)
    fd = place.open_file(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(fd, "wb") as out:
        while chunk := member.read(_CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())


def _between(path: Path, top: Path) -> Iterator[Path]:
    while path != top:
        yield path
        path = path.parent
