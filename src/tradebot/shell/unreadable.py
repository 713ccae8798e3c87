"""What may another process of our user read of this one? Neither its memory nor how it was begun.

`/proc/PID/environ` shows for ever what the process was started with, whatever it forgets later.
"""

import ctypes
import sys
from collections.abc import MutableMapping
from typing import Final

from tradebot.shell.settings.environment import OURS, RESERVED, SHORT

_PR_SET_DUMPABLE: Final = 4


def take(environ: MutableMapping[str, str]) -> dict[str, str]:
    """Return a copy of the environment, and leave nothing of ours for a child to inherit."""
    taken = dict(environ)
    for name in taken:
        if name.startswith((OURS, SHORT)) and not name.startswith(RESERVED):
            del environ[name]
    return taken


def close_process() -> bool:
    """Let nobody but root look into this process, and the system write no core of it."""
    if sys.platform != "linux":
        return False
    return int(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)) == 0
