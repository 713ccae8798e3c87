"""Where do the journal's files lie, and how are they opened? Regular files of ours, never links."""

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO, Final

HEAD: Final = "HEAD"
SUFFIX: Final = ".jsonl"
BEGUN: Final = ".begun"  # a segment that has no header on the disk yet
_SEGMENT: Final = re.compile(r"([0-9]{8})\.jsonl")
_SAFE: Final = os.O_NOFOLLOW | os.O_CLOEXEC
_ANCHOR_READS: Final = 3  # a daemon may be writing it in place just now


class NotOurFile(OSError):
    """A link, a directory or a device stands where a file of ours belongs."""


class Disk:
    """The machine's disk: all that the journal asks of one. The simulator has another."""

    def open(self, path: Path, flags: int) -> int:
        """Open one of our files, 0600 when new; refuse links, and what is no regular file."""
        try:
            fd = os.open(path, flags | _SAFE | os.O_NONBLOCK, 0o600)  # a pipe must not make us wait
        except OSError as error:
            if path.is_symlink():
                text = f"{path} is a link; a file of its own belongs here"
                raise NotOurFile(text) from error
            raise
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            os.close(fd)
            raise NotOurFile(f"{path} is no regular file with one name")
        return fd

    def reader(self, path: Path) -> BinaryIO:
        return os.fdopen(self.open(path, os.O_RDONLY), "rb")

    def write(self, fd: int, data: memoryview, position: int) -> int:
        return os.pwrite(fd, data, position)

    def sync(self, fd: int) -> None:
        """Make data and size durable; not the times of the file."""
        os.fdatasync(fd)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def size(self, fd: int) -> int:
        return os.fstat(fd).st_size

    def is_deleted(self, fd: int) -> bool:
        return os.fstat(fd).st_nlink == 0

    def close(self, fd: int) -> None:
        os.close(fd)

    def names(self, directory: Path) -> list[str]:
        return [path.name for path in directory.iterdir()]

    def is_there(self, path: Path) -> bool:
        """Tell whether anything has this name, if only a link to nowhere."""
        return os.path.lexists(path)

    def rename(self, path: Path, to: Path) -> None:
        path.replace(to)

    def unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def make_directory(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not stat.S_ISDIR(os.lstat(directory).st_mode):
            raise NotOurFile(f"{directory} is a link; a directory belongs here")

    def sync_directory(self, directory: Path) -> None:
        fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | _SAFE)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


MACHINE: Final = Disk()


def journal_of(directory: Path) -> Path:
    """Take a data directory or its journal."""
    inner = directory / "journal"
    return inner if inner.is_dir() else directory


def segment_path(directory: Path, number: int) -> Path:
    return directory / f"{number:08d}{SUFFIX}"


def segments(directory: Path, disk: Disk = MACHINE) -> list[tuple[int, Path]]:
    """List the segments in order, whatever stands under their names."""
    found = ((_SEGMENT.fullmatch(name), directory / name) for name in disk.names(directory))
    return sorted((int(match[1]), path) for match, path in found if match is not None)


def make_directory(directory: Path) -> None:
    MACHINE.make_directory(directory)


def open_file(path: Path, flags: int) -> int:
    return MACHINE.open(path, flags)


def open_reader(path: Path) -> BinaryIO:
    return MACHINE.reader(path)


def read_anchor(directory: Path, disk: Disk = MACHINE) -> bytes | None:
    """Return the anchor's bytes, or None where there is none."""
    path = directory / HEAD
    try:
        with disk.reader(path) as file:
            seen = [file.read(4096)]
            while len(seen) < _ANCHOR_READS:
                file.seek(0)
                seen.append(file.read(4096))
                if seen[-1] == seen[-2]:
                    break
            return seen[-1]
    except FileNotFoundError:
        return None


def write_all(fd: int, data: bytes, position: int, disk: Disk = MACHINE) -> None:
    """Write every byte; a short write is continued, an error is not."""
    view = memoryview(data)
    while view:
        written = disk.write(fd, view, position)
        view, position = view[written:], position + written


def replace(path: Path, data: bytes, disk: Disk = MACHINE) -> None:
    """Put a whole new file under this name, so that a crash leaves the old one or the new one."""
    begun = path.with_name(path.name + BEGUN)
    disk.unlink(begun)
    fd = disk.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        write_all(fd, data, 0, disk)
        disk.sync(fd)
    finally:
        disk.close(fd)
    disk.rename(begun, path)
    disk.sync_directory(path.parent)
