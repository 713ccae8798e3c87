"""When does a rehearsal begin and end, and where does its data live?"""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from tradebot.core.model.fact import fact
from tradebot.ports import Calendar

BEFORE_OPEN: Final = timedelta(minutes=5)
AFTER_CLOSE: Final = timedelta(minutes=5)


@fact
class Window:
    """The span of time that a rehearsal plays, aware UTC."""

    start: datetime
    until: datetime


def window(
    calendar: Calendar, wall: datetime, start: datetime | None,
    until: datetime | Literal["close"] | None,
) -> Window:
    """Play the next session after `wall`, or from `start`; to `until`, or to just after a close."""
    opens = calendar.next_open(wall)
    begins = start if start is not None else opens - BEFORE_OPEN
    if isinstance(until, datetime):
        ends = until  # a calendar may know no close after that
    else:
        ends = calendar.next_close(opens if start is None else start) + AFTER_CLOSE
    calendar.phase_at(begins)  # raises ValueError before the first known day
    if not (begins < ends):
        raise ValueError(f"until: expected after {begins.isoformat()}, got {ends.isoformat()}")
    return Window(start=begins, until=ends)


def prepare(data_dir: Path, *, resume: bool) -> Path:
    """Return the rehearsal's own directory; a fresh one unless resumed, the last one archived."""
    home, archive = data_dir / "rehearsal", data_dir / "rehearsal.last"
    if home.exists() and not resume:
        if archive.exists():
            shutil.rmtree(archive)
        home.rename(archive)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home
