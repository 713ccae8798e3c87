"""How does a daemon live and die here? In a process of its own, forked where all is imported.

Only a process without threads may fork like this: the sweeps are tools of their own.
"""

import faulthandler
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.process.saboteur import Blow, Saboteur

from tradebot import app
from tradebot.cli import run
from tradebot.cli.main import main
from tradebot.plugins.calendars import exchange
from tradebot.plugins.market_data import simulated
from tradebot.plugins.strategies import sma_cross
from tradebot.shell.api import server

PRELOADED: Final = (app, run, exchange, simulated, sma_cross, server)
LIFE_MAX_S: Final = 60
CONFIG: Final = """\
mode: paper
data_dir: data
seed: {seed}
market_data: {{provider: simulated, symbols: [SPY, IBM], interval_s: 5}}
brokers: {{paper: {{adapter: paper, latency_ms_min: 200, latency_ms_max: 4000}}}}
strategies:
  - id: cross
    plugin: sma_cross
    symbols: [SPY, IBM]
    parameters: {{fast: 1, slow: 2, order_qty: 7, allow_short: true}}
promotion: {{strategy: disabled}}
policy: {{orders_per_day_max: 5000, consecutive_losses_max: 5000}}
"""
DAY: Final = "2026-11-24"


@dataclass(frozen=True)
class Ended:
    """How a life ended: its exit code, less than 0 for a signal, and the steps of one not cut."""

    code: int
    steps: Sequence[str] = ()

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Place:
    """One working directory, in which daemons live one after the other."""

    def __init__(self, directory: Path, seed: int) -> None:
        self.directory = directory
        self.home = directory / "data" / "rehearsal"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "c.yaml").write_text(CONFIG.format(seed=seed), encoding="utf-8")

    def live(self, until: str, blow: Blow | None = None, *, again: bool = False) -> Ended:
        """Begin a rehearsal just after the open, or go on with it, and wait for its end."""
        words = ("run", "--config", "c.yaml", "--rehearse", "--speed", "max",
                 "--start", f"{DAY}T14:30:30Z", "--until", f"{DAY}T{until}Z",
                 *(("--continue",) if again else ()))
        pid = os.fork()
        if pid == 0:
            self._be(words, blow)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        traced = self.directory / "steps.json"
        steps = json.loads(traced.read_bytes()) if code >= 0 and traced.exists() else ()
        return Ended(code, steps)

    def told(self) -> str:
        return (self.directory / "told").read_text(encoding="utf-8", errors="replace")

    def _be(self, words: Sequence[str], blow: Blow | None) -> None:
        """Be the daemon, and never come back."""
        code = 1
        try:
            signal.alarm(LIFE_MAX_S)  # one that hangs ends, too: by this signal
            os.chdir(self.directory)
            told = os.open("told", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(told, 1)
            os.dup2(told, 2)
            faulthandler.dump_traceback_later(LIFE_MAX_S - 10)  # and says before where it hangs
            saboteur = Saboteur(self.directory / "data", blow)
            saboteur.arm()
            code = main(list(words))
            sys.stdout.flush()
            (self.directory / "steps.json").write_text(json.dumps(saboteur.steps))
        finally:
            os._exit(code)
