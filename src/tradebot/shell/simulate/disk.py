"""What does a disk keep? What was synced; of the rest the power takes what it likes."""

import errno
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from tradebot.shell.journal.place import Disk
from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.faults import Faults

_SECTOR: Final = 512
_PAGE: Final = 4096
_YOUNG: Final = 20_000


class Killed(BaseException):
    """The process is gone: whoever runs on must not touch the world."""


@dataclass(slots=True)
class _File:
    """A file as programs see it, and as the platter holds it."""

    seen: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)  # None: cut here


class Process(Protocol):
    """Who writes: it may die in any call, and then nothing of it touches the world again."""

    is_dead: bool

    def kill(self, by: str) -> None: ...
    def signal(self, by: str) -> None: ...


class Platter:
    """What is on the disk; it outlives processes."""

    def __init__(self, chance: Chance) -> None:
        self.files: dict[Path, _File] = {}
        self._named: dict[Path, _File] = {}  # the directory, as far as it is durable
        self._chance = chance

    def kept(self, path: Path) -> bytes:
        """Return what a power cut would leave at least."""
        file = self.files.get(path)
        return bytes(file.kept) if file is not None else b""

    def keeps(self, text: bytes) -> bool:
        """Tell whether a power cut would leave this text in some file; what is young is fast."""
        return any(text in file.kept[-_YOUNG:] for file in self.files.values()) or any(
            text in file.kept for file in self.files.values()
        )

    def keep_names(self) -> None:
        self._named = dict(self.files)

    def cut_power(self) -> None:
        """Lose what was not synced, or some sectors of it."""
        if self._chance.happens("names lost", .5):
            self.files = dict(self._named)
        self.keep_names()
        for path, file in self.files.items():
            self._settle(file, path.name)
            file.unsynced.clear()
            file.seen = bytearray(file.kept)

    def _settle(self, file: _File, name: str) -> None:
        """Let each sector be as it was after some of the writes that were not synced."""
        reached: dict[int, int] = {}
        for number, (at, data) in enumerate(file.unsynced):
            for start, end in _sectors(at, len(data)) if data is not None else [(at, at)]:
                sector = start // _SECTOR
                if sector not in reached:
                    reached[sector] = self._chance.below(
                        f"writes to {name}", len(file.unsynced) + 1
                    )
                if number < reached[sector]:
                    _apply(file.kept, start, data and data[start - at:end - at])


def _sectors(at: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where a write lies in each sector that it touches."""
    start = at
    while start < at + size:
        end = min(at + size, start // _SECTOR * _SECTOR + _SECTOR)
        yield start, end
        start = end


class SimDisk(Disk):
    """One process' way to the platter, with everything that goes wrong on it."""

    def __init__(
        self, platter: Platter, process: Process, chance: Chance, faults: Faults
    ) -> None:
        self._platter = platter
        self._process = process
        self._chance = chance
        self._faults = faults
        self._open: dict[int, _File] = {}

    def open(self, path: Path, flags: int) -> int:
        files = self._look().files
        file = files.get(path)
        if file is None:
            if not flags & os.O_CREAT:
                raise FileNotFoundError(errno.ENOENT, "no such file", str(path))
            file = files[path] = _File()
        elif flags & os.O_EXCL:
            raise FileExistsError(errno.EEXIST, "there is one", str(path))
        fd = len(self._open) + 3
        self._open[fd] = file
        return fd

    def reader(self, path: Path) -> BinaryIO:
        file = self._look().files.get(path)
        if file is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", str(path))
        return io.BytesIO(bytes(file.seen))

    def write(self, fd: int, data: memoryview, position: int) -> int:
        file = self._of(fd)
        self._die_if("kill_before_write")
        for name, code in (("disk_full", errno.ENOSPC), ("write_error", errno.EIO)):
            if self._faults.hit(name):
                raise OSError(code, os.strerror(code))
        size, dies = len(data), self._faults.hit("kill_in_write")
        is_growing = position + size > len(file.seen)
        if dies:
            size = self._first_pages(position, size)
        elif is_growing and size > 1 and self._faults.hit("short_write"):
            size = 1 + self._chance.below("bytes written", size - 1)
        written = bytes(data[:size])
        _apply(file.seen, position, written)
        file.unsynced.append((position, written))
        if dies:
            self._die("kill_in_write")
        return size

    def sync(self, fd: int) -> None:
        file = self._of(fd)
        self._die_if("kill_before_sync")
        if self._faults.hit("sync_error"):
            # the pages are marked clean, and are on no platter; a length is no page, and waits
            file.unsynced = [waits for waits in file.unsynced if waits[1] is None]
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        for at, data in file.unsynced:
            _apply(file.kept, at, data)
        file.unsynced.clear()
        self._die_if("kill_after_sync")

    def truncate(self, fd: int, size: int) -> None:
        file = self._of(fd)
        _apply(file.seen, size, None)
        file.unsynced.append((size, None))

    def size(self, fd: int) -> int:
        return len(self._of(fd).seen)

    def is_deleted(self, fd: int) -> bool:
        file = self._of(fd)
        return all(file is not named for named in self._platter.files.values())

    def close(self, fd: int) -> None:
        self._of(fd)  # the number is not given again: there are few

    def names(self, directory: Path) -> list[str]:
        return [path.name for path in self._look().files if path.parent == directory]

    def is_there(self, path: Path) -> bool:
        return path in self._look().files

    def rename(self, path: Path, to: Path) -> None:
        files = self._look().files
        files[to] = files.pop(path)

    def unlink(self, path: Path) -> None:
        self._look().files.pop(path, None)

    def make_directory(self, directory: Path) -> None:
        """Directories are there."""

    def sync_directory(self, directory: Path) -> None:
        self._look().keep_names()

    def _first_pages(self, position: int, size: int) -> int:
        """Choose where a killed write ends: it is stopped between two pages, never inside one."""
        ends = [end - position for end in range(
            position // _PAGE * _PAGE + _PAGE, position + size, _PAGE
        )]
        return self._chance.pick("pages written", [0, *ends])

    def _of(self, fd: int) -> _File:
        self._look()
        return self._open[fd]

    def _look(self) -> Platter:
        if self._process.is_dead:
            raise Killed
        return self._platter

    def _die_if(self, name: str) -> None:
        if self._faults.hit(name):
            self._die(name)

    def _die(self, by: str) -> None:
        self._process.kill(by)
        raise Killed


def _apply(image: bytearray, at: int, data: bytes | None) -> None:
    """Write into an image, past its end too; or cut it."""
    if data is None:
        del image[at:]
        return
    if len(image) < at:
        image.extend(bytes(at - len(image)))
    image[at:at + len(data)] = data
