"""How do bytes reach the disk? One segment's file: written ahead with zeros, then overwritten.

Overwriting blocks that are there already spares the file system its own journal: a sync is
faster, and stays fast beside other work.
"""

import os
from pathlib import Path
from typing import Final

from tradebot.shell.journal import place
from tradebot.shell.journal.place import Disk

AHEAD: Final = 4 << 20
PIECE: Final = 1 << 18
_ZEROS: Final = bytes(PIECE)


class Segment:
    """The segment that is written to. Any OSError is the end of it: nothing is tried again."""

    def __init__(
        self, disk: Disk, path: Path, fd: int, *, position: int, ahead: int, is_synced: bool
    ) -> None:
        self.position = position
        self._disk = disk
        self._path = path
        self._fd = fd
        self._ahead = ahead
        self._zeroed = disk.size(fd)
        self._is_synced = is_synced

    @classmethod
    def begin(
        cls, disk: Disk, path: Path, header: bytes, *, ahead: int, is_synced: bool
    ) -> "Segment":
        """Make the file; it gets its name when its header is on the disk."""
        begun = path.with_name(path.name + place.BEGUN)
        fd = disk.open(begun, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        segment = cls(disk, path, fd, position=0, ahead=ahead, is_synced=is_synced)
        segment.write(header)
        segment.sync()
        if disk.is_there(path):
            raise FileExistsError(f"{path} is there already")
        disk.rename(begun, path)
        if is_synced:
            disk.sync_directory(path.parent)
        return segment

    @classmethod
    def resume(
        cls, disk: Disk, path: Path, position: int, *, ahead: int, is_synced: bool
    ) -> "Segment":
        fd = disk.open(path, os.O_RDWR)
        return cls(disk, path, fd, position=position, ahead=ahead, is_synced=is_synced)

    def cut(self) -> None:
        """Drop what follows the last whole record."""
        self._disk.truncate(self._fd, self.position)
        self._zeroed = self.position
        self._disk.sync(self._fd)

    def write_again(self, start: int) -> None:
        """Write from here to the end what is there already."""
        with self._disk.reader(self._path) as file:
            file.seek(start)
            written = file.read(self.position - start)
        place.write_all(self._fd, written, start, self._disk)

    def write(self, data: bytes) -> None:
        end = self.position + len(data)
        while self._ahead and self._zeroed < end:
            self.write_ahead()
        place.write_all(self._fd, data, self.position, self._disk)
        self.position = end

    def sync(self) -> None:
        if self._is_synced:
            self._disk.sync(self._fd)
        if self._disk.is_deleted(self._fd):
            raise FileNotFoundError("the journal's file was deleted while it was written")

    def wants_more_ahead(self) -> bool:
        return bool(self._ahead) and self._zeroed - self.position < self._ahead

    def write_ahead(self) -> None:
        """Write one more piece of zeros behind what is written."""
        start = max(self._zeroed, self.position)
        place.write_all(self._fd, _ZEROS, start, self._disk)
        self._zeroed = start + len(_ZEROS)

    def seal(self) -> None:
        """Trim the zeros and close: the file ends where its last record ends."""
        self._disk.truncate(self._fd, self.position)
        self._disk.sync(self._fd)
        self.close()

    def close(self) -> None:
        self._disk.close(self._fd)
