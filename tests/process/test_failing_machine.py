"""What does a daemon do when the machine fails under it, or somebody stops it?"""

import os
import resource
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from tests.process.outside import alive, answers, ask, goes_on, state, submit

from tradebot.cli.outcome import Stop

FAILED: Final = 70
NO_MORE_FILES: Final = 3  # all below are open from the start
BAD_CONFIG: Final = 4
BLOCK_BYTES: Final = 4096
TOLD_MAX: Final = 30  # lines


@pytest.mark.fault(1, 2, 4)
@pytest.mark.parametrize("when", [9, 20, 31, 42])
def test_killed_in_a_system_call_it_goes_on(tmp_path: Path, strace: str, when: int) -> None:
    inject = f"inject=fdatasync:signal=KILL:when={when}"
    with alive(tmp_path, strace, "-D", "-f", "-o", os.devnull, "-e", inject) as daemon:
        while daemon.process.poll() is None:
            with suppress(Stop):  # it cannot be asked yet, or no more
                submit(tmp_path, f"order {time.monotonic()}")
            time.sleep(0.05)
        assert daemon.process.returncode == -signal.SIGKILL
    goes_on(tmp_path, is_halted=False)
    assert ask(tmp_path, ("ledger", "verify")).returncode == 0


@pytest.mark.fault(11, 16)
def test_a_process_that_was_stopped_for_seconds_is_not_taken_for_one_that_hangs(
    tmp_path: Path,
) -> None:
    with alive(tmp_path) as daemon:
        answers(tmp_path, daemon, "TRADING")
        daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(3)  # three times as long as a call may take
        daemon.process.send_signal(signal.SIGCONT)
        assert submit(tmp_path, "afterwards")["success"]
        found = state(tmp_path)
        assert (found["state"], found["controls"]) == ("TRADING", [])


@pytest.mark.fault(19, 20)
@pytest.mark.promise(25)
def test_a_second_daemon_is_refused_and_takes_over_once_the_first_is_dead(tmp_path: Path) -> None:
    with alive(tmp_path) as first:
        answers(tmp_path, first, "TRADING")
        second = ask(tmp_path, ("run",))
        assert (second.returncode, str(first.process.pid) in second.stderr) == (73, True), second
        assert submit(tmp_path, "meanwhile")["success"]
        first.process.kill()
        first.process.wait()
    goes_on(tmp_path, is_halted=False)


@pytest.mark.fault(15)
@pytest.mark.promise(6)
def test_without_a_file_descriptor_left_it_can_still_be_killed(tmp_path: Path) -> None:
    with alive(tmp_path) as daemon:
        answers(tmp_path, daemon, "TRADING")
        pid = daemon.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (NO_MORE_FILES, before[1]))
        with pytest.raises(Stop):
            submit(tmp_path, "while nobody is let in", timeout_s=1.0)
        daemon.process.send_signal(signal.SIGUSR1)
        daemon.until("-> HALTED")
        assert any("Too many open files" in line for line in daemon.told)
        assert len(daemon.told) < TOLD_MAX, "the same is told once"
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        assert submit(tmp_path, "while halted")["reason_code"] == "RISK_KILL_SWITCH"
        assert daemon.end(signal.SIGTERM, within_s=20) == 0
    goes_on(tmp_path, is_halted=True)


@pytest.mark.fault(37)
def test_a_file_that_may_not_grow_ends_it_and_halts_the_next_one(tmp_path: Path) -> None:
    with alive(tmp_path) as daemon:
        answers(tmp_path, daemon, "TRADING")
        grown = (tmp_path / "data" / "journal" / "HEAD").stat().st_size
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (grown, grown))
        with pytest.raises(Stop):
            submit(tmp_path, "too much")
        assert daemon.process.wait(20) == FAILED
    goes_on(tmp_path, is_halted=True)


@pytest.mark.fault(29, 84)
@pytest.mark.promise(6)
def test_a_full_disk_keeps_room_for_a_kill_and_nothing_is_lost(
    tmp_path: Path, small_disk: Path
) -> None:
    with alive(tmp_path) as daemon:
        answers(tmp_path, daemon, "TRADING")
        assert submit(tmp_path, "first")["success"]
        daemon.until("booked")
        filler = fill(small_disk)
        for number in range(5):  # until the broker cannot write its book any more
            submit(tmp_path, f"order {number}")
        daemon.process.send_signal(signal.SIGUSR1)
        daemon.until("kill switch SET")
        daemon.process.kill()
    filler.unlink()
    goes_on(tmp_path, is_halted=True)


@pytest.mark.fault(36)
def test_without_the_right_to_write_it_says_so_and_changes_nothing(
    tmp_path: Path, as_anybody: tuple[str, ...]
) -> None:
    with alive(tmp_path) as daemon:
        answers(tmp_path, daemon, "TRADING")
        assert daemon.end(signal.SIGTERM, within_s=20) == 0
    journal = tmp_path / "data" / "journal"
    before = {path: path.read_bytes() for path in journal.iterdir()}
    for path in before:
        path.chmod(0o400)
    for directory in (journal, journal.parent):
        directory.chmod(0o500)
    found = ask(tmp_path, ("run",), as_anybody)
    assert (found.returncode, found.stdout) == (FAILED, "")
    assert "Permission denied" in found.stderr
    assert before == {path: path.read_bytes() for path in journal.iterdir()}


@pytest.mark.fault(35)
def test_on_a_read_only_file_system_it_says_so_and_ends(
    tmp_path: Path, read_only: tuple[str, ...]
) -> None:
    found = ask(tmp_path, ("run",), read_only)
    assert (found.returncode, found.stdout) == (BAD_CONFIG, "")
    expected = "data_dir: expected a directory to write to, got data: Read-only file system"
    assert found.stderr.splitlines() == [f"tradebot: {expected}"]


def fill(disk: Path) -> Path:
    """Leave not one free block."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(BLOCK_BYTES))
    return filler
