"""Does a backup hold what belongs together, nothing secret, and is a forged one refused?"""

import gzip
import hashlib
import io
import json
import os
import stat
import tarfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shell.journal.ledgers import written

from tradebot.shell.copies import keep
from tradebot.shell.copies.archive import BadArchive
from tradebot.shell.copies.cut import NoQuietMoment, cut
from tradebot.shell.copies.restore import NoRoom, restore
from tradebot.shell.journal import place
from tradebot.shell.journal.chain import Anchor
from tradebot.shell.journal.damage import JournalDamaged
from tradebot.shell.journal.lock import DataDirInUse, DataDirLock
from tradebot.shell.journal.verify import verify

AT = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
SECRET = "canary-7c1f"
Files = dict[str, bytes]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data directory with three segments, a broker's book, and what must stay there."""
    home = tmp_path / "data"
    written(home / "journal", 20, segment_bytes=1_000)
    for name, text in {
        "brokers/paper/book.jsonl": "opened\n", "drafts/a.yaml": "draft", "KILL": "enough",
        "api_token": SECRET, "telemetry/health.json": SECRET, "rehearsal/x": SECRET,
        "drafts/b.yaml.begun": SECRET, "tradebot.lock": SECRET, "snapshots/views": SECRET,
    }.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (home / "drafts" / "link.yaml").symlink_to(home / "api_token")
    return home


def test_a_backup_comes_back_as_it_was_and_holds_no_secret(home: Path, tmp_path: Path) -> None:
    path, made = keep.make(home, tmp_path, AT)
    assert path.name == "tradebot-20261124T033000Z-20.tar.gz"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SECRET.encode() not in gzip.decompress(path.read_bytes())
    there = tmp_path / "new" / "data"
    assert restore(path, there) == keep.check(path) == made
    found = {
        str(file.relative_to(there)): file.read_bytes()
        for file in there.rglob("*") if file.is_file() and file.name != "tradebot.lock"
    }
    assert found == {name: (home / name).read_bytes() for name in found}
    assert {"KILL", "drafts/a.yaml", "brokers/paper/book.jsonl", "journal/HEAD"} <= set(found)
    assert verify(there).seq == 20
    modes = {stat.S_IMODE(path.stat().st_mode) for path in there.rglob("*")}
    assert modes == {0o700, 0o600}


def test_a_book_is_cut_where_the_journal_is(tmp_path: Path) -> None:
    """Order k is decided as 2k, then known to the broker, filled, and the fill decided as 2k+1."""
    (tmp_path / "journal").mkdir()
    (tmp_path / "brokers").mkdir()
    head, book = tmp_path / "journal" / "HEAD", tmp_path / "brokers" / "book.jsonl"
    ended = threading.Event()
    head.write_bytes(Anchor(seq=1).encode())
    book.write_text("")

    def trade() -> None:
        fd = os.open(head, os.O_WRONLY)
        with book.open("a", buffering=1) as told:
            for k in range(1, 1_000_000):
                if ended.is_set():
                    break
                os.pwrite(fd, Anchor(seq=2 * k).encode(), 0)
                told.write(f"order {k:9}\n")
                told.write(f"filled {k:8}\n")
                os.pwrite(fd, Anchor(seq=2 * k + 1).encode(), 0)
                time.sleep(0.00005)
        os.close(fd)

    trading = threading.Thread(target=trade)
    trading.start()
    try:
        for _ in range(400):
            found = cut(tmp_path)
            (piece,) = found.pieces
            lines = book.read_text()[:piece.size].splitlines()
            orders = [int(line[6:]) for line in lines if line.startswith("order")]
            fills = [int(line[7:]) for line in lines if line.startswith("filled")]
            assert (orders or [0])[-1] <= found.anchor.seq // 2, "an order that nobody decided"
            assert (fills or [0])[-1] >= (found.anchor.seq - 1) // 2, "a fill that nobody told"
    finally:
        ended.set()
        trading.join()
    assert found.anchor.seq > 50, "nothing happened meanwhile"


def test_a_journal_that_never_stands_still_is_told(tmp_path: Path) -> None:
    class Restless:
        def __init__(self) -> None:
            self.seq = 0

        def __call__(self, directory: Path) -> bytes:
            self.seq += 1
            return Anchor(seq=self.seq).encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, "read_anchor", Restless())
        patch.setattr("tradebot.shell.copies.cut._PAUSE_S", 0)
        with pytest.raises(NoQuietMoment):
            cut(tmp_path)


def test_a_damaged_journal_is_no_backup(home: Path, tmp_path: Path) -> None:
    segment = home / "journal" / "00000002.jsonl"
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    with pytest.raises(JournalDamaged):
        keep.make(home, tmp_path, AT)
    assert not list(tmp_path.glob("*.gz*"))


def test_nothing_is_written_over(home: Path, tmp_path: Path) -> None:
    path, _ = keep.make(home, tmp_path / "b.tar.gz", AT)
    with pytest.raises(FileExistsError):
        keep.make(home, path, AT)
    with pytest.raises(NoRoom, match="not empty"):
        restore(path, home)
    there = tmp_path / "there"
    there.mkdir()
    with DataDirLock(there), pytest.raises(DataDirInUse):
        restore(path, there)


def test_only_the_newest_are_kept_and_nobody_elses_files_go(home: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    for name in ("notes.txt", "tradebot-1.tar.gz", "tradebot-20260101T000000Z-1.tar.gz.begun"):
        (kept / name).touch()
    for day in (1, 2, 3, 4):
        keep.make(home, kept, AT.replace(day=day))
    assert len(keep.prune(kept, 2)) == 3
    assert sorted(path.name for path in kept.iterdir()) == [
        "notes.txt", "tradebot-1.tar.gz",
        "tradebot-20261103T033000Z-20.tar.gz", "tradebot-20261104T033000Z-20.tar.gz",
    ]


def forged(path: Path, to: Path, change: Callable[[dict[str, Any], Files], object]) -> Path:
    """Write the archive anew as somebody hostile would: `change` the manifest and the files."""
    files: Files = {}
    with tarfile.open(path) as archive:
        for member in archive:
            taken = archive.extractfile(member)
            assert taken is not None
            files[member.name] = taken.read()
    manifest = json.loads(files.pop("MANIFEST.json"))
    change(manifest, files)
    for row in manifest["files"] if isinstance(manifest["files"], list) else ():
        data = files.get(row["path"], b"")
        if row["sha256"] == "again":
            row |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    with tarfile.open(to, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in {"MANIFEST.json": json.dumps(manifest).encode(), **files}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            if data.startswith(b"LINK "):
                info.type, info.linkname, info.size = tarfile.SYMTYPE, data[5:].decode(), 0
            archive.addfile(info, io.BytesIO(data))
    return to


def added(name: str, data: bytes = b"x") -> Callable[[dict[str, Any], Files], object]:
    def change(manifest: dict[str, Any], files: Files) -> None:
        manifest["files"].append({"path": name, "size": len(data), "sha256": "again"})
        files[name] = data

    return change


def changed(name: str, data: bytes) -> Callable[[dict[str, Any], Files], object]:
    return lambda _, files: files.update({name: data})


def kept(manifest: dict[str, Any], files: Files) -> None:
    """Change nothing."""


def cleared(manifest: dict[str, Any], files: Files) -> None:
    manifest["files"].clear()
    files.clear()


@pytest.mark.fault(101)
@pytest.mark.parametrize("change", [
    added("../outside"), added("/tmp/outside"), added("drafts/../../outside"), added("outside"),
    added("drafts//a"), added("drafts/a\nb"), added("drafts\\a"), added("tradebot.lock"),
    added("drafts/link", b"LINK /etc/passwd"), added("journal/00000009.jsonl"),
    added("drafts/big", bytes(40 << 20)),
    changed("drafts/a.yaml", b"other"), changed("drafts/a.yaml", b"LINK /etc/passwd"),
    changed("drafts/more.yaml", b"unnamed"),
    lambda manifest, files: manifest["files"][0].update(size=10**15),
    lambda manifest, files: manifest["files"].append(manifest["files"][0]),
    lambda manifest, files: manifest.update(format=2),
    lambda manifest, files: manifest.update(files=7),
    lambda manifest, files: manifest.update(seq=19),
    cleared,
], ids=range(20))
def test_a_forged_backup_is_refused_and_leaves_nothing(
    home: Path, tmp_path: Path, change: Callable[[dict[str, Any], Files], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, _ = keep.make(home, tmp_path / "good.tar.gz", AT)
    least = "tradebot.shell.copies.restore._FREE_LEAST_BYTES"
    monkeypatch.setattr(least, _all_but(32 << 20, tmp_path))
    good = forged(path, tmp_path / "alike.tar.gz", kept)
    bad = forged(path, tmp_path / "bad.tar.gz", change)
    assert keep.check(good).seq == 20, "the forger's own hand is not what is noticed"
    there = tmp_path / "there"
    with pytest.raises((BadArchive, JournalDamaged, NoRoom)):
        restore(bad, there)
    assert [path.name for path in there.iterdir()] == ["tradebot.lock"]
    assert not list(tmp_path.rglob("outside"))


def _all_but(room: int, where: Path) -> int:
    status = os.statvfs(where)
    return status.f_bavail * status.f_frsize - room


@pytest.mark.parametrize("cut_at", [0, 1, 100, 0.5, 0.9, -1])
def test_a_backup_that_lacks_its_end_is_refused(home: Path, tmp_path: Path, cut_at: float) -> None:
    path, _ = keep.make(home, tmp_path / "good.tar.gz", AT)
    data = path.read_bytes()
    short = tmp_path / "short.tar.gz"
    short.write_bytes(data[:int(cut_at * len(data)) if 0 < cut_at < 1 else int(cut_at)])
    with pytest.raises(BadArchive):
        keep.check(short)


def test_a_flipped_bit_is_noticed_or_changes_nothing(home: Path, tmp_path: Path) -> None:
    path, _ = keep.make(home, tmp_path / "good.tar.gz", AT)
    data, unnoticed = path.read_bytes(), 0
    for place_ in range(0, len(data), 23):
        bad = tmp_path / "bad.tar.gz"
        bad.write_bytes(data[:place_] + bytes([data[place_] ^ 4]) + data[place_ + 1:])
        try:
            keep.check(bad)
        except (BadArchive, JournalDamaged):
            continue
        unnoticed += 1
        assert gzip.decompress(bad.read_bytes()) == gzip.decompress(data)
    assert unnoticed < 5
