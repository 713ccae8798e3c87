"""What does a backup look like? A compressed tar of plain files behind a manifest of their sums.

Whoever reads one believes nothing: only plain files, only names that the manifest and we know, no
more bytes than it says. Links, devices, long names and whatever else a tar may hold are refused,
and what unpacks to more than it admits is left at its first byte too many.
"""

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import IO, Any, Final

from tradebot.shell.copies.cut import BOOKS, JOURNAL, TOLD
from tradebot.shell.journal.place import HEAD

FORMAT: Final = 1
MANIFEST: Final = "MANIFEST.json"
_MANIFEST_BYTES_MAX: Final = 16 << 20
_BLOCK: Final = 512
_END_MAX: Final = 20 * _BLOCK  # of zeros: what a tar is filled up with
_CHUNK: Final = 1 << 20
_TOPS: Final = frozenset((JOURNAL, BOOKS, *TOLD))
_LEVEL: Final = 3  # a third of the time for a tenth more bytes


class BadArchive(Exception):
    """This is no backup of ours, or not a whole one."""


class Changed(Exception):
    """A file is not what it was a moment ago."""


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds, and up to which decision."""

    made_by: str
    created: str
    seq: int
    hash: str
    files: tuple[Entry, ...]

    @property
    def size(self) -> int:
        return sum(entry.size for entry in self.files)

    def encode(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode()


class Packer:
    """Writes an archive: the manifest first, then every file in its order."""

    def __init__(self, out: IO[bytes], manifest: Manifest, when: int) -> None:
        self._when = when
        self._packed = gzip.GzipFile(
            filename="", mode="wb", fileobj=out, compresslevel=_LEVEL, mtime=when
        )
        data = manifest.encode()
        self.add(Entry(MANIFEST, len(data), ""), io.BytesIO(data))

    def add(self, entry: Entry, source: IO[bytes]) -> None:
        """Copy the first bytes of a source; raise Changed where they are not the entry's."""
        info = tarfile.TarInfo(entry.path)
        info.size, info.mode, info.mtime = entry.size, 0o600, self._when
        try:
            self._packed.write(info.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict"))
        except ValueError as error:
            raise BadArchive(f"{entry.path}: {error}") from None
        digest, left = hashlib.sha256(), entry.size
        while left and (chunk := source.read(min(left, _CHUNK))):
            digest.update(chunk)
            self._packed.write(chunk)
            left -= len(chunk)
        if left or entry.sha256 not in ("", digest.hexdigest()):
            raise Changed(f"{entry.path} changed while it was read")
        self._packed.write(bytes(-entry.size % _BLOCK))

    def close(self) -> None:
        self._packed.write(bytes(2 * _BLOCK))
        self._packed.close()


class Member(io.RawIOBase):
    """One file inside, to be read once; closing it reads the rest and compares its sum."""

    def __init__(self, packed: IO[bytes], entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self._packed = packed
        self._left = entry.size
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.entry.size - self._left

    def readinto(self, room: Any) -> int:
        view = memoryview(room)[: self._left]
        got = _read(self._packed, len(view))
        view[:] = got
        self._digest.update(got)
        self._left -= len(got)
        return len(got)

    def __exit__(self, *_: object) -> None:
        """Stay open: the next file begins where this one is finished."""

    def finish(self) -> None:
        while self.read(_CHUNK):
            pass
        _read(self._packed, -self.entry.size % _BLOCK)
        if self.entry.sha256 not in ("", self._digest.hexdigest()):
            raise BadArchive(f"{self.entry.path}: its sum is not the manifest's")


def unpacked(source: IO[bytes]) -> tuple[Manifest, Iterator[Member]]:
    """Return the manifest and the files behind it, one after the other; raise BadArchive.

    A member is finished before the next one is asked for.
    """
    packed: IO[bytes] = gzip.GzipFile(fileobj=source, mode="rb")  # type: ignore[assignment]
    head = _next(packed, MANIFEST)
    if head is None or not (head.entry.size <= _MANIFEST_BYTES_MAX):
        raise BadArchive("it does not begin with a manifest")
    data = head.read()
    head.finish()
    manifest = _parse(data or b"")
    return manifest, _members(packed, manifest.files)


def _members(packed: IO[bytes], entries: Sequence[Entry]) -> Iterator[Member]:
    for entry in entries:
        member = _next(packed, entry.path)
        if member is None or member.entry.size != entry.size:
            raise BadArchive(f"{entry.path}: it is not there as the manifest says")
        found = Member(packed, entry)
        yield found
        found.finish()
    if _read(packed, _END_MAX, least=2 * _BLOCK).strip(b"\0") or _read(packed, 1, least=0):
        raise BadArchive("there is more in it than the manifest says")


def _next(packed: IO[bytes], path: str) -> Member | None:
    """Read the next header; only a plain file with this name will do."""
    try:
        info = tarfile.TarInfo.frombuf(_read(packed, _BLOCK), "utf-8", "strict")
    except (UnicodeError, tarfile.HeaderError) as error:
        raise BadArchive(f"it is damaged, or no backup: {error}") from error
    if info.type != tarfile.REGTYPE or info.name != path or info.size < 0:
        return None
    return Member(packed, Entry(path, info.size, ""))


def _read(packed: IO[bytes], size: int, least: int | None = None) -> bytes:
    """Read so many bytes; raise BadArchive where there are not as many, or not the least."""
    try:
        found = packed.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise BadArchive(f"it is damaged, or no backup: {error}") from error
    if len(found) < (size if least is None else least):
        raise BadArchive("it ends too soon")
    return found


def _parse(data: bytes) -> Manifest:
    try:
        raw = json.loads(data)
        if raw.pop("format") != FORMAT:
            raise BadArchive("it was made by a newer release")
        files = tuple(
            Entry(str(row["path"]), int(row["size"]), str(row["sha256"])) for row in raw["files"]
        )
        found = Manifest(
            made_by=str(raw["made_by"]), created=str(raw["created"]), seq=int(raw["seq"]),
            hash=str(raw["hash"]), files=files,
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BadArchive(f"its manifest cannot be read: {error}") from error
    for entry in files:
        _must_be_ours(entry)
    if f"{JOURNAL}/{HEAD}" not in {entry.path for entry in files}:
        raise BadArchive("there is no journal in it")
    if len({entry.path for entry in files}) != len(files):
        raise BadArchive("a file stands in its manifest twice")
    return found


def _must_be_ours(entry: Entry) -> None:
    """Let in only what a data directory holds: no way out of it, no hidden or odd names."""
    path = PurePosixPath(entry.path)
    is_plain = entry.path.isascii() and entry.path.isprintable() and "\\" not in entry.path
    is_inside = not path.is_absolute() and ".." not in path.parts and path.parts[0] in _TOPS
    if not (is_plain and is_inside and str(path) == entry.path and len(entry.sha256) == 64):
        raise BadArchive(f"its manifest names what no data directory holds: {entry.path[:80]!r}")
    if entry.size < 0:
        raise BadArchive(f"{entry.path}: a size below nothing")
