"""Does a kill stop everything, whichever way it comes, and whatever else is broken at that time?"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.daemon.test_signals import DAY, order, running, tradebot

from tradebot.shell import kill_flag
from tradebot.shell.kill_flag import Latch


def kill(directory: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        (sys.executable, "-m", "tradebot.cli.main", "kill", "--config", "c.yaml", "--rehearsal",
         *words),
        cwd=directory, check=False, capture_output=True, text=True, timeout=20,
    )


def by_verb(directory: Path, process: "subprocess.Popen[str]") -> None:
    found = kill(directory, "--reason", "test")
    assert found.returncode == 0, found
    assert "1 orders are being cancelled" in found.stdout
    assert "route mock states: 0 open orders, holds nothing" in found.stdout


def by_signal(directory: Path, process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGUSR1)


def by_flag(directory: Path, process: "subprocess.Popen[str]") -> None:
    (directory / "data" / "rehearsal" / "KILL").touch()


def lose_alerts(home: Path) -> None:
    """Let the crash have come before any alert was written down."""
    path = home / "telemetry" / "alerts.jsonl"
    path.write_text(path.read_text().splitlines(keepends=True)[0])


@pytest.mark.promise(6)
@pytest.mark.fault(84)
@pytest.mark.parametrize("way", [by_verb, by_signal, by_flag])
def test_a_kill_cancels_all_refuses_all_and_outlives_a_crash(tmp_path: Path, way: object) -> None:
    assert callable(way)
    with running(tmp_path, DAY) as daemon:
        daemon.until("-> TRADING")
        order(tmp_path)
        daemon.until("OrderReported")
        way(tmp_path, daemon.process)
        daemon.until("-> HALTED")
        daemon.until("canceled")
        daemon.process.kill()
    lose_alerts(tmp_path / "data" / "rehearsal")
    with running(tmp_path, DAY, "--continue") as daemon:
        daemon.until("-> HALTED")
        told = tradebot(tmp_path, "alerts", "--kind", "kill_switch", "--json")
        assert "sent again after a restart" in told
        assert '"orders_working": 0' in tradebot(tmp_path, "status", "--json")
        submitted = ("submit", "--symbol", "SPY", "--side", "buy", "--qty", "1", "--json")
        with pytest.raises(AssertionError, match="RISK_KILL_SWITCH"):
            tradebot(tmp_path, *submitted)
        tradebot(tmp_path, "clear-kill", "--reason", "looked at it")
        tradebot(tmp_path, *submitted)


@pytest.mark.fault(84, 85)
def test_a_kill_finds_the_daemon_though_the_configuration_is_broken(tmp_path: Path) -> None:
    with running(tmp_path, DAY) as daemon:
        daemon.until("-> TRADING")
        text = (tmp_path / "c.yaml").read_text()
        (tmp_path / "c.yaml").write_text(f"{text}policy: {{no_such_limit: 1}}\n")
        found = kill(tmp_path)
        assert (found.returncode, "broken" in found.stderr) == (0, True), found
        daemon.until("-> HALTED")


@pytest.mark.fault(85)
def test_a_kill_needs_none_of_the_packages_that_the_daemon_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for package in ("aiohttp", "msgspec", "pydantic", "structlog", "yaml"):
        (damaged / f"{package}.py").write_text("raise ImportError('damaged')\n")
    with running(tmp_path, DAY) as daemon:
        daemon.until("-> TRADING")
        monkeypatch.setenv("PYTHONPATH", f"{damaged}:{os.environ.get('PYTHONPATH', '')}")
        found = kill(tmp_path)
        assert (found.returncode, "broken" in found.stderr) == (0, True), found
        daemon.until("-> HALTED")


@pytest.mark.fault(84, 86)
def test_an_order_whose_call_hangs_is_told_as_in_flight_and_as_left(tmp_path: Path) -> None:
    with running(tmp_path, DAY, word="hang", speed="1") as daemon:
        daemon.until("-> TRADING")
        order(tmp_path)
        daemon.until("OrderSubmitted")
        found = kill(tmp_path, "--timeout", "0")
        assert found.returncode == 5, found
        assert "in flight, so they may still arrive: tb" in found.stdout
        assert "not confirmed: tb" in found.stdout


@pytest.mark.fault(16, 84)
def test_the_flag_latches_within_moments_while_the_loop_stands_still(tmp_path: Path) -> None:
    latch = Latch()
    heard = threading.Event()
    latch.heard.append(heard.set)

    async def main() -> float:
        with kill_flag.FlagWatch(tmp_path, latch):
            kill_flag.drop(tmp_path, "now")
            dropped = time.perf_counter()
            assert heard.wait(5), "and all the while this loop has not turned once"
            return time.perf_counter() - dropped

    assert asyncio.run(main()) < 1
    assert (latch.reason, latch.by) == ("now", "kill file")


@pytest.mark.fault(16, 84)
def test_a_signal_latches_between_two_steps_of_a_call_that_never_ends(tmp_path: Path) -> None:
    latch = Latch()
    before = signal.signal(signal.SIGUSR1, lambda *_: latch.set("SIGUSR1", "signal"))

    async def main() -> None:
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        ends = time.perf_counter() + 10
        while latch.reason is None:
            assert time.perf_counter() < ends

    try:
        asyncio.run(main())
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert latch.reason == "SIGUSR1"


@pytest.mark.fault(29, 37, 84)
def test_a_disk_that_takes_not_one_byte_more_still_takes_the_flag(tmp_path: Path) -> None:
    drop = (
        "import resource, sys; from pathlib import Path; from tradebot.shell import kill_flag;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); kill_flag.drop(Path(sys.argv[1]), 'no')"
    )
    subprocess.run((sys.executable, "-c", drop, str(tmp_path)), check=True, timeout=20)
    assert (tmp_path / "KILL").read_bytes() == b""
    assert kill_flag.reason_in(tmp_path / "KILL") == "kill file"


@pytest.mark.fault(29, 30)
def test_where_no_file_can_be_made_a_spare_one_becomes_the_flag(tmp_path: Path) -> None:
    kill_flag.lay_spare(tmp_path)
    assert kill_flag.reason_in(tmp_path / "KILL") is None, "a spare one stops nothing"
    drop = (
        "import resource, sys; from pathlib import Path; from tradebot.shell import kill_flag;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0)); kill_flag.drop(Path(sys.argv[1]), 'n')"
    )
    subprocess.run((sys.executable, "-c", drop, str(tmp_path)), check=True, timeout=20)
    assert kill_flag.reason_in(tmp_path / "KILL") == "the disk took no new file"
    kill_flag.lift(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["KILL.spare"]


@pytest.mark.fault(38, 84)
def test_whatever_lies_there_kills_and_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    assert kill_flag.reason_in(tmp_path / "KILL") is None
    (tmp_path / "KILL").symlink_to(tmp_path / "nowhere")
    assert kill_flag.reason_in(tmp_path / "KILL") == "unreadable: No such file or directory"
    with pytest.raises(OSError, match="symbolic links"):
        kill_flag.drop(tmp_path, "not there")


@pytest.mark.promise(6)
@pytest.mark.fault(84, 86)
def test_a_client_that_dies_behind_its_kill_leaves_the_rest_to_the_daemon(tmp_path: Path) -> None:
    with running(tmp_path, DAY, word="accept fill") as daemon:
        daemon.until("-> TRADING")
        order(tmp_path)
        daemon.until("TradeBooked")
        found = kill(tmp_path, "--flatten", "--timeout", "0")
        assert found.returncode == 5, "it went away before anything was closed"
        assert "the daemon goes on closing what is held: mock" in found.stdout
        daemon.until("route mock is flat")
        assert '"qty"' not in tradebot(tmp_path, "positions", "--json")


def test_a_kill_by_file_says_that_it_closes_nothing(tmp_path: Path) -> None:
    with running(tmp_path, DAY):
        pass
    found = kill(tmp_path, "--flatten")
    assert (found.returncode, "a file closes nothing" in found.stderr) == (1, True), found


@pytest.mark.fault(86)
def test_flatten_ends_with_a_broker_that_holds_nothing(tmp_path: Path) -> None:
    with running(tmp_path, DAY, word="accept fill") as daemon:
        daemon.until("-> TRADING")
        order(tmp_path)
        daemon.until("TradeBooked")
        found = kill(tmp_path, "--flatten")
        assert found.returncode == 0, found
        assert "flattened: sell 1 SPY" in found.stdout
        assert "route mock states: 0 open orders, holds nothing" in found.stdout
