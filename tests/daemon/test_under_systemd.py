"""What does a service manager hear of a daemon, in which order, and when nothing at all?"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.daemon.test_hanging_strategy import STRATEGY

from tradebot.shell.service import Service
from tradebot.shell.vital_signs import STUCK_S, VitalSigns

CONFIG = """\
mode: mock
data_dir: data
market_data: {provider: simulated, symbols: [SPY], interval_s: 1}
brokers: {mock: {adapter: mock, connect_s: 1}}
strategies:
  - {id: sleepy, plugin: hangs, symbols: [SPY], timer_s: 2, parameters: {hangs_s: 0.9}}
"""
_RUN = (sys.executable, "-m", "tradebot.cli.main", "run", "--config", "c.yaml", "--rehearse",
        "--speed", "1", "--start", "2026-11-24T15:00:00Z")
_PATIENCE_S = 15.0


class Supervisor:
    """systemd's end of the line: each datagram with the moment at which it came."""

    def __init__(self, address: str) -> None:
        self.heard: list[tuple[float, dict[str, str]]] = []
        self.address = address
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
        self._line.settimeout(_PATIENCE_S)

    def next(self) -> dict[str, str]:
        text = self._line.recv(4096).decode()
        said = dict(line.split("=", 1) for line in text.split("\n"))
        self.heard.append((time.monotonic(), said))
        return said

    def until(self, name: str) -> float:
        """Listen until this is said; return when."""
        while name not in self.next():
            pass
        return self.heard[-1][0]

    def moments(self, name: str) -> list[float]:
        return [at for at, said in self.heard if name in said]

    def close(self) -> None:
        self._line.close()


@pytest.fixture(params=["path", "abstract"])
def supervisor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Supervisor]:
    at = f"@tradebot-test-{os.getpid()}" if request.param == "abstract" else str(tmp_path / "s")
    found = Supervisor(at)
    yield found
    found.close()


@contextmanager
def a_daemon(directory: Path, environ: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    directory.joinpath("c.yaml").write_text(CONFIG)
    directory.joinpath("hangs.py").write_text(STRATEGY)
    installed = directory / "hangs-1.dist-info"
    installed.mkdir()
    installed.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: hangs\nVersion: 1\n")
    installed.joinpath("entry_points.txt").write_text(
        "[tradebot.strategies]\nhangs = hangs:Hangs\n"
    )
    path = os.pathsep.join([str(directory), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = subprocess.Popen(
        _RUN, cwd=directory, env={**os.environ, **environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    guard = threading.Timer(_PATIENCE_S, process.kill)
    guard.start()
    try:
        yield process
    finally:
        guard.cancel()
        process.kill()
        process.wait()


def test_a_manager_follows_a_whole_life(tmp_path: Path) -> None:
    manager = Supervisor(str(tmp_path / "notify"))
    environ = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "200000"}
    with a_daemon(tmp_path, environ) as process:
        began = manager.until("EXTEND_TIMEOUT_USEC")
        ready = manager.until("READY")
        assert ready - began >= 0.9, "the broker takes a second to let us in"
        assert b'"ConnectRoute"' in b"".join(
            path.read_bytes() for path in tmp_path.glob("data/rehearsal/journal/*.jsonl")
        ), "ready before the book was compared with the broker's statement"
        assert not manager.moments("WATCHDOG"), "nobody watches who does not run yet"
        assert any("TRADING" in said.get("STATUS", "") for _, said in manager.heard)

        while time.monotonic() < ready + 3.0:  # the strategy blocks the loop from 2 to 2.9
            manager.next()
        fed = manager.moments("WATCHDOG")
        gaps = sorted((b - a for a, b in pairwise(fed)), reverse=True)
        assert gaps[0] > 0.7, "fed while nothing turned"
        assert sum(gap < 0.19 for gap in gaps) > 10, "fed less often than half of its time"

        process.send_signal(signal.SIGHUP)
        manager.until("RELOADING")
        assert abs(int(manager.heard[-1][1]["MONOTONIC_USEC"]) / 1e6 - time.monotonic()) < 2
        manager.until("READY")
        process.send_signal(signal.SIGTERM)
        stopping = manager.until("STOPPING")
        assert process.wait(_PATIENCE_S) == 0
    manager.close()
    assert not [at for at in manager.moments("READY") if at > stopping]


def test_every_word_arrives_at_either_kind_of_address(supervisor: Supervisor) -> None:
    service = Service.of({"NOTIFY_SOCKET": supervisor.address}, 1)
    with service.reloading():
        assert supervisor.next().keys() == {"RELOADING", "MONOTONIC_USEC"}
    assert supervisor.next() == {"READY": "1"}
    service.status("TRADING\nMAINPID=1")
    assert supervisor.next() == {"STATUS": "TRADING\\x0aMAINPID=1"}, "one line stays one line"
    service.stopping()
    assert supervisor.next() == {"STOPPING": "1"}


def test_what_could_not_be_said_is_said_with_the_next_word(tmp_path: Path) -> None:
    service = Service.of({"NOTIFY_SOCKET": str(tmp_path / "late")}, 1)
    with service.reloading():
        service.alive()
    manager = Supervisor(str(tmp_path / "late"))
    service.status("TRADING")
    assert manager.next() == {"READY": "1", "STATUS": "TRADING"}, "a life sign has its moment"
    manager.close()


@pytest.mark.parametrize(("environ", "watchdog_s"), [
    ({}, None),
    ({"WATCHDOG_USEC": "30000000"}, 30.0),
    ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 30.0),
    ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, None),
    ({"WATCHDOG_USEC": "0"}, None),
    ({"WATCHDOG_USEC": "soon"}, None),
])
def test_a_watchdog_is_ours_only_when_it_is_meant_for_us(
    environ: Mapping[str, str], watchdog_s: float | None
) -> None:
    assert Service.of(environ, 7).watchdog_s == watchdog_s


def test_a_long_past_asks_for_more_time_as_it_is_read(supervisor: Supervisor) -> None:
    taken: list[int] = []
    take = Service(supervisor.address).extending(taken.append)
    supervisor._line.setblocking(False)
    for number in range(5_000):
        take(number)
    assert supervisor.next() == {"EXTEND_TIMEOUT_USEC": "60000000"}
    assert len(taken) == 5_000
    with pytest.raises(BlockingIOError):
        supervisor.next()


class Patient:
    """What the vital signs look at."""

    def __init__(self) -> None:
        self.engine = SimpleNamespace(waiting={"unpublished": 0}, listeners=[])
        self.overdue_s = 0.0
        self.links = [SimpleNamespace(route="far", overdue_s=lambda: self.overdue_s)]


async def test_only_what_a_restart_could_mend_keeps_the_watchdog_hungry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now[0])
    patient: Any = Patient()
    signs = VitalSigns(Service(), patient, dict, lambda _: None)
    assert not signs.trouble(), "a broker that is away is none of it"
    patient.engine.waiting["unpublished"] = 3
    now[0] += STUCK_S - 1
    patient.engine.listeners[0](None)  # something was published
    now[0] += STUCK_S - 1
    assert not signs.trouble(), "busy is not stuck"
    now[0] += 2
    assert "journal" in signs.trouble()
    patient.engine.waiting["unpublished"] = 0
    assert not signs.trouble(), "it came back"
    patient.overdue_s = STUCK_S
    assert "route far" in signs.trouble()
