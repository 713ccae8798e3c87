"""How does a start skip the past? A state at a line, kept aside; it can always be made again."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tradebot.shell.journal import place
from tradebot.shell.journal.chain import Stand
from tradebot.shell.journal.place import MACHINE, Disk


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state as bytes, where in the journal it was true, and for which code it means something."""

    stand: Stand
    shape: str
    state: bytes


class Unusable(Exception):
    """There is a snapshot, but nothing can be taken from it; the text says why."""


def save(path: Path, snapshot: Snapshot, disk: Disk = MACHINE) -> None:
    """Replace the snapshot: a crash leaves the old one or the new one. Raises OSError."""
    disk.make_directory(path.parent)
    about = msgspec.json.encode({"shape": snapshot.shape, "stand": snapshot.stand})
    body = about + b"\n" + snapshot.state
    place.replace(path, _sum(body) + b"\n" + body, disk)


def load(path: Path, disk: Disk = MACHINE) -> Snapshot | None:
    """Return the snapshot, None where there is none; raise Unusable."""
    try:
        with disk.reader(path) as file:
            said, _, body = file.read().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unusable(f"it cannot be read: {error}") from error
    if said != _sum(body):
        raise Unusable("it is damaged")
    about, _, state = body.partition(b"\n")
    try:
        found = msgspec.json.decode(about, type=_About)
    except msgspec.MsgspecError as error:
        raise Unusable(f"it is of another form: {error}") from error
    return Snapshot(found.stand, found.shape, state)


def shape_of(*packages: Path) -> str:
    """Digest the source of the code that a state means something to, to the last byte."""
    digest = hashlib.blake2b(digest_size=20)
    for package in packages:
        for path in sorted(package.rglob("*.py")):
            digest.update(os.fsencode(path.relative_to(package)) + b"\0" + path.read_bytes())
    return digest.hexdigest()


class _About(msgspec.Struct):
    shape: str
    stand: Stand


def _sum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=20).hexdigest().encode()
