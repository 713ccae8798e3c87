"""How does a record become a line of its day's file? JSON, appended; no decision waits for a disk.

The journal is the truth. A full disk or a crash may keep lines back: who writes them looks at the
next start what is there already.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from tradebot.shell.told.outlet import Outlet, to_file

T = TypeVar("T")

_FILES_MAX: Final = 2  # of one day: a storm of records must not fill the disk


class DailyFiles:
    def __init__(
        self, directory: Path, what: str, own: Callable[[Callable[[], None]], object], *,
        bytes_max: int = 10_000_000,
    ) -> None:
        self._directory = directory
        self._what = what
        self._own = own  # takes what closes an outlet
        self._bytes_max = bytes_max
        self._open: tuple[date, Outlet] | None = None

    def write(self, day: date, record: dict[str, Any]) -> None:
        self._outlet(day).write(json.dumps(record) + "\n")

    def later(self, day: date, record: Callable[[], dict[str, Any]]) -> None:
        """Write what is made only then, where it is written."""
        self._outlet(day).later(lambda: json.dumps(record()) + "\n")

    def _outlet(self, day: date) -> Outlet:
        if self._open is None or self._open[0] != day:
            if self._open is not None:
                self._open[1].close()
            path = _path(self._directory, day)
            write = to_file(path, bytes_max=self._bytes_max, files_max=_FILES_MAX)
            out = Outlet(self._what, write)
            self._own(out.close)
            self._open = day, out
        return self._open[1]


def lacking(
    directory: Path, named_by: Sequence[str], kept: Iterable[tuple[date, Sequence[object], T]]
) -> Iterator[T]:
    """Yield what its day's files do not tell by these fields: a crash or a full disk kept it back.

    `kept` has the day of each record, the values of the fields, and the record.
    """
    told: dict[date, set[tuple[str, ...]]] = {}
    for day, name, record in kept:
        if day not in told:
            lines = records(directory, day)
            told[day] = {tuple(str(line.get(field)) for field in named_by) for line in lines}
        if tuple(map(str, name)) not in told[day]:
            yield record


def records(directory: Path, day: date) -> Iterator[dict[str, Any]]:
    """Yield what a day's files tell; a torn line tells nothing."""
    path = _path(directory, day)
    for found in (path.with_name(f"{path.name}.1"), path):
        if found.exists():
            yield from read(found)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of one file."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                yield record


def _path(directory: Path, day: date) -> Path:
    return directory / f"{day:%Y-%m-%d}.jsonl"
