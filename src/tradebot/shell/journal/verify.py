"""Is every record there, whole and in order? A pass over the bytes; nothing is changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from tradebot.shell.journal import chain, place
from tradebot.shell.journal.chain import PREFIX_BYTES, SUFFIX, Anchor, Header, Stand
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.journal.place import MACHINE, Disk

_SECTOR: Final = 512  # the smallest piece that a disk writes whole
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verify found. Records count from 1 in their segment, the first is its header."""

    is_good: bool
    records: int
    seq: int
    torn: str | None = None
    segment: int = 0
    record: int = 0
    offset: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class SegmentSource:
    """One segment's bytes, wherever they are."""

    number: int
    open: Callable[[], BinaryIO]


def verify(directory: Path) -> Verdict:
    """Check a journal, or the one in a data directory; what a crash cut off is good, and told."""
    try:
        scan = Scan.of(place.journal_of(directory))
    except JournalDamaged as error:
        return _bad(error, 0, 0)
    return scan.verdict()


def _bad(error: JournalDamaged, records: int, seq: int) -> Verdict:
    return Verdict(
        False, records, seq, segment=error.segment, record=error.record, offset=error.offset,
        sentence=error.sentence,
    )


class Scan:
    """One pass over all segments; its attributes tell where it stands, and at last where it ended.

    `start` and `end` are where the last whole record lies in its segment.
    """

    def __init__(
        self, anchor: bytes | None, segments: Sequence[SegmentSource], since: Stand | None = None
    ) -> None:
        self._sources = segments
        self._since = since
        self._anchor_bytes = anchor
        self._anchor = Anchor()
        self.h = chain.GENESIS
        self.records = 0
        self.seq = 0
        self.record = 0
        self.start = 0
        self.end = 0
        self.header: Header | None = None
        self.torn: str | None = None
        self._is_anchored = False

    @classmethod
    def of(
        cls, directory: Path, disk: Disk = MACHINE, since: Stand | None = None
    ) -> "Scan":
        """Begin a pass over the files of a journal: its anchor is read first, it may only grow.

        A pass `since` a stand takes what lies before it for granted.
        """
        try:
            anchor = place.read_anchor(directory, disk)
            found = place.segments(directory, disk)
        except place.NotOurFile as error:
            raise JournalDamaged(str(error)) from error
        return cls(anchor, [
            SegmentSource(number, partial(_open, disk, path)) for number, path in found
        ], since)

    @property
    def segment(self) -> int:
        return self.header.segment if self.header is not None else 0

    @property
    def synced(self) -> int:
        """Return up to where the last segment was synced for certain: where the anchor says."""
        return self._anchor.end if self._anchor.segment == self.segment else 0

    @property
    def acknowledged(self) -> int:
        """Number the decision that the anchor names; known once the pass has begun."""
        return self._anchor.seq

    @property
    def stand(self) -> Stand:
        anchor = Anchor(self.seq, self.h.decode(), self.segment, self.end)
        return Stand(anchor, self.start, self.record)

    def verdict(self) -> Verdict:
        try:
            for _ in self.bodies():
                pass
        except JournalDamaged as error:
            return _bad(error, self.records, self.seq)
        return Verdict(True, self.records, self.seq, self.torn)

    def bodies(self) -> Iterator[bytes]:
        """Yield the body of every decision, each after it was checked; raise JournalDamaged."""
        self._take_anchor()
        for place_, source in enumerate(self._sources, 1):
            if source.number != place_:
                raise JournalDamaged(f"segment {place_} is missing")
            self.record = self.end = 0
            if self._since is not None and source.number < self._since.anchor.segment:
                continue
            with source.open() as file:
                if self._since is not None and source.number == self._since.anchor.segment:
                    self._go_to(self._since, file)
                yield from self._segment(file, source.number, place_ == len(self._sources))
        if not self._is_anchored:
            raise JournalDamaged(
                f"the journal ends before the record that its anchor names (decision"
                f" {self._anchor.seq}): acknowledged records are lost",
                segment=self._anchor.segment, record=self.record, offset=self.end,
            )

    def _take_anchor(self) -> None:
        if self._anchor_bytes is None:
            raise JournalDamaged("the anchor is missing")
        anchor = chain.parse_anchor(self._anchor_bytes)
        if anchor is None:
            raise JournalDamaged("the anchor is damaged")
        self._anchor = anchor
        self._meet_anchor(0)

    def _go_to(self, since: Stand, file: BinaryIO) -> None:
        """Stand behind a record that was checked before, if it is still there."""
        begins = chain.parse_prefix(file.read(PREFIX_BYTES))
        self.header = chain.parse_header(file.read(int(begins[0]))) if begins else None
        file.seek(since.start)
        found = chain.parse_prefix(file.read(PREFIX_BYTES))
        there = Anchor(segment=self.segment, seq=since.anchor.seq)
        if found is not None:
            end = since.start + PREFIX_BYTES + int(found[0]) + len(SUFFIX)
            there = replace(there, h=found[1].decode(), end=end)
        if there != since.anchor:
            raise self._damage(since.anchor.segment, "this is not where the pass stood")
        self.seq, self.h = since.anchor.seq, since.anchor.h.encode()
        self.start, self.end, self.record = since.start, since.anchor.end, since.record
        self._is_anchored |= self._anchor.seq < self.seq
        self._meet_anchor(since.anchor.segment)
        file.seek(self.end)

    def _segment(self, file: BinaryIO, number: int, is_last: bool) -> Iterator[bytes]:
        while True:
            prefix = file.read(PREFIX_BYTES)
            parts = chain.parse_prefix(prefix)
            if parts is None:
                if not prefix.strip(b"\0") and _is_zero(file):
                    if not is_last and prefix:
                        raise self._damage(number, "a segment that is not the last ends in zeros")
                    break
                self._stop(file, number, is_last, prefix)
                break
            size, h = parts
            body = file.read(int(size))
            tail = file.read(len(SUFFIX))
            if chain.hash_of(self.h, size, body) != h or tail != SUFFIX:
                self._stop(file, number, is_last, prefix + body + tail, int(size))
                break
            self.h = h
            self.record += 1
            self.start = self.end
            self.end += PREFIX_BYTES + int(size) + len(SUFFIX)
            if self.record == 1:
                self._take_header(body, number)
            else:
                self._take_decision(body, number)
                yield body
            self.records += 1
            self._meet_anchor(number)
        if self.record == 0 and self.torn is None:
            raise self._damage(number, "the segment is empty")

    def _take_header(self, body: bytes, number: int) -> None:
        header = chain.parse_header(body)
        if header is None or header.segment != number or header.seq != self.seq + 1:
            raise self._damage(number, "this is no header of this segment", read=True)
        if header.format != chain.FORMAT:
            raise self._damage(
                number, f"written in format {header.format}, this code reads {chain.FORMAT}",
                read=True,
            )
        self.header = header

    def _take_decision(self, body: bytes, number: int) -> None:
        if not body.startswith(b'{"seq":%d,' % (self.seq + 1)):
            raise self._damage(number, f"this is not decision {self.seq + 1}", read=True)
        self.seq += 1

    def _meet_anchor(self, number: int) -> None:
        anchor = self._anchor
        if self._is_anchored or (number, self.end) < (anchor.segment, anchor.end):
            return
        self._is_anchored = True
        here = Anchor(self.seq, self.h.decode(), number, self.end)
        if here != anchor:
            raise self._damage(number, "this is not the record that the anchor names", read=True)

    def _stop(
        self, file: BinaryIO, number: int, is_last: bool, data: bytes, size: int | None = None
    ) -> None:
        """Take what is here for the torn tail of a crash, or raise."""
        data += file.read(_SECTOR)  # enough to see a sector that was never written
        is_behind = is_last and self._is_anchored and self.record > 0
        if not is_behind or not _is_unfinished(data, self.end, size):
            raise self._damage(number, "the record is not what was written here")
        left = len(data) + sum(len(chunk) for chunk in iter(lambda: file.read(_CHUNK), b""))
        self.torn = (
            f"segment {number}, record {self.record + 1}, byte {self.end}: a record was not"
            f" written to its end and is left out ({left} bytes)"
        )

    def _damage(self, number: int, sentence: str, read: bool = False) -> JournalDamaged:
        return JournalDamaged(
            sentence, segment=number, record=self.record + (not read), offset=self.end
        )


def _is_unfinished(data: bytes, start: int, size: int | None) -> bool:
    """Tell whether this is a record whose writing was cut off: by the end of the file, or by
    a sector that never reached the disk and still holds the zeros of before."""
    unwritten = data.find(0)
    if unwritten >= 0:
        sector_end = (start + unwritten) // _SECTOR * _SECTOR + _SECTOR - start
        is_cut = not data[unwritten:sector_end].strip(b"\0")
        return is_cut and chain.may_begin(data[:unwritten])
    whole = PREFIX_BYTES if size is None else PREFIX_BYTES + size + len(SUFFIX)
    return len(data) < whole and chain.may_begin(data)


def _open(disk: Disk, path: Path) -> BinaryIO:
    try:
        return disk.reader(path)
    except place.NotOurFile as error:
        raise JournalDamaged(str(error)) from error


def _is_zero(file: BinaryIO) -> bool:
    start = file.tell()
    for chunk in iter(lambda: file.read(_CHUNK), b""):
        if chunk.strip(b"\0"):
            file.seek(start)
            return False
    return True
