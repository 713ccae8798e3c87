"""A daemon on the real clock, and what is done to it: limits, signals, failing system calls."""

import contextlib
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from tests.daemon.test_signals import Running

CONFIG: Final = """\
mode: mock
data_dir: data
schedule: {calendar: 24/7}
market_data: {provider: simulated, symbols: [SPY], interval_s: 1}
brokers: {mock: {adapter: mock, otherwise: accept}}
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
    directory: Path, *before: str
) -> Iterator[Running]:
    """Run a daemon under `before`, words that start a program which starts it."""
    (directory / "c.yaml").write_text(CONFIG, encoding="utf-8")
    process = subprocess.Popen(
        (*before, *TRADEBOT, "run", "--config", "c.yaml", "--log-format", "text"), cwd=directory,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    guard = threading.Timer(LIFE_MAX_S, process.kill)
    guard.start()
    try:
        yield Running(process)
    finally:
        guard.cancel()
        process.kill()
        process.communicate()


def ask(directory: Path, words: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        (*TRADEBOT, *words, "--config", "c.yaml"), cwd=directory, check=False,
        capture_output=True, text=True, timeout=LIFE_MAX_S,
    )


def submit(directory: Path) -> "subprocess.CompletedProcess[str]":
    words = ("submit", "--symbol", "SPY", "--side", "buy", "--qty", "1", "--json")
    return ask(directory, words)


def state(directory: Path) -> Any:
    return json.loads(ask(directory, ("status", "--json")).stdout)
