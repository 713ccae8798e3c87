"""Is the whole trail there, from draft to execution? The journal, then the files beside it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.shell.audit.files import about_drafts, about_promotions
from tradebot.shell.audit.finding import Finding
from tradebot.shell.audit.trail import Trails
from tradebot.shell.journal.file import replay
from tradebot.shell.journal.place import journal_of
from tradebot.shell.views.views import Views

TELL_EVERY: Final = 1_000
_REMEMBERED: Final = 1_000_000  # intents of which the files are compared


@fact
class Audit:
    """What was followed, and every break that was found."""

    decisions: int
    intents: int
    drafts: int
    orders: int
    by_window: int
    by_approval: int
    by_settings: int
    findings: tuple[Finding, ...]


def audit(home: Path, drafts: Path, progress: Callable[[int], None] = lambda done: None) -> Audit:
    """Follow every order back, and hold the files against the journal; raise JournalDamaged."""
    trails, views, decisions = Trails(), Views(_REMEMBERED, events_max=1), 0
    for decision in replay(journal_of(home)):
        trails.take(decision)
        views.apply(decision)
        decisions += 1
        if decisions % TELL_EVERY == 0:
            progress(decisions)
    found = [
        *trails.findings, *about_promotions(home / "promotions", trails.intents),
        *about_drafts(drafts, views.drafts),
    ]
    return Audit(
        decisions=decisions, intents=len(trails.intents),
        drafts=sum(trail.drafted is not None for trail in trails.intents.values()),
        findings=tuple(found), **trails.counts,
    )
