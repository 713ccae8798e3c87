"""How do bytes reach the disk? One segment's file: written ahead with zeros, then overwritten.

Overwriting blocks that are there already spares the file system its own journal: a sync is
faster, and stays fast beside other work.
"""

import os
from pathlib import Path
from typing import Final

from tradebot.shell.journal import place

AHEAD: Final = 4 << 20
PIECE: Final = 1 << 18
_ZEROS: Final = bytes(PIECE)


class Segment:
    """The segment that is written to. Any OSError is the end of it: nothing is tried again."""

    def __init__(self, fd: int, *, position: int, ahead: int, is_synced: bool) -> None:
        self.position = position
        self._fd = fd
        self._ahead = ahead
        self._zeroed = os.fstat(fd).st_size
        self._is_synced = is_synced

    @classmethod
    def begin(
        cls, directory: Path, number: int, header: bytes, *, ahead: int, is_synced: bool
    ) -> "Segment":
        """Make the file; it gets its name when its header is on the disk."""
        path = place.segment_path(directory, number)
        begun = path.with_name(path.name + place.BEGUN)
        fd = place.open_file(begun, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        segment = cls(fd, position=0, ahead=ahead, is_synced=is_synced)
        segment.write(header)
        segment.sync()
        if path.exists():
            raise FileExistsError(f"{path} is there already")
        begun.rename(path)
        if is_synced:
            place.sync_directory(directory)
        return segment

    @classmethod
    def resume(
        cls, directory: Path, number: int, position: int, *, ahead: int, is_synced: bool
    ) -> "Segment":
        fd = place.open_file(place.segment_path(directory, number), os.O_RDWR)
        return cls(fd, position=position, ahead=ahead, is_synced=is_synced)

    def cut(self) -> None:
        """Drop what follows the last whole record."""
        os.ftruncate(self._fd, self.position)
        self._zeroed = self.position
        os.fsync(self._fd)

    def write(self, data: bytes) -> None:
        end = self.position + len(data)
        while self._ahead and self._zeroed < end:
            self.write_ahead()
        place.write_all(self._fd, data, self.position)
        self.position = end

    def sync(self) -> None:
        if self._is_synced:
            os.fdatasync(self._fd)
        if os.fstat(self._fd).st_nlink == 0:
            raise FileNotFoundError("the journal's file was deleted while it was written")

    def wants_more_ahead(self) -> bool:
        return bool(self._ahead) and self._zeroed - self.position < self._ahead

    def write_ahead(self) -> None:
        """Write one more piece of zeros behind what is written."""
        start = max(self._zeroed, self.position)
        place.write_all(self._fd, _ZEROS, start)
        self._zeroed = start + len(_ZEROS)

    def seal(self) -> None:
        """Trim the zeros and close: the file ends where its last record ends."""
        os.ftruncate(self._fd, self.position)
        os.fsync(self._fd)
        self.close()

    def close(self) -> None:
        os.close(self._fd)
