"""A whole daemon in its own process, rehearsing an hour of the simulated market."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HOUR = ("--start", "2026-11-24T14:25:00Z", "--until", "2026-11-24T15:30:00Z")
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
  paper: {adapter: paper, latency_ms_min: 200, latency_ms_max: 4000}
strategies:
  - id: cross
    plugin: sma_cross
    symbols: [SPY, IBM]
    parameters: {fast: 1, slow: 2, order_qty: 7, allow_short: true}
promotion: {strategy: disabled}
policy: {orders_per_day_max: 5000}
"""


class Rehearsal:
    """One working directory with a configuration; its daemon can be run, killed and asked."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.home = directory / "data" / "rehearsal"
        (directory / "c.yaml").write_text(CONFIG, encoding="utf-8")

    def start(
        self, *flags: str, hash_seed: str = "0", told: int = subprocess.PIPE
    ) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            (*_TRADEBOT, "run", "--config", "c.yaml", "--rehearse", *flags), cwd=self.directory,
            env={**os.environ, "PYTHONHASHSEED": hash_seed}, stdout=told,
            stderr=subprocess.STDOUT,
        )

    def run(self, *flags: str, hash_seed: str = "0") -> str:
        """Run to the end, and return what was printed."""
        process = self.start(*flags, hash_seed=hash_seed)
        told, _ = process.communicate(timeout=60)
        assert process.returncode == 0, told.decode()
        return told.decode()

    def ask(self, *words: str, codes: tuple[int, ...] = (0,)) -> Any:
        """Ask a verb; it must answer with JSON, and exit 0 where nothing else is expected."""
        found = subprocess.run(
            (*_TRADEBOT, *words, "--json", "--config", "c.yaml", "--rehearsal"),
            cwd=self.directory, capture_output=True, text=True, timeout=60, check=False,
        )
        assert found.returncode in codes, found.stderr or found.stdout
        return json.loads(found.stdout)

    def journal(self) -> bytes:
        return b"".join(p.read_bytes() for p in sorted(self.home.glob("journal/*.jsonl")))


_TRADEBOT = (sys.executable, "-m", "tradebot.cli.main")
