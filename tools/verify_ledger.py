"""Is a ledger whole? An auditor's own check: standard library only, nothing of tradebot's code.

    python tools/verify_ledger.py DIR        a data directory, or the journal inside it

Exit 0: good. Exit 8: not what was written, with the first record that is wrong. Exit 2: no journal.
A record is a line `{"n":"<8 digits>","h":"<40 hex>","d":<body>}`; `n` is the body's length in
bytes, `h` is blake2b (20 bytes) over the hash before it (40 zeros at first), `n` and the body. The
chain goes through all segments; the first record of each is its header. HEAD names the last record
that was acknowledged. Behind that record, and nowhere else, a record may be cut off by a crash.
"""

import argparse
import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

PREFIX = re.compile(rb'\{"n":"([0-9]{8})","h":"([0-9a-f]{40})","d":')
ANCHOR = re.compile(
    rb'(\{"seq":([ 0-9]{16}),"h":"([0-9a-f]{40})","segment":([ 0-9]{8}),"bytes":([ 0-9]{16}))'
    rb',"check":"([0-9a-f]{16})"\}\n'
)
SHAPE = b'{"n":"########","h":"' + b"x" * 40 + b'","d":'
MEANS = {ord("#"): b"0123456789", ord("x"): b"0123456789abcdef"}
END, SECTOR = b"}\n", 512
Segments = Sequence[tuple[int, Callable[[], bytes]]]


class Bad(Exception):
    """Not what was written; the message says where."""


def hash_of(data: bytes, size: int = 20) -> str:
    return hashlib.blake2b(data, digest_size=size).hexdigest()


def read_anchor(data: bytes | None) -> tuple[int, str, int, int]:
    """Return seq, hash, segment and end of the last acknowledged record."""
    match = ANCHOR.fullmatch(data or b"")
    if match is None or hash_of(match[1], 8) != match[6].decode():
        raise Bad("the anchor is damaged" if data else "the anchor is missing")
    return int(match[2]), match[3].decode(), int(match[4]), int(match[5])


def is_unfinished(data: bytes, start: int) -> bool:
    """Tell whether a record's writing was cut off: the file ends, or a sector is still zeros."""
    match = PREFIX.match(data)
    whole = len(SHAPE) + (int(match[1]) + len(END) if match else 0)
    unwritten = data.find(0, 0, whole + SECTOR)
    if unwritten >= 0:
        sector_end = (start + unwritten) // SECTOR * SECTOR + SECTOR - start
        if data[unwritten : min(sector_end, whole + SECTOR)].strip(b"\0"):
            return False
    elif len(data) >= whole:
        return False
    written = zip(data[:unwritten] if unwritten >= 0 else data, SHAPE, strict=False)
    return all(byte in MEANS.get(shape, bytes((shape,))) for byte, shape in written)


def is_due(body: bytes, is_header: bool, number: int, seq: int) -> bool:
    """Tell whether a body is the one that comes here: a segment's header, or the decision."""
    if not is_header:
        return body.startswith(b'{"seq":%d,' % seq)
    try:
        raw = json.loads(body)
        return (int(raw["segment"]), int(raw["seq"]), int(raw["format"])) == (number, seq, 1)
    except (ValueError, LookupError, TypeError):
        return False


def check(head: bytes | None, found: Segments) -> tuple[int, int, str]:
    """Return the numbers of records and decisions and what was cut off; raise Bad."""
    goal = read_anchor(head)
    h, seq, records, torn = "0" * 40, 0, 0, ""
    is_anchored = goal == (0, h, 0, 0)
    for place, (number, load) in enumerate(found, 1):
        if number != place:
            raise Bad(f"segment {place} is missing")
        data, at, record, is_last = load(), 0, 0, place == len(found)
        while at < len(data):
            if is_last and record and not data[at] and not data[at:].strip(b"\0"):
                break  # written ahead, not used yet
            where = f"segment {number}, record {record + 1}, byte {at}"
            match = PREFIX.match(data, at)
            stop = match.end() + int(match[1]) if match else 0
            body = data[match.end() : stop] if match else b""
            if (
                match is None or data[stop : stop + len(END)] != END
                or hash_of(h.encode() + match[1] + body) != match[2].decode()
            ):
                if is_last and is_anchored and record and is_unfinished(data[at:], at):
                    torn = f"{where}: a record was not written to its end and is left out"
                    break
                raise Bad(f"{where}: the record is not what was written here")
            h, at, record, records = match[2].decode(), stop + len(END), record + 1, records + 1
            if not is_due(body, record == 1, number, seq + 1):
                raise Bad(f"{where}: expected decision {seq + 1} or its header, in format 1")
            seq += record > 1
            if not is_anchored and (number, at) >= goal[2:]:
                is_anchored = goal == (seq, h, number, at)
                if not is_anchored:
                    raise Bad(f"{where}: this is not the record that the anchor names")
        if record == 0:
            raise Bad(f"segment {number}: the segment is empty")
    if not is_anchored:
        raise Bad(f"the journal ends before decision {goal[0]}, which was acknowledged")
    return records, seq, torn


def read(path: Path) -> bytes:
    if path.is_symlink():
        raise Bad(f"{path} is a link; a file of its own belongs here")
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(fd, "rb") as file:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise Bad(f"{path} is no regular file with one name")
        return file.read()


def anchor(directory: Path) -> bytes | None:
    head = directory / "HEAD"
    return read(head) if os.path.lexists(head) else None


def segments(directory: Path) -> Segments:
    found = sorted(p for p in directory.iterdir() if re.fullmatch(r"[0-9]{8}\.jsonl", p.name))
    return [(int(path.stem), partial(read, path)) for path in found]


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a ledger: 0 good, 8 damaged.")
    parser.add_argument("dir", type=Path)
    directory = parser.parse_args().dir
    directory = directory / "journal" if (directory / "journal").is_dir() else directory
    try:
        if not (found := segments(directory)) and not os.path.lexists(directory / "HEAD"):
            raise FileNotFoundError(f"no journal in {directory}")
        records, seq, torn = check(anchor(directory), found)
    except Bad as error:
        print(f"BAD: {error}")
        return 8
    except OSError as error:
        print(f"cannot read: {error}", file=sys.stderr)
        return 2
    print(f"good: {records} records, {seq} decisions" + (f"; {torn}" if torn else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
