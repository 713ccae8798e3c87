"""A daemon on the real clock, and what is done to it: limits, signals, failing system calls."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from tests.daemon.test_signals import Running
from tests.process import judge

from tradebot.cli.client import Client, is_running

CONFIG: Final = """\
mode: paper
data_dir: data
schedule: {calendar: 24/7}
market_data: {provider: simulated, symbols: [BTC/USD], interval_s: 1}
brokers: {paper: {adapter: paper, latency_ms_min: 1, latency_ms_max: 1}}
promotion: {strategy: disabled}
policy: {duplicate_within_s: 0, clock_settle_s: 3}
supervision: {stall_s: 1, stall_exit_s: 60}
"""
TRADEBOT: Final = (sys.executable, "-m", "tradebot.cli.main")
LIFE_MAX_S: Final = 60


def needs(tool: str) -> str:
    """Return where a tool is, or say that the test is skipped for want of it."""
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"needs {tool}, which is not installed")
    return found


@contextlib.contextmanager
def alive(
    directory: Path, *before: str, env: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run a daemon under `before`, words that start a program which starts it."""
    (directory / "c.yaml").write_text(CONFIG, encoding="utf-8")
    process = subprocess.Popen(
        (*before, *TRADEBOT, "run", "--config", "c.yaml", "--log-format", "text"), cwd=directory,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **(env or {})},
    )
    guard = threading.Timer(LIFE_MAX_S, process.kill)
    guard.start()
    try:
        yield Running(process)
    finally:
        guard.cancel()
        process.kill()
        process.communicate()


def answers(directory: Path, daemon: Running, state: str) -> None:
    """Wait until the daemon is in this state and can be asked."""
    daemon.until(f"-> {state}")
    while not is_running(directory / "data"):
        assert daemon.process.poll() is None, daemon.told
        time.sleep(0.05)


def ask(
    directory: Path, words: Sequence[str], before: Sequence[str] = ()
) -> "subprocess.CompletedProcess[str]":
    (directory / "c.yaml").write_text(CONFIG, encoding="utf-8")
    return subprocess.run(
        (*before, *TRADEBOT, *words, "--config", "c.yaml"), cwd=directory, check=False,
        capture_output=True, text=True, timeout=LIFE_MAX_S,
    )


def submit(
    directory: Path, key: str, timeout_s: float = 10.0, **more: str
) -> dict[str, Any]:
    """Order a little, and return the answer; `more` are fields of the request."""
    body = {"symbol": "BTC/USD", "side": "buy", "qty": "0.001", "user": "test", "key": key, **more}
    return Client(directory / "data", timeout_s).post("/api/v1/intents", body).document


def goes_on(directory: Path, *, is_halted: bool) -> None:
    """Live once more: after a failure it waits for a person, then it trades, and all agree."""
    with alive(directory) as daemon:
        if is_halted:
            answers(directory, daemon, "HALTED")
            assert submit(directory, "while halted")["reason_code"] == "RISK_KILL_SWITCH"
            assert ask(directory, ("clear-kill", "--reason", "looked at it")).returncode == 0
        answers(directory, daemon, "TRADING")
        assert submit(directory, "afterwards")["success"]
        daemon.until("booked")
        assert daemon.end(signal.SIGTERM, 20) == 0
    assert list(judge.in_the_end(directory / "data")) == []


def state(directory: Path) -> Any:
    return json.loads(ask(directory, ("status", "--json")).stdout)
