"""Is the whole trail there, from draft to execution? The journal, then the files beside it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.shell.audit.files import about_drafts, about_records
from tradebot.shell.audit.finding import Flaw, TrailBreak
from tradebot.shell.audit.trail import Trails
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import replay
from tradebot.shell.journal.place import journal_of
from tradebot.shell.replay.redecide import BROKEN
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
    findings: tuple[TrailBreak, ...]


def audit(home: Path, drafts: Path, progress: Callable[[int], None] = lambda done: None) -> Audit:
    """Follow every order back, and hold the files against the journal; raise JournalDamaged."""
    trails, views, decisions = Trails(), Views(_REMEMBERED, events_max=1), 0
    folds: list[TrailBreak] = []
    for decision in replay(journal_of(home)):
        trails.take(decision)
        if not folds:
            folds.extend(_folded(views, decision))
        decisions += 1
        if decisions % TELL_EVERY == 0:
            progress(decisions)
    found = [
        *trails.findings, *folds,
        *about_records(
            home / "promotions", ("draft_id", "outcome"), trails.outcomes, trails.outcomes
        ),
        *about_records(home / "gates", ("seq", "intent_id"), trails.runs, trails.cleared),
    ]
    if not folds:
        found.extend(about_drafts(drafts, views.drafts))
    return Audit(
        decisions=decisions, intents=len(trails.intents),
        drafts=sum(trail.drafted is not None for trail in trails.intents.values()),
        findings=tuple(found), **trails.counts,
    )


def _folded(views: Views, decision: Decision) -> Iterator[TrailBreak]:
    """Fold a decision as the daemon would; what cannot have happened breaks the fold."""
    try:
        views.apply(decision)
    except BROKEN as error:
        detail = f"{type(error).__name__}: {error}"[:200]
        yield TrailBreak(flaw=Flaw.CANNOT_BE, seq=decision.seq, detail=detail)
