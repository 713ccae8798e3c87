"""Whom does the dashboard show? A daemon of its own that rehearses a day, reached over TCP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tradebot.cli.client import Client, NotRunning
from tradebot.cli.outcome import Stop

CONFIG = """\
schema_version: 1
mode: paper
data_dir: data
seed: 11
schedule: {calendar: XNYS}
market_data:
  provider: simulated
  symbols: [SPY, IBM]
  interval_s: 5
brokers:
  paper: {adapter: paper, latency_ms_min: 10, latency_ms_max: 50, initial_balance: 10000000}
strategies: []
promotion: {strategy: disabled}
supervision: {stall_s: 30}
policy:
  orders_per_day_max: 5000
  open_orders_max: 1000
  open_orders_symbol_max: 1000
  messages_per_second_max: 1000
  messages_per_minute_max: 10000
  duplicate_within_s: 0
  desk: {structures: [{strategy: iron_condor}, {strategy: put_credit_spread}]}
"""
A_DAY = ("--start", "2026-11-24T14:29:55Z", "--until", "2026-11-24T20:00:00Z")
START_S = 20.0
_RUN = (
    sys.executable, "-m", "tradebot.cli.main", "run", "--config", "c.yaml", "--rehearse"
)


class TradingDaemon:
    """One daemon that can be asked beside its dashboard, ended and continued."""

    def __init__(self, directory: Path, speed: int = 5) -> None:
        self._directory = directory
        self._speed = speed
        self._process: subprocess.Popen[bytes] | None = None
        self.client = Client(directory / "data" / "rehearsal")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{port}/"
        self._environment = {**os.environ, "TRADEBOT_API__PORT": port, "PYTHONHASHSEED": "0"}
        (directory / "c.yaml").write_text(CONFIG, encoding="utf-8")

    def start(self, *flags: str) -> None:
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                (*_RUN, "--speed", str(self._speed), *flags), cwd=self._directory,
                env=self._environment, stdout=log, stderr=subprocess.STDOUT,
            )
        self.wait(lambda: self.get("status")["state"] == "TRADING", START_S)

    def end(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)

    def wait(self, is_so: Callable[[], bool], for_s: float = 10.0) -> None:
        until = time.monotonic() + for_s
        while time.monotonic() < until:
            with suppress(NotRunning, Stop):
                if is_so():
                    return
            time.sleep(0.05)
        log = (self._directory / "log").read_text(encoding="utf-8", errors="replace")
        raise AssertionError(f"it did not come to that: {log[-2000:]}")

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}").checked()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.client.post(f"/api/v1/{path}", body).checked()

    def buy(self, key: str, **more: str) -> Any:
        body = {"symbol": "SPY", "side": "buy", "qty": "1", "key": key, **more}
        return self.post("intents", body)

    def login(self) -> str:
        """Return a link that logs one browser in."""
        return str(self.post("login-codes", {})["url"])
