"""How is a backup made, and is it whole? Beside a daemon; under its name only when it was read."""

import errno
import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from tradebot.shell.copies.archive import (
    BadArchive,
    Changed,
    Entry,
    Manifest,
    Member,
    Packer,
    unpacked,
)
from tradebot.shell.copies.cut import JOURNAL, Cut, Piece, cut
from tradebot.shell.journal import chain, place
from tradebot.shell.journal.verify import Scan, SegmentSource

HEAD: Final = f"{JOURNAL}/{place.HEAD}"
_SEGMENT: Final = re.compile(rf"{JOURNAL}/([0-9]{{8}})\.jsonl")
_NAME: Final = re.compile(r"tradebot-[0-9]{8}T[0-9]{6}Z-[0-9]+\.tar\.gz(\.begun)?")
_SMALL: Final = 1 << 20
_TRIES: Final = 3
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Taken:
    """What goes in: small files as they were when they were looked at."""

    entry: Entry
    data: bytes | None = None


def make(home: Path, path: Path, now: datetime) -> tuple[Path, Manifest]:
    """Write a backup of a data directory and read it again; only then it has its name.

    Where the path is a directory, the backup is named by its time and its last decision.

    Raises JournalDamaged, NoQuietMoment, Changed, BadArchive or OSError; nothing is left then.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            return _make(home, path, now)
        except Changed:
            if attempt == _TRIES:
                raise
    raise AssertionError("unreachable")


def check(path: Path) -> Manifest:
    """Read a whole backup: its sums, and every record of the journal inside.

    Raises BadArchive, JournalDamaged or OSError.
    """
    with place.open_reader(path) as file:
        manifest, members = unpacked(file)
        must_hold_the_journal(manifest, members)
        for _ in members:
            pass
    return manifest


def must_hold_the_journal(manifest: Manifest, members: Iterator[Member]) -> None:
    """Verify the journal as it goes by; raise JournalDamaged or BadArchive."""
    anchor = _next(members, HEAD).read() or b""
    told = chain.parse_anchor(anchor)
    if told is None or (told.seq, told.h) != (manifest.seq, manifest.hash):
        raise BadArchive("its anchor is not the one of its manifest")
    numbered = [
        (int(match[1]), entry.path) for entry in manifest.files
        if (match := _SEGMENT.fullmatch(entry.path)) is not None
    ]
    scan = Scan(anchor, [
        SegmentSource(number, partial(_next, members, path)) for number, path in numbered
    ])
    for _ in scan.bodies():
        pass


def _next(members: Iterator[Member], path: str) -> BinaryIO:
    found = next(members, None)
    if found is None or found.entry.path != path:
        raise BadArchive(f"{path}: it is not where it belongs")
    return cast(BinaryIO, found)


def prune(directory: Path, keep: int) -> list[Path]:
    """Delete all but the newest backups, and what a crash left of one; return what was deleted."""
    found = sorted(path for path in directory.iterdir() if _NAME.fullmatch(path.name))
    whole = [path for path in found if not path.name.endswith(place.BEGUN)]
    gone = [path for path in found if path not in whole[-keep:]]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _make(home: Path, path: Path, now: datetime) -> tuple[Path, Manifest]:
    found = cut(home)
    taken = [*_taken(found)]
    manifest = Manifest(
        made_by=version("tradebot"), created=f"{now:%Y-%m-%dT%H:%M:%SZ}", seq=found.anchor.seq,
        hash=found.anchor.h, files=tuple(one.entry for one in taken),
    )
    name = f"tradebot-{now:%Y%m%dT%H%M%SZ}-{manifest.seq}.tar.gz"
    target = path / name if path.is_dir() else path
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "it is there already", str(target))
    begun = target.with_name(target.name + place.BEGUN)
    begun.unlink(missing_ok=True)
    fd = place.open_file(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(fd, "wb") as out:
            packer = Packer(out, manifest, int(now.timestamp()))
            for one in taken:
                with _source(home, one) as source:
                    packer.add(one.entry, source)
            packer.close()
            out.flush()
            os.fsync(out.fileno())
        check(begun)
        begun.rename(target)
        place.MACHINE.sync_directory(target.parent)
    finally:
        begun.unlink(missing_ok=True)
    return target, manifest


def _taken(found: Cut) -> Iterator[_Taken]:
    """Take the sums of all pieces; what was told and is gone meanwhile has its later place."""
    head = found.anchor.encode()
    yield _Taken(Entry(HEAD, len(head), hashlib.sha256(head).hexdigest()), head)
    for piece in found.pieces:
        with suppress(FileNotFoundError):
            yield _sum(found.home, piece)


def _sum(home: Path, piece: Piece) -> _Taken:
    with place.open_reader(home / piece.path) as file:
        if piece.size <= _SMALL:
            data = file.read(piece.size)
            return _Taken(Entry(piece.path, len(data), hashlib.sha256(data).hexdigest()), data)
        digest, left = hashlib.sha256(), piece.size
        while left and (chunk := file.read(min(left, _CHUNK))):
            digest.update(chunk)
            left -= len(chunk)
    return _Taken(Entry(piece.path, piece.size - left, digest.hexdigest()))


def _source(home: Path, one: _Taken) -> IO[bytes]:
    if one.data is not None:
        return io.BytesIO(one.data)
    try:
        return place.open_reader(home / one.entry.path)
    except FileNotFoundError as error:
        raise Changed(f"{one.entry.path} is gone") from error
