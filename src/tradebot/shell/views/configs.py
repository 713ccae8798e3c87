"""Which configurations were accepted, and what of the newest waits for people? A fold."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model import events as e
from tradebot.core.model.config import Change
from tradebot.core.pipeline.config import is_whole
from tradebot.shell.views.history import Histories, Moment
from tradebot.shell.views.rows import Plain, iso

KEPT_MAX: Final = 1_000  # the journal has them all


class Configs:
    """The newest versions, by number, with the moment at which each was accepted."""

    def __init__(self, kept: Histories) -> None:
        self._kept = kept
        self._versions: OrderedDict[int, tuple[Moment, e.ConfigAccepted]] = OrderedDict()

    def apply(self, moment: Moment, event: e.Event) -> None:
        if isinstance(event, e.ConfigAccepted):
            self._versions[event.number] = (moment, event)
            while len(self._versions) > KEPT_MAX:
                self._versions.popitem(last=False)

    def rows(self) -> list[Plain]:
        """Return all, the newest first."""
        newest = self._newest_deciding()
        return [self._row(number, newest) for number in reversed(self._versions)]

    def row(self, number: int) -> Plain | None:
        if number not in self._versions:
            return None
        return self._row(number, self._newest_deciding())

    def _row(self, number: int, newest_deciding: int | None) -> Plain:
        moment, event = self._versions[number]
        return {
            "number": number, "at": iso(moment.at), "by": event.by, "reason": event.reason,
            "source": event.source, "hash": event.hash,
            "settings_version": event.settings_version, "changed": list(event.changed),
            "in_force": number == newest_deciding,
        }

    def _newest_deciding(self) -> int | None:
        return max(self._deciding(), default=None)

    def _deciding(self) -> list[int]:
        """Return the versions that say what decides now: a rollback says it after an older one."""
        now = self._kept.book.settings_version
        return [n for n, (_, event) in self._versions.items() if event.settings_version == now]

    def in_force(self) -> set[int]:
        """Return the versions that may not be forgotten: the newest, and what still decides."""
        return {self._kept.book.config.number, *self._deciding()}

    def document(self) -> Plain:
        """Tell what holds, and what waits."""
        book = self._kept.book
        return {
            "version": self.row(book.config.number), "settings_version": book.settings_version,
            "pending": pending(book),
        }


def pending(book: Book) -> Plain | None:
    """Tell what looser settings wait, and for what; None where nothing does."""
    proposal = book.config.proposal
    if proposal is None:
        return None
    return {
        "digest": proposal.digest, "number": proposal.number,
        "settings_version": proposal.version, "changes": change_rows(proposal.changes),
        "approved_by": list(book.config.approved_by),
        "approvals_needed": book.settings.approvers_min,
        "waits_for": "the market's close" if is_whole(book) else "an approval",
        "command": f"tradebot config approve {proposal.digest}",
    }


def change_rows(changes: Sequence[Change]) -> list[Plain]:
    return [
        {"key": change.key, "before": change.before, "after": change.after,
         "direction": change.direction.value}
        for change in changes
    ]
