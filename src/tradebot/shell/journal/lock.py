"""Does another process use this data directory? One lock, held for the life of the process."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Final

from tradebot.shell.journal import place

LOCK: Final = "tradebot.lock"


class DataDirInUse(Exception):
    """Another process holds the data directory; the text names it."""


class DataDirLock:
    """Held from construction to `release`, or to the end of the process however it ends."""

    def __init__(self, data_dir: Path) -> None:
        self._fd = place.open_file(data_dir / LOCK, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._fd)
            raise DataDirInUse(f"{data_dir} is in use by process {holder}") from None
        os.ftruncate(self._fd, 0)
        place.write_all(self._fd, b"%d\n" % os.getpid(), 0)

    def __enter__(self) -> "DataDirLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
