"""What becomes of the journal where the system gives it no file to go on in?"""

import errno
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from tests.shell.journal.ledgers import decisions, opened, written

from tradebot.shell.journal.damage import JournalFailed
from tradebot.shell.journal.file import replay


@contextmanager
def without_handles() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@contextmanager
def without_inodes() -> Iterator[None]:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", full)
        yield


@pytest.mark.fault(15, 30)
@pytest.mark.parametrize("lack", [without_handles, without_inodes])
def test_where_no_segment_can_begin_the_journal_stops_and_loses_nothing(
    tmp_path: Path, lack: Callable[[], AbstractContextManager[None]]
) -> None:
    journal = opened(tmp_path, segment_bytes=1000, sync=True)
    journal.write(decisions(10))
    with lack(), pytest.raises(JournalFailed):
        journal.write(decisions(1, 11))
    with pytest.raises(JournalFailed):
        journal.write(decisions(1, 11))
    journal.close()
    assert list(replay(tmp_path)) == decisions(10)
    written(tmp_path, 1)
    assert list(replay(tmp_path)) == decisions(11)
