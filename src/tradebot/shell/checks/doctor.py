"""Is the machine fit for trading? Clock, disk, lock, permissions; nothing stays behind.

A file is written and synced to measure the disk, under a name of its own, and removed.
"""

import os
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

from tradebot.ports import Clock
from tradebot.shell.checks.checks import Check, Finding, Word
from tradebot.shell.journal.lock import LOCK
from tradebot.shell.machine import FREE_LEAST_BYTES, FREE_WARN_BYTES

_SKEW_WARN_S: Final = 1.0
_SYNC_WARN_MS: Final = 50.0
_SYNCS: Final = 15
_PIECE: Final = b"x" * 4096
_LOOK_S: Final = 0.2


def machine_checks(home: Path, clock: Clock) -> dict[str, Check]:
    """Name the checks of one data directory's machine."""
    return {
        "clock": lambda: _clock(clock),
        "disk": lambda: _disk(home, clock),
        "permissions": lambda: _permissions(home),
        "lock": lambda: _lock(home / LOCK),
    }


def _clock(clock: Clock) -> Finding:
    """Compare the wall's clock with the one that only counts, and with the time since the boot."""
    wall, counted = clock.now(), time.monotonic()
    time.sleep(_LOOK_S)
    drift_s = abs((clock.now() - wall).total_seconds() - (time.monotonic() - counted))
    skew_s = max(drift_s, abs(_since_boot(clock)))
    told = f"wall and monotonic clock differ by {drift_s * 1000:.1f} ms in {_LOOK_S:g} s"
    if drift_s > _SKEW_WARN_S:
        return Word.FAIL, f"{told}: something is setting the clock"
    if skew_s > _SKEW_WARN_S:
        return Word.WARN, f"{told}; the clock was set by {skew_s:.1f} s since the boot"
    return Word.PASS, told


def _since_boot(clock: Clock) -> float:
    """Return how far the clock was set since the boot, in seconds; 0 where nothing tells."""
    try:
        lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
        uptime_s = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0.0
    booted = next((float(line.split()[1]) for line in lines if line.startswith("btime ")), None)
    if booted is None:
        return 0.0
    moved_s = clock.now().timestamp() - uptime_s - booted
    return 0.0 if abs(moved_s) < 2.0 else moved_s  # btime counts whole seconds


def _disk(home: Path, clock: Clock) -> Finding:
    place = _nearest(home)
    free = shutil.disk_usage(place).free
    told = f"{free / 2**30:.1f} GiB free"
    if free < FREE_LEAST_BYTES:
        return Word.FAIL, told
    try:
        sync_ms, skew_s = _measured(place, clock)
    except OSError as error:
        return Word.FAIL, f"{place} cannot be written: {error.strerror}"
    told += f", a synced write takes {sync_ms:.2f} ms"
    if abs(skew_s) > _SKEW_WARN_S:
        return Word.WARN, f"{told}; the file system's clock is {skew_s:.1f} s away from ours"
    is_poor = free < FREE_WARN_BYTES or sync_ms > _SYNC_WARN_MS
    return (Word.WARN if is_poor else Word.PASS), told


def _measured(place: Path, clock: Clock) -> tuple[float, float]:
    """Return the median time of a synced write, and how far the file's time is from the clock."""
    took: list[float] = []
    with tempfile.NamedTemporaryFile(dir=place, prefix=".doctor-") as file:
        for _ in range(_SYNCS):
            began = time.perf_counter()
            os.pwrite(file.fileno(), _PIECE, 0)
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
        written = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
        return median(took), (written - clock.now()).total_seconds()


def _permissions(home: Path) -> Finding:
    if not home.exists():
        return Word.PASS, f"{home} is not there yet; a daemon makes it for its user alone"
    found = home.stat()
    if found.st_uid != os.getuid():
        return Word.FAIL, f"{home} belongs to user {found.st_uid}, we are {os.getuid()}"
    mode = found.st_mode & 0o777
    if mode & 0o077:
        return Word.WARN, f"{home} is open to others ({mode:o}); chmod 700 closes it"
    return Word.PASS, f"{home} is for its user alone ({mode:o})"


def _lock(path: Path) -> Finding:
    """Read the system's list of locks; taking ours to look could turn a starting daemon away."""
    try:
        found = path.stat()
        listed = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return Word.PASS, "nobody has used this data directory yet"
    name = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    holders = [words[4] for line in listed if (words := line.split())[5] == name]
    if holders:
        return Word.PASS, f"held by process {holders[0]}"
    return Word.PASS, "free: no daemon runs here"


def _nearest(home: Path) -> Path:
    return next(path for path in (home, *home.absolute().parents) if path.is_dir())
