"""What has become durable since? Reads on behind a pass, up to the anchor, beside the writer.

The anchor is moved only after the records that it names are synced: whatever stands before it is
whole or damaged, and what stands behind it is not there yet.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tradebot.shell.journal import chain, place
from tradebot.shell.journal.chain import PREFIX_BYTES, SUFFIX
from tradebot.shell.journal.codec import Undecodable, decode
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.verify import Scan


class Follower:
    """Stands where a finished pass stood; each call of `news` goes on from there."""

    def __init__(self, directory: Path, scan: Scan) -> None:
        self._directory = directory
        self._segment, self._record = scan.segment, scan.record
        self._end, self._h = scan.end, scan.h

    def news(self) -> Iterator[Decision]:
        """Yield what has become durable since the last call; raise JournalDamaged."""
        anchor = chain.parse_anchor(place.read_anchor(self._directory) or b"")
        if anchor is None:
            raise self._damage("the anchor is missing or damaged")
        while (self._segment, self._end) < (anchor.segment, anchor.end):
            with self._open() as file:
                is_last = self._segment == anchor.segment
                yield from self._up_to(file, anchor.end if is_last else None)
            if self._segment < anchor.segment:
                self._segment, self._record, self._end = self._segment + 1, 0, 0

    def _open(self) -> BinaryIO:
        path = place.segment_path(self._directory, self._segment or 1)
        self._segment = self._segment or 1
        try:
            return place.open_reader(path)
        except (FileNotFoundError, place.NotOurFile) as error:
            raise self._damage(f"the segment is gone: {error}") from error

    def _up_to(self, file: BinaryIO, goal: int | None) -> Iterator[Decision]:
        """Read records up to a place; where there is none, up to the end of what was written."""
        file.seek(self._end)
        while goal is None or self._end < goal:
            prefix = file.read(PREFIX_BYTES)
            if goal is None and not prefix.strip(b"\0"):
                return
            parts = chain.parse_prefix(prefix)
            if parts is None:
                raise self._damage("this does not begin a record")
            size, h = parts
            body, tail = file.read(int(size)), file.read(len(SUFFIX))
            if chain.hash_of(self._h, size, body) != h or tail != SUFFIX:
                raise self._damage("the record is not what was written here")
            is_header = self._end == 0
            self._record += 1
            self._h, self._end = h, self._end + PREFIX_BYTES + int(size) + len(SUFFIX)
            if not is_header:
                yield self._understood(body)

    def _understood(self, body: bytes) -> Decision:
        try:
            return decode(body)
        except Undecodable as error:
            raise self._damage(f"the record cannot be understood: {error}") from error

    def _damage(self, sentence: str) -> JournalDamaged:
        return JournalDamaged(
            sentence, segment=self._segment, record=self._record + 1, offset=self._end
        )
