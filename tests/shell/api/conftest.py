"""Whom do the tests of the API ask? A tiny daemon; served, where a socket is wanted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tiny_daemon import TinyDaemon, served


@pytest.fixture
def daemon() -> TinyDaemon:
    return TinyDaemon()


@pytest.fixture
def path(daemon: TinyDaemon, tmp_path: Path) -> Iterator[Path]:
    with served(daemon, tmp_path) as found:
        yield found
