"""What would grow for ever beside the journal? Records of days long gone; the journal stays.

Only files named by a day in directories of ours are deleted, and an old rehearsal as a whole.
"""

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from tradebot.core.model.fact import fact
from tradebot.ports import Clock

LOOK_EVERY_S: Final = 3_600.0
_WITHIN_S: Final = 600.0
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[.\w-]*", re.ASCII)
_REHEARSAL: Final = "rehearsal.last"


@fact
class RetentionSection:
    """How many days of records are kept beside the journal, which always is.

    gates_days: runs of the gates, a file a day
    promotions_days: who let what go on, a file a day
    dead_letters_days: what no broker would take, a file a day
    reports_days: reports, a file a day
    rehearsal_days: the rehearsal before the last one
    """

    gates_days: Annotated[int, Field(ge=1)] = 90
    promotions_days: Annotated[int, Field(ge=1)] = 400
    dead_letters_days: Annotated[int, Field(ge=1)] = 400
    reports_days: Annotated[int, Field(ge=1)] = 400
    rehearsal_days: Annotated[int, Field(ge=1)] = 30


class Housekeeper:
    """Looks every hour; `used` is how many bytes lay under each name at the last look."""

    def __init__(
        self, home: Path, section: RetentionSection, clock: Clock, tell: Callable[[str], None]
    ) -> None:
        self.used: Mapping[str, int] = {}
        self._home = home
        self._section = section
        self._clock = clock
        self._tell = tell

    async def run(self) -> None:
        while True:
            async with asyncio.timeout(_WITHIN_S):
                gone = await asyncio.to_thread(sweep, self._home, self._section, self._clock.now())
                self.used = await asyncio.to_thread(used, self._home)
            for what, count in gone.items():
                self._tell(f"retention: {what}: {count} deleted, older than it is kept")
            await asyncio.sleep(LOOK_EVERY_S)


def sweep(home: Path, section: RetentionSection, now: datetime) -> dict[str, int]:
    """Delete what is older than it is kept; return how much, by directory."""
    gone: dict[str, int] = {}
    for name, days in {
        "gates": section.gates_days, "promotions": section.promotions_days,
        "dead_letters": section.dead_letters_days, "reports": section.reports_days,
    }.items():
        for path in _before((now - timedelta(days=days)).date(), home / name):
            path.unlink(missing_ok=True)
            gone[name] = gone.get(name, 0) + 1
    last = home / _REHEARSAL
    if last.is_dir() and not last.is_symlink():
        touched = max(path.lstat().st_mtime for path in (last, *last.rglob("*")))
        if now - datetime.fromtimestamp(touched, UTC) > timedelta(days=section.rehearsal_days):
            shutil.rmtree(last)
            gone[_REHEARSAL] = 1
    return gone


def used(home: Path) -> dict[str, int]:
    """Sum what lies under each name of a data directory, in bytes; what goes meanwhile is 0."""
    return {path.name: sum(_sizes(path)) for path in sorted(home.iterdir())}


def _before(day: date, directory: Path) -> Iterator[Path]:
    """Find the files that are named by an earlier day."""
    if directory.is_symlink() or not directory.is_dir():
        return
    for path in sorted(directory.iterdir()):
        found = _DAY.fullmatch(path.name)
        try:
            is_old = found is not None and date.fromisoformat(found[1]) < day
        except ValueError:  # 2026-02-31 is no day
            continue
        if is_old and not path.is_dir():
            yield path


def _sizes(path: Path) -> Iterator[int]:
    paths = (path, *path.rglob("*")) if path.is_dir() and not path.is_symlink() else (path,)
    for each in paths:
        try:
            yield os.lstat(each).st_blocks * 512
        except FileNotFoundError:
            continue
