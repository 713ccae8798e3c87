"""What did the gates say of drafts and options on which day? One JSON line a run.

What the files lack at a start, a crash or a full disk having kept it back, is written then.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from tradebot.shell.journal.decision import Decision
from tradebot.shell.told.daily_files import DailyFiles, lacking
from tradebot.shell.views.gate_runs import GateRun, GateRuns, row

_BYTES_MAX: Final = 50_000_000  # of a day: some ten thousand


class GateFiles:
    """Listens behind the views, and never waits for a disk."""

    def __init__(
        self, directory: Path, runs: GateRuns, own: Callable[[Callable[[], None]], object]
    ) -> None:
        self._runs = runs
        self._files = DailyFiles(directory, "gates", own, bytes_max=_BYTES_MAX)
        named = ((run.at.date(), (run.seq, run.intent_id), run) for run in runs.all())
        for run in lacking(directory, ("seq", "intent_id"), named):
            self._write(run)

    def on_decision(self, decision: Decision) -> None:
        for run in self._runs.of(decision.seq):
            self._write(run)

    def _write(self, run: GateRun) -> None:
        self._files.later(run.at.date(), partial(row, run))
