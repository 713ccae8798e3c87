"""Is a snapshot what was saved, or else nothing at all?"""

import errno
import stat
from pathlib import Path

import pytest

from tradebot.shell.journal import snapshot
from tradebot.shell.journal.chain import Anchor, Stand
from tradebot.shell.journal.place import Disk, NotOurFile
from tradebot.shell.journal.snapshot import Snapshot, Unusable

STAND = Stand(Anchor(seq=7, h="ab" * 20, segment=2, end=900), start=700, record=4)
KEPT = Snapshot(STAND, "cd" * 20, b"any bytes\nat all\0")
LATER = Snapshot(STAND, "cd" * 20, b"later")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    kept = tmp_path / "snapshots" / "views"
    snapshot.save(kept, KEPT)
    return kept


def test_it_comes_back_with_its_line_and_hash(path: Path) -> None:
    assert snapshot.load(path) == KEPT


@pytest.mark.fault(40)
def test_every_flipped_bit_and_every_truncation_makes_it_unusable(path: Path) -> None:
    data = path.read_bytes()
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            with pytest.raises(Unusable):
                snapshot.load(path)
        path.write_bytes(data[:place])
        with pytest.raises(Unusable):
            snapshot.load(path)
    path.write_bytes(data + b"\n")
    with pytest.raises(Unusable):
        snapshot.load(path)


def test_where_none_is_there_is_nothing_to_tell(path: Path) -> None:
    assert snapshot.load(path.with_name("other")) is None
    with pytest.raises(Unusable):
        snapshot.load(path.parent)


class FullDisk(Disk):
    """Has room for so many bytes more."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, fd: int, data: memoryview, position: int) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "no space left")
        fits = data[: self.room]
        self.room -= len(fits)
        return super().write(fd, fits, position)


def test_a_disk_that_fills_while_it_is_written_leaves_the_old_one(path: Path) -> None:
    size = len(path.read_bytes()) - len(KEPT.state) + len(LATER.state)
    for room in range(size):
        with pytest.raises(OSError, match="no space"):
            snapshot.save(path, LATER, FullDisk(room))
        assert snapshot.load(path) == KEPT
    snapshot.save(path, LATER, FullDisk(size))
    assert snapshot.load(path) == LATER


class DyingDisk(Disk):
    """Dies at its n-th step."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def _step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise OSError("the power went")

    def write(self, fd: int, data: memoryview, position: int) -> int:
        self._step()
        return super().write(fd, data, position)

    def sync(self, fd: int) -> None:
        self._step()
        super().sync(fd)

    def rename(self, path: Path, to: Path) -> None:
        self._step()
        super().rename(path, to)

    def sync_directory(self, directory: Path) -> None:
        self._step()
        super().sync_directory(directory)


@pytest.mark.fault(6)
def test_a_crash_while_saving_leaves_the_old_one_or_the_new_one(path: Path) -> None:
    found = []
    for steps in range(4):
        snapshot.save(path, KEPT)
        with pytest.raises(OSError, match="power"):
            snapshot.save(path, LATER, DyingDisk(steps))
        found.append(snapshot.load(path))
    assert found == [KEPT, KEPT, KEPT, LATER]


def test_another_state_of_the_code_has_another_shape(tmp_path: Path) -> None:
    shapes = set()
    for text in ("a = 1", "a = 2", "a =  2"):
        (tmp_path / "fold.py").write_text(text, encoding="utf-8")
        shapes.add(snapshot.shape_of(tmp_path))
    (tmp_path / "fold.py").rename(tmp_path / "folds.py")
    shapes.add(snapshot.shape_of(tmp_path))
    assert len(shapes) == 4


@pytest.mark.fault(105)
def test_only_its_owner_may_read_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.fault(38, 101)
def test_links_are_not_followed(path: Path, tmp_path: Path) -> None:
    moved = path.rename(tmp_path / "moved")
    path.symlink_to(moved)
    with pytest.raises(Unusable):
        snapshot.load(path)
    data = moved.read_bytes()
    snapshot.save(path, LATER)
    assert moved.read_bytes() == data
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotOurFile):
        snapshot.save(tmp_path / "linked" / "views", KEPT)
