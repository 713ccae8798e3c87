"""What becomes of a daemon whose strategy hangs: for a while, or for ever?"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

STRATEGY = """\
import time
from dataclasses import dataclass
from tradebot.core.model.intent import Intent, Leg, Side


@dataclass(frozen=True)
class Settings:
    hangs_s: float = 0.0


class Hangs:
    settings_type = Settings

    def __init__(self, settings, *, strategy_id, symbols):
        self.symbols, self._settings, self._id = symbols, settings, strategy_id

    def on_start(self, desk):
        return ()

    def on_timer(self, desk):
        time.sleep(self._settings.hangs_s)
        return [Intent(legs=(Leg(symbol="SPY", side=Side.BUY),), order_qty=1, strategy_id=self._id)]

    def on_quote(self, quote, desk):
        return ()

    on_bar = on_quote

    def on_fill(self, symbol, qty, px, desk):
        return ()
"""
CONFIG = """\
data_dir: data
market_data: {{provider: simulated, symbols: [SPY], interval_s: 5}}
strategies:
  - {{id: sleepy, plugin: hangs, symbols: [SPY], timer_s: 60, parameters: {{hangs_s: {hangs_s}}}}}
supervision: {{stall_s: 1, stall_exit_s: {stall_exit_s}}}
"""
START, END = "2026-11-24T15:00:00Z", "2026-11-24T20:00:00Z"
_TRADEBOT = (sys.executable, "-m", "tradebot.cli.main")


class Place:
    """A working directory with a strategy that hangs, found as any installed plugin is."""

    def __init__(self, directory: Path, hangs_s: float, stall_exit_s: int = 1) -> None:
        self.directory = directory
        self.home = directory / "data" / "rehearsal"
        (directory / "hangs.py").write_text(STRATEGY)
        (directory / "c.yaml").write_text(
            CONFIG.format(hangs_s=hangs_s, stall_exit_s=stall_exit_s)
        )
        installed = directory / "hangs-1.dist-info"
        installed.mkdir()
        (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: hangs\nVersion: 1\n")
        (installed / "entry_points.txt").write_text(
            "[tradebot.strategies]\nhangs = hangs:Hangs\n"
        )
        paths = [str(directory), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.environ = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}

    @contextmanager
    def running(self, *flags: str) -> Iterator["subprocess.Popen[str]"]:
        process = subprocess.Popen(
            (*_TRADEBOT, "run", "--config", "c.yaml", "--rehearse", "--speed", "60",
             "--until", END, *flags),
            cwd=self.directory, env=self.environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        guard = threading.Timer(60, process.kill)
        guard.start()
        try:
            yield process
        finally:
            guard.cancel()
            process.kill()
            process.communicate()

    def ask(self, *words: str) -> Any:
        found = subprocess.run(
            (*_TRADEBOT, *words, "--json", "--config", "c.yaml", "--rehearsal"),
            cwd=self.directory, env=self.environ, capture_output=True, text=True, timeout=20,
            check=False,
        )
        assert found.stdout, found.stderr
        return json.loads(found.stdout)


def until(process: "subprocess.Popen[str]", text: str) -> str:
    told = ""
    assert process.stdout is not None
    for line in process.stdout:
        told += line
        if text in line:
            return told
    raise AssertionError(f"never said {text!r}: {told}")


@pytest.fixture
def hangs_for_a_while(tmp_path: Path) -> Place:
    return Place(tmp_path, hangs_s=1.8)


@pytest.fixture
def hangs_for_ever(tmp_path: Path) -> Place:
    return Place(tmp_path, hangs_s=600)


@pytest.mark.fault(16, 96)
def test_one_that_comes_back_finds_itself_disabled_and_trading_halted_until_a_person_says_so(
    hangs_for_a_while: Place,
) -> None:
    place = hangs_for_a_while
    with place.running("--start", START) as process:
        told = until(process, "-> HALTED")
        assert "STALLED: everything waits for a call of strategy sleepy" in told
        (row,) = place.ask("strategies", "list")["strategies"]
        assert row["is_enabled"] is False
        assert row["reason"].startswith("a call of it took")
        status = place.ask("status")
        assert status["state"] == "HALTED"
        assert "strategy sleepy" in status["kill"]["reason"]
        assert not (place.home / "QUARANTINE").exists()
        assert place.ask("clear-kill", "--reason", "looked at it")["changed"] is True
        assert place.ask("status")["state"] == "TRADING"
        assert place.ask("intents")["intents"] == [], "nothing is taken of a call that hung"
        assert place.ask("strategies", "enable", "sleepy", "--reason", "test")["changed"] is True
        until(process, "-> HALTED")  # it hangs again at its next timer


@pytest.mark.fault(16, 96)
def test_one_that_never_comes_back_ends_the_process_and_is_not_called_in_the_next(
    hangs_for_ever: Place,
) -> None:
    place = hangs_for_ever
    with place.running("--start", START) as process:
        told, _ = process.communicate(timeout=20)
        assert process.returncode == 70, told
        assert "in on_timer" in told, "the stack says where"
    with place.running("--continue") as process:
        assert "-> HALTED" in until(process, "strategy sleepy DISABLED")
        process.terminate()
        assert process.wait(10) == 0
    (disabled,) = place.ask("status")["disabled"]
    assert disabled == {"strategy_id": "sleepy", "reason": "a call of it never came back"}


def test_a_second_signal_ends_even_a_daemon_that_hangs(tmp_path: Path) -> None:
    place = Place(tmp_path, hangs_s=600, stall_exit_s=60)
    with place.running("--start", START) as process:
        until(process, "STALLED")
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 130
