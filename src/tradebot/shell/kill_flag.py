"""How is trading stopped at once? By a latch in memory, by a file that any hand can leave."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

KILL_FILE: Final = "KILL"
SPARE_FILE: Final = "KILL.spare"  # a name is all that it lacks, where no file can be made any more
_SPARE_REASON: Final = b"the disk took no new file\n"
_LOOK_EVERY_S: Final = 0.02
_REASON_BYTES_MAX: Final = 800
_SAFE: Final = os.O_CLOEXEC | os.O_NONBLOCK  # a pipe of that name must hold nobody up


class Latch:
    """The kill latch: set in memory first, before anything else is done about it.

    Anyone sets it, from any thread, and from a signal's handler: it takes no lock. `heard` are told
    afterwards, where it was set, and see to the rest. `sets` tells whoever is about to clear it
    that it was set again meanwhile.
    """

    def __init__(self) -> None:
        self.reason: str | None = None
        self.by = ""
        self.sets = 0
        self.heard: list[Callable[[], object]] = []

    def set(self, reason: str, by: str = "daemon") -> None:
        self.sets += 1
        if self.reason is None:
            self.by = by
            self.reason = reason
        for hear in self.heard:
            hear()

    def clear(self) -> None:
        self.reason = None


def drop(home: Path, reason: str) -> Path:
    """Leave the flag, also where no daemon ever ran; that it is there counts, not what it says.

    Raises OSError where not even an empty file can be left, and no spare one was laid ready.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / KILL_FILE
    try:
        _write(path, f"{reason}\n".encode()[:_REASON_BYTES_MAX])
    except OSError as error:
        try:
            (home / SPARE_FILE).rename(path)
        except OSError:
            raise error from None
    return path


def lift(home: Path) -> None:
    """Take the flag away; the next one may be needed on a disk that is full."""
    (home / KILL_FILE).unlink(missing_ok=True)
    lay_spare(home)


def stamp(home: Path) -> tuple[int, ...] | None:
    """Return what changes when the flag is dropped once more, None where there is none."""
    try:
        found = (home / KILL_FILE).lstat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def lay_spare(home: Path) -> None:
    """Lay a flag ready while there is room."""
    with suppress(OSError):  # it is of use on the fullest of disks only
        _write(home / SPARE_FILE, _SPARE_REASON)


def _write(path: Path, text: bytes) -> None:
    how = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    flag = os.open(path, how | _SAFE, 0o600)
    try:
        os.write(flag, text)
        os.fsync(flag)
    except OSError:
        pass  # a full disk takes no reason, but the file is there
    finally:
        os.close(flag)


def reason_in(path: Path) -> str | None:
    """Return why trading is to stop, or None where there is no flag."""
    if not os.path.lexists(path):
        return None
    try:
        flag = os.open(path, os.O_RDONLY | _SAFE)
        try:
            told = os.read(flag, _REASON_BYTES_MAX).decode(errors="replace").strip()[:200]
        finally:
            os.close(flag)
    except OSError as error:
        told = f"unreadable: {error.strerror}"
    return told or "kill file"


class FlagWatch:
    """Looks for the flag from a thread of its own, and sets the latch: nothing leaves from then on.

    What else a kill asks for is done by whoever hears of the latch.
    """

    def __init__(self, home: Path, latch: Latch) -> None:
        self._path = home / KILL_FILE
        self._latch = latch
        self._ended = threading.Event()

    def __enter__(self) -> None:
        threading.Thread(target=self._watch, name="kill file", daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            if self._latch.reason is None and (reason := reason_in(self._path)) is not None:
                self._latch.set(reason, "kill file")
