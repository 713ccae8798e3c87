"""Does a daemon end when it is told to, in every state, within its bound, and with the right code?

Its bounds are in its own seconds; a rehearsal lets them pass faster.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CONFIG = """\
mode: mock
data_dir: data
market_data: {{provider: simulated, symbols: [SPY], interval_s: 1}}
brokers: {{mock: {{adapter: mock, otherwise: {word}, connect_s: {connect_s}}}}}
"""
NIGHT, MORNING, DAY = "2026-11-24T06:00", "2026-11-24T10:00", "2026-11-24T15:00"
AFTER_THE_LAST_DAY = "2036-01-01T06:00"  # where the calendar's knowledge ends, and with it its day
_TRADEBOT = (sys.executable, "-m", "tradebot.cli.main")


class Running:
    """A daemon in a process of its own; its lines are read as they come."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.told: list[str] = []

    def until(self, text: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append(line)
            if text in line:
                return
        raise AssertionError(f"never said {text!r}: {''.join(self.told)}")

    def end(self, number: int, within_s: float) -> int:
        """Send a signal, and return with which code the process ends."""
        self.process.send_signal(number)
        return self.process.wait(within_s)


def tradebot(directory: Path, *words: str) -> str:
    found = subprocess.run(
        (*_TRADEBOT, *words, "--config", "c.yaml", "--rehearsal"), cwd=directory, check=False,
        capture_output=True, text=True, timeout=20,
    )
    assert found.returncode == 0 or "no daemon runs" in found.stderr + found.stdout, found
    return found.stdout


def order(directory: Path) -> None:
    tradebot(directory, "submit", "--symbol", "SPY", "--side", "buy", "--qty", "1")


@contextmanager
def running(
    directory: Path, start: str, *flags: str, word: str = "accept", connect_s: int = 0,
    speed: str = "20",
) -> Iterator[Running]:
    directory.joinpath("c.yaml").write_text(CONFIG.format(word=word, connect_s=connect_s))
    process = subprocess.Popen(
        (*_TRADEBOT, "run", "--config", "c.yaml", "--rehearse", "--speed", speed,
         "--start", f"{start}:00Z", "--until", f"{start[:10]}T23:59:00Z",
         *flags),
        cwd=directory, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    guard = threading.Timer(25, process.kill)
    guard.start()
    try:
        yield Running(process)
    finally:
        guard.cancel()
        process.kill()
        process.communicate()


@pytest.mark.fault(8, 10)
@pytest.mark.parametrize(("start", "state"), [
    (NIGHT, "CLOSED"), (MORNING, "PRE_MARKET"), (DAY, "TRADING"), (AFTER_THE_LAST_DAY, "ERROR"),
])
def test_a_daemon_at_rest_ends_at_once(tmp_path: Path, start: str, state: str) -> None:
    with running(tmp_path, start) as daemon:
        daemon.until(f"-> {state}:")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.until("SIGHUP")
        assert daemon.end(signal.SIGTERM, within_s=5) == 0
        daemon.until("-> STOPPED")


def test_a_daemon_whose_broker_does_not_let_it_in_ends_at_once(tmp_path: Path) -> None:
    with running(tmp_path, DAY, connect_s=9, speed="1") as daemon:
        daemon.until("XNYS is TRADING")
        assert daemon.end(signal.SIGTERM, within_s=5) == 0
        daemon.until("STARTING -> STOPPING")


def test_a_halted_daemon_ends_at_once_and_is_halted_when_it_comes_back(tmp_path: Path) -> None:
    with running(tmp_path, DAY) as daemon:
        daemon.until("-> TRADING")
        tradebot(tmp_path, "kill", "--reason", "test")
        daemon.until("-> HALTED")
        assert daemon.end(signal.SIGTERM, within_s=5) == 0
    with running(tmp_path, DAY, "--continue") as daemon:
        daemon.until("-> HALTED")
        assert daemon.end(signal.SIGINT, within_s=5) == 0


@pytest.mark.fault(8)
def test_an_order_whose_call_hangs_is_waited_for_within_the_bound(tmp_path: Path) -> None:
    with running(tmp_path, DAY, word="hang") as daemon:
        daemon.until("-> TRADING")
        order(tmp_path)
        daemon.until("OrderSubmitted")
        assert daemon.end(signal.SIGTERM, within_s=5) == 0
        daemon.until("-> STOPPED")
    found = json.loads(tradebot(tmp_path, "orders", "--json"))["orders"]
    assert [row["is_open"] for row in found] == [True], "nobody knows whether it arrived"


@pytest.mark.fault(9)
def test_a_second_signal_leaves_at_once(tmp_path: Path) -> None:
    with running(tmp_path, DAY, word="hang", speed="1") as daemon:
        daemon.until("-> TRADING")
        order(tmp_path)
        daemon.until("OrderSubmitted")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.until("-> STOPPING")
        assert daemon.end(signal.SIGTERM, within_s=1) == 130
    assert json.loads(tradebot(tmp_path, "ledger", "verify", "--json"))["good"] is True


def test_a_broker_that_never_lets_it_in_is_tried_again_and_halts_nothing(tmp_path: Path) -> None:
    with running(tmp_path, DAY, connect_s=60) as daemon:
        daemon.until("-> TRADING")
        daemon.until("task route mock failed: TimeoutError: no answer in 10 s; starts again")
        assert daemon.end(signal.SIGTERM, within_s=5) == 0
    with running(tmp_path, DAY, "--continue") as daemon:
        daemon.until("-> TRADING")  # the broker lets it in again: nobody has to clear anything
