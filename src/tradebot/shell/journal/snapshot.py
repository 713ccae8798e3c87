"""How does a start skip the past? A state at a line, kept aside; it can always be made again."""

import hashlib
import os
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from tradebot.shell.journal import place

T = TypeVar("T")
_SUM_BYTES: Final = 40


class _Kept(msgspec.Struct):
    seq: int
    h: str
    state: msgspec.Raw


def save(path: Path, state: object, seq: int, h: str) -> None:
    """Replace the snapshot: a crash leaves the old one or the new one."""
    place.make_directory(path.parent)
    body = msgspec.json.encode(_Kept(seq, h, msgspec.Raw(msgspec.json.encode(state))))
    place.replace(path, _sum(body) + b"\n" + body + b"\n")


def load(path: Path, type_: type[T]) -> tuple[T, int, str] | None:
    """Return state, line and hash; None for what is missing, damaged or of another shape."""
    try:
        with os.fdopen(place.open_file(path, os.O_RDONLY), "rb") as file:
            data = file.read()
    except OSError:
        return None
    body = data[_SUM_BYTES + 1 : -1]
    if data != _sum(body) + b"\n" + body + b"\n":
        return None
    try:
        kept = msgspec.json.decode(body, type=_Kept)
        return msgspec.json.decode(kept.state, type=type_), kept.seq, kept.h
    except msgspec.MsgspecError:
        return None


def _sum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_SUM_BYTES // 2).hexdigest().encode()
