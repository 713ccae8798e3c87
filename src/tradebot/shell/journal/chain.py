"""How do records hang together? Each is hashed over the one before; the anchor names the last.

A record is one line, and one JSON document: `{"n":"<length>","h":"<hash>","d":<body>}`.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Final

GENESIS: Final = b"0" * 40
FORMAT: Final = 1
_PREFIX: Final = re.compile(rb'\{"n":"([0-9]{8})","h":"([0-9a-f]{40})","d":')
_SHAPE: Final = b'{"n":"########","h":"' + b"x" * 40 + b'","d":'
PREFIX_BYTES: Final = len(_SHAPE)
SUFFIX: Final = b"}\n"
BODY_BYTES_MAX: Final = 99_999_999
_CLASSES: Final = {ord("#"): b"0123456789", ord("x"): b"0123456789abcdef"}


def hash_of(before: bytes, size: bytes, body: bytes) -> bytes:
    """Hash one record: over the hash before it, its length and its body, all as written."""
    return hashlib.blake2b(before + size + body, digest_size=20).hexdigest().encode()


def frame(before: bytes, body: bytes) -> tuple[bytes, bytes]:
    """Return the record's line and its hash."""
    assert len(body) <= BODY_BYTES_MAX
    size = b"%08d" % len(body)
    h = hash_of(before, size, body)
    return b'{"n":"%b","h":"%b","d":%b}\n' % (size, h, body), h


def parse_prefix(prefix: bytes) -> tuple[bytes, bytes] | None:
    """Return a record's length and hash as written, or None when this does not begin a record."""
    match = _PREFIX.fullmatch(prefix)
    return (match[1], match[2]) if match is not None else None


def may_begin(written: bytes) -> bool:
    """Tell whether a record that was not written to its end may look like this."""
    return all(
        byte in _CLASSES.get(shape, bytes((shape,)))
        for byte, shape in zip(written, _SHAPE, strict=False)
    )


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last durable record: its decision, hash and segment, and where in the segment it ends."""

    seq: int = 0
    h: str = GENESIS.decode()
    segment: int = 0
    end: int = 0

    def encode(self) -> bytes:
        """Return always as many bytes, so that one write in place replaces the old."""
        text = (
            f'{{"seq":{self.seq:16d},"h":"{self.h}","segment":{self.segment:8d},'
            f'"bytes":{self.end:16d}'
        )
        check = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        return f'{text},"check":"{check}"}}\n'.encode()


def parse_anchor(data: bytes) -> Anchor | None:
    """Read an anchor; None unless every byte is as it was written."""
    try:
        raw = json.loads(data)
        anchor = Anchor(int(raw["seq"]), str(raw["h"]), int(raw["segment"]), int(raw["bytes"]))
    except (ValueError, LookupError, TypeError):
        return None
    return anchor if anchor.encode() == data else None


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a pass stands: behind the record that the anchor names, which begins at `start`."""

    anchor: Anchor
    start: int
    record: int


@dataclass(frozen=True, slots=True)
class Header:
    """The first record of a segment: under what it was begun, and its first decision's number."""

    segment: int
    code: str
    settings: str
    seq: int
    format: int = FORMAT

    def encode(self) -> bytes:
        return json.dumps({
            "segment": self.segment, "format": self.format, "code": self.code,
            "settings": self.settings, "seq": self.seq,
        }, separators=(",", ":")).encode()


def parse_header(body: bytes) -> Header | None:
    try:
        raw: Any = json.loads(body)
        return Header(
            segment=int(raw["segment"]), code=str(raw["code"]), settings=str(raw["settings"]),
            seq=int(raw["seq"]), format=int(raw["format"]),
        )
    except (ValueError, LookupError, TypeError):
        return None
