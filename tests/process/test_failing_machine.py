"""What does a daemon do when the machine fails under it, or somebody stops it?"""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.process.outside import alive, ask, needs, state, submit


@pytest.fixture
def strace() -> str:
    found = needs("strace")
    if subprocess.run((found, "-o", os.devnull, "true"), check=False).returncode:
        pytest.skip("needs strace, which may not trace here")
    return found


@pytest.mark.fault(1, 2, 4)
@pytest.mark.parametrize("when", [9, 20, 31, 42])
def test_killed_in_a_system_call_it_goes_on(tmp_path: Path, strace: str, when: int) -> None:
    inject = f"inject=fdatasync:signal=KILL:when={when}"
    with alive(tmp_path, strace, "-f", "-o", os.devnull, "-e", inject) as daemon:
        while daemon.process.poll() is None:
            submit(tmp_path)
        assert daemon.process.returncode == -signal.SIGKILL
    with alive(tmp_path) as daemon:
        daemon.until("-> TRADING")
        assert submit(tmp_path).returncode == 0
    assert ask(tmp_path, ("ledger", "verify")).returncode == 0
    assert ask(tmp_path, ("replay",)).returncode == 0


@pytest.mark.fault(11, 16)
def test_a_process_that_was_stopped_for_seconds_is_not_taken_for_one_that_hangs(
    tmp_path: Path,
) -> None:
    with alive(tmp_path) as daemon:
        daemon.until("-> TRADING")
        daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(3)  # three times as long as a call may take
        daemon.process.send_signal(signal.SIGCONT)
        assert submit(tmp_path).returncode == 0
        assert state(tmp_path)["state"] == "TRADING"


@pytest.mark.fault(19, 20)
@pytest.mark.promise(25)
def test_a_second_daemon_is_refused_and_takes_over_once_the_first_is_dead(tmp_path: Path) -> None:
    with alive(tmp_path) as first:
        first.until("-> TRADING")
        second = ask(tmp_path, ("run",))
        assert (second.returncode, str(first.process.pid) in second.stderr) == (73, True), second
        assert submit(tmp_path).returncode == 0
        first.process.kill()
        first.process.wait()
    with alive(tmp_path) as third:
        third.until("-> TRADING")
    assert ask(tmp_path, ("ledger", "verify")).returncode == 0
