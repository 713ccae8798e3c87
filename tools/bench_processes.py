"""What do whole processes cost: a command's start, a daemon's start, a recording played through?"""

import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from tradebot.plugins.calendars.exchange import ExchangeCalendar

TRADEBOT = ("-m", "tradebot.cli.main")
CONFIG = """\
schema_version: 1
mode: paper
data_dir: out
seed: 7
schedule: {calendar: XNYS}
market_data: {provider: recorded, path: data, symbols: [SPY]}
brokers: {paper: {adapter: paper, initial_balance: 1000000}}
strategies:
  - id: cross
    plugin: sma_cross
    symbols: [SPY]
    parameters: {fast: 20, slow: 50, order_qty: 10}
policy: {order_qty_max: 1000}
"""
LIVE = CONFIG.replace("recorded, path: data", "simulated").replace("XNYS", "24/7")
CALENDAR = """
import time
at = time.perf_counter()
from tradebot.plugins.calendars.exchange import ExchangeCalendar
imported = time.perf_counter()
calendar = ExchangeCalendar()
from datetime import UTC, datetime
first = datetime(2026, 8, 24, 15, tzinfo=UTC)
calendar.phase_at(first)
ready = time.perf_counter()
for _ in range(10_000):
    calendar.phase_at(first)
asked = time.perf_counter()
print((imported - at) * 1e3, (ready - imported) * 1e3, (asked - ready) * 1e2)
"""


def start_up() -> dict[str, float]:
    """Measure `--help` and `status` against a bare interpreter: best of seven, interleaved."""
    rounds = [
        (_once("-c", "pass"), _once(*TRADEBOT, "--help"), _once(*TRADEBOT, "version"))
        for _ in range(7)
    ]
    bare, help_, version = (min(column) for column in zip(*rounds, strict=True))
    return {
        "pass_ms": round(bare * 1e3, 1), "help_ms": round(help_ * 1e3, 1),
        "help_over_pass": round(help_ / bare, 2), "version_over_pass": round(version / bare, 2),
    }


def calendar() -> dict[str, float]:
    """Measure the calendar in a fresh interpreter: built and first asked (ms), asked again (us)."""
    found = [
        [float(word) for word in _run("-c", CALENDAR).split()] for _ in range(5)
    ]
    imported, ready, again = (min(column) for column in zip(*found, strict=True))
    return {
        "import_ms": round(imported, 2), "ready_ms": round(ready, 2), "query_us": round(again, 2)
    }


def daemon_start(directory: Path) -> dict[str, float]:
    """Measure from the command to the first state after STARTING, on an empty journal; seconds.

    Also what an idle daemon holds in memory then.
    """
    took, idle = [], 0
    for number in range(3):
        home = directory / f"start-{number}"
        home.mkdir()
        (home / "c.yaml").write_text(LIVE, encoding="utf-8")
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, *TRADEBOT, "run", "--config", "c.yaml", "--log-format", "json"],
            cwd=home, stdout=subprocess.PIPE, text=True,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "-> READY" in line or "-> TRADING" in line:
                    break
            took.append(time.perf_counter() - began)
            idle = _resident_kib(process.pid)
            process.send_signal(signal.SIGTERM)
            process.stdout.read()
    return {"ready_s": round(median(took), 2), "idle_mib": round(idle / 1024)}


def replay(directory: Path, sessions: int) -> dict[str, Any]:
    """Play recorded minutes with a strategy through all stages, as `tradebot run` does it.

    The time of a run over one session is taken off, so that starting and loading do not count;
    of both the shortest of three is taken, since a start takes longer than what is measured.
    """
    home = directory / "replay"
    (home / "data").mkdir(parents=True)
    (home / "c.yaml").write_text(CONFIG, encoding="utf-8")
    days = _record(home / "data", sessions)
    short, long = (min(_play(home, played) for _ in range(3)) for played in (days[:1], days))
    bars = 390 * (sessions - 1)
    segments = (home / "out" / "rehearsal" / "journal").glob("*.jsonl")
    return {
        "bars": bars, "decisions": sum(path.read_bytes().count(b"\n{") for path in segments),
        "bars_per_s": round(bars / (long - short)), "whole_s": round(long, 2),
    }


def _play(home: Path, days: list[tuple[datetime, datetime]]) -> float:
    start, end = days[0][0] - timedelta(minutes=5), days[-1][1] + timedelta(minutes=5)
    return _timed(lambda: _run(
        *TRADEBOT, "run", "--config", "c.yaml", "--rehearse", "--speed", "max",
        "--start", start.isoformat(), "--until", end.isoformat(), cwd=home,
    ))


def _record(folder: Path, sessions: int) -> list[tuple[datetime, datetime]]:
    """Write minutes of a random walk over the first sessions of 2023; return their spans."""
    exchange, draw = ExchangeCalendar(), random.Random(1)
    day, price, spans = date(2023, 1, 1), 400.0, list[tuple[datetime, datetime]]()
    with (folder / "SPY.csv").open("w") as quotes, (folder / "SPY_bars.csv").open("w") as bars:
        quotes.write("time,bid,ask,bid_size,ask_size\n")
        bars.write("time,open,high,low,close,volume\n")
        while len(spans) < sessions:
            session = exchange.session_on(day)
            day += timedelta(days=1)
            if session is None:
                continue
            spans.append((session.opens.astimezone(UTC), session.closes.astimezone(UTC)))
            at = session.opens
            while at < session.closes:
                first, price = price, price * math.exp(draw.gauss(0, 0.0005))
                high, low = max(first, price) + 0.005, min(first, price) - 0.005
                bars.write(f"{at.isoformat()},{first:.2f},{high:.2f},{low:.2f},{price:.2f},900\n")
                at += timedelta(minutes=1)
                bid, ask = price - 0.01, price + 0.01
                quotes.write(f"{at.isoformat()},{bid:.2f},{ask:.2f},500,500\n")
    return spans


def _resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def _once(*arguments: str) -> float:
    return _timed(lambda: _run(*arguments))


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _run(*arguments: str, cwd: Path | None = None) -> str:
    return subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, text=True, cwd=cwd,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    ).stdout
