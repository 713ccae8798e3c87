"""Does the journal keep what it acknowledged, and stop for good where it cannot?"""

import asyncio
import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.shell.journal.ledgers import Ledger, decisions, opened, written

from tradebot.shell.journal import chain
from tradebot.shell.journal.damage import JournalDamaged, JournalFailed, JournalMismatch
from tradebot.shell.journal.file import Journal, replay
from tradebot.shell.journal.place import Disk
from tradebot.shell.journal.segment import AHEAD
from tradebot.shell.journal.verify import verify


async def durable(directory: Path, **options: Any) -> Journal:
    return opened(directory, threaded=True, sync=True, **options)


@pytest.mark.parametrize("prewrite", [False, True])
@pytest.mark.parametrize("threaded", [False, True])
async def test_what_was_acknowledged_is_there(
    tmp_path: Path, threaded: bool, prewrite: bool
) -> None:
    journal = opened(tmp_path, threaded=threaded, sync=True, prewrite=prewrite)
    for first in range(1, 40, 3):
        await journal.append(decisions(3, first))
        assert journal.head.seq == first + 2
        assert [d.seq for d in journal.decisions()] == [*range(1, first + 3)]
    journal.close()
    assert list(replay(tmp_path)) == decisions(39)


async def test_batches_that_wait_are_kept_in_order(tmp_path: Path) -> None:
    journal = await durable(tmp_path)
    waiting = [journal.append([decision]) for decision in decisions(50)]
    assert journal.last_seq == 50
    await asyncio.gather(*waiting)
    assert journal.head.seq == 50
    journal.close()
    assert list(replay(tmp_path)) == decisions(50)


async def test_batches_that_wait_share_a_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, syncs = await durable(tmp_path), list[int]()
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: (syncs.append(fd), real(fd))[1])
    await asyncio.gather(*[journal.append([decision]) for decision in decisions(50)])
    journal.close()
    assert 1 <= len(syncs) < 25


@pytest.mark.promise(2, 10)
async def test_nothing_is_acknowledged_before_the_disk_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    journal = await durable(tmp_path)
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: (order.append("synced"), real(fd))[1])
    for decision in decisions(5):
        await journal.append([decision])
        order.append("told")
    journal.close()
    assert order[:10] == ["synced", "told"] * 5


def test_the_anchor_is_written_after_the_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it, a crash could leave an anchor that names a record which never was."""
    journal, order = opened(tmp_path, sync=True), list[str]()
    write, sync = os.pwrite, os.fdatasync

    def pwrite(fd: int, data: memoryview, position: int) -> int:
        order.append("anchor" if bytes(data[:8]) == b'{"seq": ' else "records")
        return write(fd, data, position)

    monkeypatch.setattr(os, "pwrite", pwrite)
    monkeypatch.setattr(os, "fdatasync", lambda fd: (order.append("sync"), sync(fd))[1])
    journal.write(decisions(2))
    assert order == ["records", "sync", "anchor"]
    journal.close()


def test_a_full_segment_is_followed_by_the_next(tmp_path: Path) -> None:
    written(tmp_path, 60, segment_bytes=1000, prewrite=True)
    ledger = Ledger.of(tmp_path)
    assert len(ledger.segments) > 5
    for data in ledger.segments.values():
        assert 1000 <= len(data) < 1400
    header = chain.parse_header(ledger.records(2)[0][chain.PREFIX_BYTES : -len(chain.SUFFIX)])
    assert header == chain.Header(2, "1.2.3", "cafe", len(ledger.records(1)))
    assert list(replay(tmp_path)) == decisions(60)
    written(tmp_path, 5, segment_bytes=1000)
    assert list(replay(tmp_path)) == decisions(65)


def test_zeros_written_ahead_are_read_over_and_trimmed_in_the_end(tmp_path: Path) -> None:
    journal = opened(tmp_path, prewrite=True)
    journal.write(decisions(3))
    segment = tmp_path / "00000001.jsonl"
    used, size = journal.head.end, segment.stat().st_size
    assert size > used
    assert not segment.read_bytes()[used:].strip(b"\0")
    assert verify(tmp_path).is_good
    assert list(journal.decisions()) == decisions(3)
    journal.close()
    assert segment.stat().st_size == used


async def test_the_thread_writes_zeros_ahead_while_it_waits(tmp_path: Path) -> None:
    journal = await durable(tmp_path, prewrite=True)
    await journal.append(decisions(1))
    segment = tmp_path / "00000001.jsonl"
    async with asyncio.timeout(10):
        while segment.stat().st_size < AHEAD:
            await asyncio.sleep(0.01)
    journal.close()


@pytest.mark.fault(22)
def test_other_code_or_settings_begin_a_segment_of_their_own(tmp_path: Path) -> None:
    written(tmp_path, 2)
    written(tmp_path, 2)
    assert len(Ledger.of(tmp_path).segments) == 1
    written(tmp_path, 2, settings_hash="beef")
    written(tmp_path, 2, settings_hash="beef", code="1.10.0")
    ledger = Ledger.of(tmp_path)
    headers = [
        chain.parse_header(ledger.records(n)[0][chain.PREFIX_BYTES : -len(chain.SUFFIX)])
        for n in ledger.segments
    ]
    assert [(h.code, h.settings, h.seq) for h in headers if h is not None] == [
        ("1.2.3", "cafe", 1), ("1.2.3", "beef", 5), ("1.10.0", "beef", 7),
    ]


@pytest.mark.fault(22)
def test_an_older_release_leaves_a_newer_ones_journal_alone(tmp_path: Path) -> None:
    written(tmp_path, 2, code="1.10.0")
    before = Ledger.of(tmp_path)
    with pytest.raises(JournalMismatch) as raised:
        opened(tmp_path, code="1.9.9")
    assert "segment 1 was written by release 1.10.0, this is 1.9.9" in str(raised.value)
    assert Ledger.of(tmp_path) == before


@pytest.mark.fault(22)
def test_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain.Header, "encode", lambda header: (
        b'{"segment":1,"format":2,"code":"1.2.3","settings":"cafe","seq":1}'
    ))
    written(tmp_path, 2)
    with pytest.raises(JournalDamaged, match="written in format 2, this code reads 1"):
        opened(tmp_path)


@pytest.mark.fault(105)
def test_only_its_owner_may_read_a_journal(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        written(tmp_path / "journal", 30, segment_bytes=1000)
    finally:
        os.umask(old)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "journal").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o700


@pytest.mark.fault(38)
@pytest.mark.parametrize("name", ["HEAD", "00000001.jsonl"])
@pytest.mark.parametrize("kind", ["link", "second name", "directory", "pipe"])
def test_what_is_no_file_of_ours_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    directory = written(tmp_path / "journal", 3)
    path, moved = directory / name, tmp_path / "moved"
    path.rename(moved)
    make: dict[str, Callable[[], object]] = {
        "link": lambda: path.symlink_to(moved), "second name": lambda: path.hardlink_to(moved),
        "directory": path.mkdir, "pipe": lambda: os.mkfifo(path),
    }
    make[kind]()
    assert not verify(directory).is_good
    with pytest.raises(JournalDamaged):
        opened(directory)


@pytest.mark.fault(38)
def test_a_link_in_the_journals_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "journal").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalDamaged):
        opened(tmp_path / "journal")
    assert not list((tmp_path / "elsewhere").iterdir())


class Trouble:
    """Lets an operation pass so many times, then fail as a broken disk does."""

    def __init__(self, name: str, code: int, after: int = 0) -> None:
        self.real: Callable[..., Any] = getattr(os, name)
        self.code, self.after, self.calls = code, after, 0

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        if self.calls > self.after:
            raise OSError(self.code, os.strerror(self.code))
        return self.real(*args)


TROUBLES = [
    ("pwrite", errno.ENOSPC), ("pwrite", errno.EIO), ("fdatasync", errno.EIO),
    ("fdatasync", errno.ENOSPC),
]


@pytest.mark.fault(29, 31, 32)
@pytest.mark.parametrize(("name", "code"), TROUBLES)
@pytest.mark.parametrize("threaded", [False, True])
async def test_a_disk_that_fails_once_is_never_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threaded: bool, name: str, code: int
) -> None:
    journal = opened(tmp_path, threaded=threaded, sync=True)
    await journal.append(decisions(3))
    with monkeypatch.context() as broken:
        trouble = Trouble(name, code)
        broken.setattr(os, name, trouble)
        with pytest.raises(JournalFailed, match=os.strerror(code)):
            await journal.append(decisions(1, 4))
    calls = trouble.calls
    for first in (4, 5, 6):  # the disk works again, and nobody cares
        with pytest.raises(JournalFailed):
            await journal.append(decisions(1, first))
    assert trouble.calls == calls == 1
    assert journal.head.seq == 3
    journal.close()
    again = opened(tmp_path)
    assert [*range(1, 4)] == [d.seq for d in again.decisions()][:3]
    again.close()


async def test_all_that_wait_fail_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = await durable(tmp_path)
    syncing, go_on = threading.Event(), threading.Event()

    def slow(_: int) -> None:
        syncing.set()
        go_on.wait(10)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fdatasync", slow)
    waiting = [journal.append(decisions(1))]
    assert await asyncio.to_thread(syncing.wait, 10)
    waiting += [journal.append([decision]) for decision in decisions(5, 2)]
    go_on.set()
    async with asyncio.timeout(10):
        found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in found] == [JournalFailed] * 6
    journal.close()


class NotedDisk(Disk):
    """Notes what is made durable, and in which order."""

    def __init__(self) -> None:
        self.order: list[str] = []

    def sync(self, fd: int) -> None:
        super().sync(fd)
        self.order.append("synced")

    def rename(self, path: Path, to: Path) -> None:
        super().rename(path, to)
        self.order.append("named")

    def sync_directory(self, directory: Path) -> None:
        super().sync_directory(directory)
        self.order.append("directory")


@pytest.mark.fault(6)
def test_a_new_segments_name_is_on_the_disk_before_it_is_used(tmp_path: Path) -> None:
    """A synced file in a directory that is not synced can be gone after the power was."""
    disk = NotedDisk()
    journal = opened(tmp_path, sync=True, segment_bytes=1000, disk=disk)
    journal.write(decisions(10))
    disk.order.clear()
    journal.write(decisions(1, 11))
    sealed_begun, then, anchored_written = ["synced"] * 2, ["named", "directory"], ["synced"] * 2
    assert disk.order == [*sealed_begun, *then, *anchored_written]
    journal.close()


@pytest.mark.fault(33, 37)
def test_a_short_write_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: real(fd, data[:7], at))
    written(tmp_path, 5)
    assert list(replay(tmp_path)) == decisions(5)


@pytest.mark.fault(29)
def test_a_disk_that_fills_while_a_segment_begins_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened(tmp_path, segment_bytes=1000, sync=True)
    journal.write(decisions(10))
    monkeypatch.setattr(os, "fdatasync", Trouble("fdatasync", errno.ENOSPC))
    with pytest.raises(JournalFailed):
        journal.write(decisions(1, 11))
    monkeypatch.undo()
    journal.close()
    assert list(replay(tmp_path)) == decisions(10)
    written(tmp_path, 1)
    assert list(replay(tmp_path)) == decisions(11)


@pytest.mark.fault(31, 35)
def test_a_disk_that_fails_at_the_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fdatasync", Trouble("fdatasync", errno.EIO))
    with pytest.raises(JournalFailed):
        opened(tmp_path, sync=True)


@pytest.mark.fault(36)
def test_a_deleted_file_stops_its_writer(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.write(decisions(1))
    (tmp_path / "00000001.jsonl").unlink()
    with pytest.raises(JournalFailed, match="deleted"):
        journal.write(decisions(1, 2))
    journal.close()


async def test_a_closed_journal_takes_nothing_more(tmp_path: Path) -> None:
    for threaded in (False, True):
        journal = opened(tmp_path / str(threaded), threaded=threaded)
        journal.close()
        journal.close()
        with pytest.raises(JournalFailed, match="closed"):
            await journal.append(decisions(1))


def test_a_decision_out_of_turn_is_a_mistake_of_ours(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    with pytest.raises(AssertionError, match="decision 2 where 1 is next"):
        journal.write(decisions(1, 2))
    journal.close()


def test_a_reader_follows_a_journal_that_is_being_written(tmp_path: Path) -> None:
    journal = opened(tmp_path, prewrite=True, segment_bytes=1000)
    for decision in decisions(30):
        journal.write([decision])
        assert [d.seq for d in replay(tmp_path)] == [*range(1, decision.seq + 1)]
    journal.close()


async def test_without_writing_ahead_no_zeros_are_written(tmp_path: Path) -> None:
    journal = await durable(tmp_path, prewrite=False)
    await journal.append(decisions(3))
    await asyncio.sleep(0.05)
    assert (tmp_path / "00000001.jsonl").stat().st_size == journal.head.end
    journal.close()
