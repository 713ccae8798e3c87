"""Where do lines go whose reader is slow, full or gone? Into a bounded queue; nobody waits for it.

A thread writes; what does not fit, and what could not be written, is counted and lost.
"""

import io
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Final, TextIO, TypeAlias

from tradebot.shell.journal import place

WAITING_MAX: Final = 10_000
CLOSE_WITHIN_S: Final = 1.0
GATHER_S: Final = 0.005  # what comes meanwhile is written with one call
_LOOK_AGAIN_S: Final = 0.001

Write: TypeAlias = Callable[[Sequence[str]], None]


class Outlet(io.StringIO):
    """Takes text at once and writes it soon; a rehearsal may have patience: its time can wait."""

    def __init__(
        self, name: str, write: Write, *, patience_s: float = 0.0, is_terminal: bool = False,
        waiting_max: int = WAITING_MAX, gather_s: float = GATHER_S,
    ) -> None:
        super().__init__()
        self.lost = 0
        self.trouble = ""
        self._write = write
        self._patience_s = patience_s
        self._is_terminal = is_terminal
        self._waiting_max = waiting_max
        self._gather_s = gather_s
        self._waiting: deque[str | Callable[[], str]] = deque()
        self._news = Event()
        self._is_ending = False
        self._thread = Thread(target=self._run, name=f"outlet: {name}", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> int:
        self.later(text)
        return len(text)

    def later(self, text: str | Callable[[], str]) -> None:
        """Take a text, or what makes one: that is called where the text is written."""
        if not self._thread.is_alive() and not self._is_ending:
            self.lost += 1
            self.trouble = "its thread has ended"  # by a text that could not be made
        elif len(self._waiting) >= self._waiting_max and not self._has_room():
            self.lost += 1
        else:
            self._waiting.append(text)
            if not self._news.is_set():
                self._news.set()

    def close(self) -> None:
        """Write what waits, within a bound."""
        if not self._is_ending:
            self._is_ending = True
            self._news.set()
            self._thread.join(CLOSE_WITHIN_S)
        super().close()

    def _has_room(self) -> bool:
        """Wait for room while there is patience; a reader that used it up gets no more."""
        until = time.monotonic() + self._patience_s
        while time.monotonic() < until:
            time.sleep(_LOOK_AGAIN_S)
            if len(self._waiting) < self._waiting_max:
                return True
        self._patience_s = 0.0
        return False

    def _run(self) -> None:
        while not self._is_ending or self._waiting:
            self._news.wait()
            if not self._is_ending:
                time.sleep(self._gather_s)
            self._news.clear()
            taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
            texts = [text if isinstance(text, str) else text() for text in taken]
            try:
                if texts:
                    self._write(texts)
                self.trouble = ""
            except (OSError, ValueError) as error:
                self.lost += len(texts)
                self.trouble = str(error)


def to_stream(out: TextIO, hide: Callable[[str], str]) -> Write:
    """Write to a terminal, a pipe or a program's log."""
    def write(texts: Sequence[str]) -> None:
        out.write(hide("".join(texts)))
        out.flush()

    return write


def to_file(path: Path, *, bytes_max: int, files_max: int) -> Write:
    """Append to a file of ours; a line that a full disk or a crash cut off stays alone.

    A file that is full becomes `.1`, that one `.2` and so on; of them all there are `files_max`.
    """
    files = [path, *(path.with_name(f"{path.name}.{n}") for n in range(1, files_max))]

    def write(texts: Sequence[str]) -> None:
        if path.exists() and path.stat().st_size >= bytes_max:
            _rotate(files)
        fd = _opened(path, os.O_RDWR | os.O_CREAT)
        try:
            end = os.lseek(fd, 0, os.SEEK_END)
            is_torn = end > 0 and os.pread(fd, 1, end - 1) != b"\n"
            place.write_all(fd, ("\n" * is_torn + "".join(texts)).encode(), end)
        finally:
            os.close(fd)

    return write


def _rotate(files: Sequence[Path]) -> None:
    files[-1].unlink(missing_ok=True)
    for newer, older in reversed([*pairwise(files)]):
        if newer.exists():
            newer.replace(older)


def instead_of(path: Path) -> Write:
    """Replace a file by the newest text, whole or not at all."""
    def write(texts: Sequence[str]) -> None:
        place.make_directory(path.parent)
        place.replace(path, texts[-1].encode())

    return write


def _opened(path: Path, flags: int) -> int:
    place.make_directory(path.parent)
    return place.open_file(path, flags)
