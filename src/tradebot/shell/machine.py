"""What does the machine have left, and how much of it do we use? Looked at seldom, kept for all."""

import os
import shutil
import time
from pathlib import Path
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.shell.clock import stopwatch

FREE_WARN_BYTES: Final = 2 << 30
FREE_LEAST_BYTES: Final = 512 << 20  # with less no daemon should begin to trade
CPU_WINDOW_S: Final = 10.0  # a shorter one says nothing: a start is busy
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_ABOUT_MEMORY: Final = Path("/proc/meminfo")
_OF_OURS: Final = Path("/proc/self/statm")


@fact
class Machine:
    """None where the system does not tell. `cpu_frac` is our share of one processor of late.

    `window` is when that was last worked out: by the stopwatch, and in seconds of the processor.
    """

    disk_free_bytes: int
    disk_used_frac: float
    memory_bytes: int | None
    memory_used_frac: float | None
    cpu_s: float
    cpu_frac: float | None = None
    window: tuple[float, float] = (0.0, 0.0)


def look(home: Path, before: Machine | None = None) -> Machine:
    """Look at the disk that holds the data directory, at memory, and at our work since before."""
    disk, now, used = shutil.disk_usage(home), stopwatch(), time.process_time()
    window, share = (now, used), None
    if before is not None:
        window, share = before.window, before.cpu_frac
        if (took := now - window[0]) >= CPU_WINDOW_S:
            window, share = (now, used), (used - window[1]) / took
    return Machine(
        disk_free_bytes=disk.free, disk_used_frac=disk.used / ((disk.used + disk.free) or 1),
        memory_bytes=_memory_bytes(), memory_used_frac=_memory_used_frac(), cpu_s=used,
        cpu_frac=share, window=window,
    )


def _memory_bytes() -> int | None:
    """Return what the process holds in memory now."""
    try:
        return int(_OF_OURS.read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
    except OSError:
        return None


def _memory_used_frac() -> float | None:
    """Return how much of the machine's memory is used, by whomever."""
    try:
        lines = _ABOUT_MEMORY.read_text(encoding="ascii").splitlines()
        told = {name: int(rest.split()[0]) for name, _, rest in (v.partition(":") for v in lines)}
        return 1 - told["MemAvailable"] / told["MemTotal"]
    except (OSError, LookupError, ValueError):
        return None
