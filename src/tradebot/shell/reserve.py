"""What is left when the disk is full? Room set aside, given up so that a halt can be written."""

import os
from pathlib import Path
from typing import Final

RESERVE_FILE: Final = "RESERVE"
RESERVE_BYTES: Final = 16 << 20


def keep(home: Path) -> str:
    """Set the room aside, once; return what stands against it, or nothing."""
    path = home / RESERVE_FILE
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(file, 0, RESERVE_BYTES)
        finally:
            os.close(file)
    except OSError as error:
        give_up(home)
        return f"no room kept aside for a halt on a full disk: {error.strerror or error}"
    return ""


def give_up(home: Path) -> None:
    """Free the room; where that fails there is nothing left to try."""
    try:
        (home / RESERVE_FILE).unlink(missing_ok=True)
    except OSError:
        return
