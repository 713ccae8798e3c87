"""Can two processes use one data directory?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tradebot.shell.journal.lock import LOCK, DataDirInUse, DataDirLock

HOLDER = """\
import sys, time
from pathlib import Path
from tradebot.shell.journal.lock import DataDirLock
lock = DataDirLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.promise(25)
@pytest.mark.fault(19)
def test_the_second_process_is_told_who_the_first_is(tmp_path: Path) -> None:
    with subprocess.Popen(
        (sys.executable, "-c", HOLDER, tmp_path), stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(DataDirInUse, match=f"is in use by process {holder.pid}$"):
            DataDirLock(tmp_path)
        holder.kill()
        holder.wait(timeout=10)
        with DataDirLock(tmp_path):  # however the first ended
            assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"


@pytest.mark.fault(20)
def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    lock = DataDirLock(tmp_path)
    with pytest.raises(DataDirInUse, match=str(os.getpid())):
        DataDirLock(tmp_path)
    lock.release()
    lock.release()
    DataDirLock(tmp_path).release()


@pytest.mark.promise(25)
@pytest.mark.fault(20)
def test_a_child_process_does_not_inherit_the_lock(tmp_path: Path) -> None:
    lock = DataDirLock(tmp_path)
    with subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE) as child:
        lock.release()
        DataDirLock(tmp_path).release()
        child.communicate(b"\n", timeout=10)


@pytest.mark.fault(38)
def test_a_link_in_the_locks_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / LOCK).symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="is a link"):
        DataDirLock(tmp_path)
    assert (tmp_path / "victim").read_text() == "precious"
