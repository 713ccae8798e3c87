"""Whom does a verb speak to? A tiny daemon, served from the data directory that is its home."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tiny_daemon import TinyDaemon, served


@pytest.fixture
def daemon() -> TinyDaemon:
    return TinyDaemon()


@pytest.fixture
def home(daemon: TinyDaemon, tmp_path: Path) -> Iterator[Path]:
    with served(daemon, tmp_path):
        yield tmp_path
