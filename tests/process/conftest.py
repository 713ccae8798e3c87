"""Which tools of the machine are there? A test that needs another one says so, and is skipped."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.process.outside import needs

SMALL_BYTES: Final = 22 << 20


@pytest.fixture
def strace() -> str:
    found = needs("strace")
    if subprocess.run((found, "-o", os.devnull, "true"), check=False).returncode:
        pytest.skip("needs strace, which may not trace here")
    return found


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return the data directory, on a disk of its own: room for a journal, and for little more."""
    needs("mount")
    disk = tmp_path / "data"
    disk.mkdir(mode=0o700)
    words = ("mount", "-t", "tmpfs", "-o", f"size={SMALL_BYTES},mode=700", "tmpfs", str(disk))
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(("umount", "-l", str(disk)), check=True)


@pytest.fixture
def as_anybody() -> tuple[str, ...]:
    """Return the words that run a program as one whom permissions bind: they do not bind root."""
    if os.geteuid() != 0:
        return ()
    words = (needs("setpriv"), "--bounding-set=-dac_override,-dac_read_search")
    return _working(words, "the right to give up rights")


@pytest.fixture
def read_only(tmp_path: Path) -> tuple[str, ...]:
    """Return the words that run a program to which the data directory is on a read-only disk."""
    data = tmp_path / "data"
    script = f'mount --bind {data} {data} && mount -o remount,bind,ro {data} && exec "$@"'
    data.mkdir()
    return _working((needs("unshare"), "-m", "sh", "-c", script, "sh"), "the right to mount")


def _working(words: tuple[str, ...], what: str) -> tuple[str, ...]:
    if subprocess.run((*words, "true"), check=False, capture_output=True).returncode:
        pytest.skip(f"needs {what}")
    return words
