"""Which drafts went, waited or ended on which day, and by whom? One JSON line a draft and outcome.

What the files lack at a start, a crash or a full disk having kept it back, is written then.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tradebot.shell.journal.decision import Decision
from tradebot.shell.told.daily_files import DailyFiles, lacking
from tradebot.shell.views.promotions import PromotionRecord, PromotionRecords, row

_BYTES_MAX: Final = 50_000_000  # of a day: some hundred thousand


class PromotionFiles:
    """Listens behind the views, and never waits for a disk."""

    def __init__(
        self, directory: Path, kept: PromotionRecords, own: Callable[[Callable[[], None]], object]
    ) -> None:
        self._kept = kept
        self._files = DailyFiles(directory, "promotions", own, bytes_max=_BYTES_MAX)
        named = ((r.moment.at.date(), (r.draft_id, r.outcome), r) for r in kept.all())
        for record in lacking(directory, ("draft_id", "outcome"), named):
            self._write(record)

    def on_decision(self, decision: Decision) -> None:
        for record in self._kept.since(decision.seq):
            self._write(record)

    def _write(self, record: PromotionRecord) -> None:
        self._files.write(record.moment.at.date(), row(record))
