"""Which number does the next order bear? Never one that any order of ours has borne.

IB counts orders for each client, and a number counts again from low down when its owner forgets:
then an old order's fills are taken for those of a new one. So numbers are reserved in a file,
in blocks, before the first of them is used.
"""

import os
from pathlib import Path
from typing import Final

BLOCK: Final = 1_000
_FIRST: Final = 1


class OrderNumbers:
    """Gives out numbers that only rise, whatever the gateway, a crash or another client says."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = _FIRST
        self._reserved = 0  # what may be used without a look at the disk: all below
        self._is_read = False

    def begin(self, valid: int) -> None:
        """Take up what the file says and what the gateway offers; raise OSError or ValueError."""
        if not self._is_read:
            self._next = self._reserved = self._read()
            self._is_read = True
        self.seen(valid - 1)

    def seen(self, number: int) -> None:
        """Step over a number that somebody used."""
        self._next = max(self._next, number + 1)

    def take(self) -> int:
        """Return a number that is ours alone; the disk knows of it before."""
        if self._next >= self._reserved:
            self._reserve(self._next + BLOCK)
        self._next += 1
        return self._next - 1

    def _read(self) -> int:
        try:
            return int(self._path.read_text("ascii"))
        except FileNotFoundError:
            return _FIRST
        except ValueError:
            raise ValueError(f"{self._path}: expected the next order number") from None

    def _reserve(self, until: int) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            file.write(f"{until}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._reserved = until
