"""Does the doctor see what ails the machine, and leave it as it was?"""

import asyncio
import json
import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_daemon import TinyDaemon, served

from tradebot.cli.main import main
from tradebot.plugins.brokers.paper.broker import PaperBroker
from tradebot.shell.checks import checkup
from tradebot.shell.checks.checks import Word, examine
from tradebot.shell.checks.doctor import machine_checks
from tradebot.shell.clock import WallClock
from tradebot.shell.journal.lock import DataDirLock

CONFIG = Path(__file__).resolve().parents[2] / "config" / "config.paper.yaml"
Out = pytest.CaptureFixture[str]


def examined(out: Out, home: Path, *more: str) -> tuple[int, dict[str, dict[str, Any]]]:
    code = main(["doctor", "--config", str(CONFIG), "--data-dir", str(home), "--json", *more])
    return code, {row["check"]: row for row in json.loads(out.readouterr().out)["checks"]}


def test_a_good_machine_passes_and_keeps_no_trace(tmp_path: Path, capsys: Out) -> None:
    home = tmp_path / "data"
    code, found = examined(capsys, home)
    assert code == 0
    assert "account PAPER-1" in found["brokers"]["says"]
    assert "none is configured" in found["notifiers"]["says"]
    assert [*tmp_path.iterdir()] == []


def test_offline_no_broker_is_asked(tmp_path: Path, capsys: Out) -> None:
    code, found = examined(capsys, tmp_path, "--offline")
    assert (code, found["brokers"]["result"]) == (0, "skip")


def test_a_broker_that_does_not_answer_is_told_in_bounded_time(
    tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_: PaperBroker) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(PaperBroker, "connect", silent)
    monkeypatch.setattr(checkup, "CONNECT_WITHIN_S", 0.2)
    began = time.perf_counter()
    code, found = examined(capsys, tmp_path)
    assert (code, found["brokers"]["result"]) == (1, "fail")
    assert "paper: no answer within 0.2 s: does it wait for" in found["brokers"]["says"]
    assert time.perf_counter() - began < 5


def test_one_broker_is_looked_at_and_nothing_else(tmp_path: Path, capsys: Out) -> None:
    asked = ["doctor", "--config", str(CONFIG), "--data-dir", str(tmp_path / "data")]
    assert main([*asked, "--broker", "paper", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["good"], told["broker"], told["real_money"]) == (True, "paper", False)
    assert told["round_trip_ms"]["calls"] == checkup.CALLS
    assert [row["check"] for row in told["checks"]][:3] == ["login", "mode", "account"]
    assert [*tmp_path.iterdir()] == []
    assert main([*asked, "--broker", "papre"]) == 2
    assert "expected one of paper, got 'papre' (did you mean paper?)" in capsys.readouterr().err


def test_a_lock_is_seen_without_taking_it(tmp_path: Path, capsys: Out) -> None:
    with DataDirLock(tmp_path):
        before = (tmp_path / "tradebot.lock").read_bytes()
        _, found = examined(capsys, tmp_path)
        assert found["lock"]["says"] == f"held by process {os.getpid()}"
        assert (tmp_path / "tradebot.lock").read_bytes() == before
    _, found = examined(capsys, tmp_path)
    assert "free" in found["lock"]["says"]


@pytest.mark.fault(105)
def test_a_directory_that_is_open_to_others_is_a_warning(tmp_path: Path, capsys: Out) -> None:
    tmp_path.chmod(0o755)
    code, found = examined(capsys, tmp_path)
    assert (code, found["permissions"]["result"]) == (0, "warn")


def test_a_daemon_that_answers_is_seen(tmp_path: Path, capsys: Out) -> None:
    with served(TinyDaemon(), tmp_path):
        _, found = examined(capsys, tmp_path)
    assert "a daemon answers" in found["socket"]["says"]


def test_a_socket_that_nobody_answers_is_a_warning(tmp_path: Path, capsys: Out) -> None:
    (tmp_path / "tradebot.sock").touch()
    _, found = examined(capsys, tmp_path)
    assert found["socket"]["result"] == "warn"


def test_a_clock_away_from_the_file_systems_is_a_warning(tmp_path: Path) -> None:
    class Ahead:
        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(hours=1)

    found = {c.name: c for c in examine(machine_checks(tmp_path, Ahead()))}
    assert found["disk"].word is Word.WARN
    assert "3600" in found["disk"].said


def test_a_disk_that_is_nearly_full_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(1 << 20))
    found = {c.name: c for c in examine(machine_checks(tmp_path, WallClock()))}
    assert found["disk"].word is Word.FAIL


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free
