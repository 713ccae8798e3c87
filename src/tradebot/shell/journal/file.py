"""How does a decision become durable? Framed by the caller, written and synced by one thread."""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from tradebot.shell.journal import chain, place
from tradebot.shell.journal.chain import Anchor, Header, Stand
from tradebot.shell.journal.codec import Undecodable, decode, encode
from tradebot.shell.journal.damage import JournalDamaged, JournalFailed, JournalMismatch
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.place import MACHINE, Disk
from tradebot.shell.journal.store import Batch, Store
from tradebot.shell.journal.verify import Scan
from tradebot.shell.journal.writer import Writer
from tradebot.shell.metrics.durations import Durations

SEGMENT_BYTES: Final = 64 << 20
Take: TypeAlias = Callable[[Decision], None]


def replay(directory: Path, disk: Disk = MACHINE) -> Iterator[Decision]:
    """Read a journal, changing nothing, each record checked; raise JournalDamaged.

    It may be read while a daemon writes it: the pass ends at the last whole record.
    """
    scan = Scan.of(place.journal_of(directory), disk)
    for body in scan.bodies():
        yield understood(scan, body)


def understood(scan: Scan, body: bytes) -> Decision:
    """Decode the record that the scan just checked; raise JournalDamaged where it fails."""
    try:
        return decode(body)
    except Undecodable as error:
        raise JournalDamaged(
            f"the record is whole, but cannot be understood: {error}",
            segment=scan.segment, record=scan.record, offset=scan.start,
        ) from error


class Journal:
    """The one file of decisions. Its only writer is the process that holds the directory's lock."""

    def __init__(
        self, directory: Path, store: Store, *, begun: Header, segment_bytes: int, threaded: bool,
        disk: Disk = MACHINE,
    ) -> None:
        self.torn: str | None = None
        self._disk = disk
        self._directory = directory
        self._store = store
        self._begun = begun
        self._segment_bytes = segment_bytes
        self._framed = store.anchor
        self._failure: JournalFailed | None = None
        self._writer: Writer | None = Writer(store, self._fail) if threaded else None
        self._is_closed = False

    @classmethod
    def open(
        cls, directory: Path, *, code: str, settings_hash: str, threaded: bool,
        segment_bytes: int = SEGMENT_BYTES, prewrite: bool = True, sync: bool = True,
        disk: Disk = MACHINE, take: Take | None = None, since: Stand | None = None,
    ) -> "Journal":
        """Verify all, cut what a crash left unfinished, go on behind it.

        `take` hears of each decision as it is verified, those before `since` were so earlier.
        Raises JournalDamaged and JournalMismatch, and then has changed nothing; JournalFailed
        when it cannot be written. Without `sync` a line outlives the process, not the
        machine: enough for a rehearsal.
        """
        _make_place(directory, disk)
        scan = Scan.of(directory, disk, since)
        for body in scan.bodies():
            if take is not None:
                take(understood(scan, body))
        _refuse_newer(scan.header, code)
        try:
            store, header = _go_on(
                directory, scan, (code, settings_hash), disk, prewrite=prewrite, is_synced=sync
            )
        except OSError as error:
            raise JournalFailed(f"the journal cannot be written: {error}") from error
        journal = cls(
            directory, store, begun=header, segment_bytes=segment_bytes, threaded=threaded,
            disk=disk,
        )
        journal.torn = scan.torn
        return journal

    @property
    def last_seq(self) -> int:
        """Number the last decision that was taken in; it may still be on its way to the disk."""
        return self._framed.seq

    @property
    def head(self) -> Anchor:
        """Name the last durable record."""
        return self._store.anchor

    @property
    def syncs(self) -> Durations:
        """Tell how long it took until the disk had what was written."""
        return self._store.syncs

    def decisions(self) -> Iterator[Decision]:
        """Read all durable decisions from the beginning."""
        return replay(self._directory, self._disk)

    def append(self, decisions: Sequence[Decision]) -> "asyncio.Future[None]":
        """Return a future that is done when the decisions are durable, or holds JournalFailed."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            if self._writer is None:
                self.write(decisions)
                future.set_result(None)
            else:
                self._refuse_after_failure()
                self._writer.put(self._framed_batches(decisions), future)
        except JournalFailed as error:
            future.set_exception(error)
            future.exception()  # the caller may stop for the first of several
        return future

    def write(self, decisions: Sequence[Decision]) -> None:
        """Make decisions durable before returning; for a journal without a thread."""
        assert self._writer is None, "a thread writes this journal: use append"
        self._refuse_after_failure()
        try:
            self._store.commit(self._framed_batches(decisions))
        except OSError as error:
            raise self._fail(error) from error

    def close(self) -> None:
        """Write what waits, trim the zeros and let go; blocks until then. Raises JournalFailed."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._writer is not None:
            self._writer.close()
        is_whole = self._failure is None
        self._failure = self._failure or JournalFailed("the journal is closed")
        try:
            self._store.close(is_whole=is_whole)
        except OSError as error:
            raise JournalFailed(f"the journal cannot be closed: {error}") from error

    def _fail(self, error: BaseException) -> JournalFailed:
        self._failure = self._failure or JournalFailed(f"the journal cannot be written: {error}")
        return self._failure

    def _refuse_after_failure(self) -> None:
        if self._failure is not None:
            raise JournalFailed(str(self._failure))

    def _framed_batches(self, decisions: Sequence[Decision]) -> list[Batch]:
        batches, last = [], self._framed
        if last.end >= self._segment_bytes:
            begun = self._begun
            self._begun = Header(last.segment + 1, begun.code, begun.settings, last.seq + 1)
            batches.append(_header_batch(self._begun, last))
            last = batches[0].anchor
        lines, seq, h = [], last.seq, last.h.encode()
        for decision in decisions:
            seq += 1
            assert decision.seq == seq, f"decision {decision.seq} where {seq} is next"
            line, h = chain.frame(h, encode(decision))
            lines.append(line)
        data = b"".join(lines)
        self._framed = Anchor(seq, h.decode(), last.segment, last.end + len(data))
        batches.append(Batch(data, self._framed))
        return batches


def _make_place(directory: Path, disk: Disk) -> None:
    """Where nothing is yet, the anchor comes first: later its absence always means a loss."""
    head = directory / place.HEAD
    try:
        disk.make_directory(directory)
        if not place.segments(directory, disk) and not disk.is_there(head):
            place.replace(head, Anchor().encode(), disk)
    except place.NotOurFile as error:
        raise JournalDamaged(str(error)) from error
    except OSError as error:
        raise JournalFailed(f"the journal cannot be written: {error}") from error


def _go_on(
    directory: Path, scan: Scan, under: tuple[str, str], disk: Disk, *, prewrite: bool,
    is_synced: bool,
) -> tuple[Store, Header]:
    """Go on behind the scan; other code or other settings begin a segment of their own."""
    for name in disk.names(directory):
        if name.endswith(place.BEGUN):
            disk.unlink(directory / name)
    here = Anchor(scan.seq, scan.h.decode(), scan.segment, scan.end)
    store = Store(disk, directory, anchor=here, prewrite=prewrite, is_synced=is_synced)
    header = scan.header
    if header is not None:
        store.resume(here, synced=scan.synced, is_cut=scan.torn is not None)
    if header is None or (header.code, header.settings) != under:
        header = Header(scan.segment + 1, *under, scan.seq + 1)
        store.commit([_header_batch(header, here)])
    return store, header


def _header_batch(header: Header, last: Anchor) -> Batch:
    line, h = chain.frame(last.h.encode(), header.encode())
    anchor = Anchor(last.seq, h.decode(), header.segment, len(line))
    return Batch(line, anchor, is_header=True)


def _refuse_newer(header: Header | None, code: str) -> None:
    if header is not None and _numbers(header.code) > _numbers(code):
        raise JournalMismatch(
            f"segment {header.segment} was written by release {header.code}, this is {code}:"
            " an older release must not go on with a newer one's journal"
        )


def _numbers(code: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", code))
