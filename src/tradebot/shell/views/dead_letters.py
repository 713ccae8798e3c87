"""Which orders could not be delivered, and what became of each? A fold, with its whole history."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from tradebot.core.model import events as e
from tradebot.core.model.ids import IntentId
from tradebot.core.model.reason import Reason
from tradebot.shell.views.filters import ALL, Filters
from tradebot.shell.views.history import Histories, IntentRecord, Moment
from tradebot.shell.views.narrate import ask
from tradebot.shell.views.rows import Plain, event_row, intent_status, iso, names, request

KEPT_MAX: Final = 1_000  # the journal has them all


@dataclass(slots=True)
class Letter:
    """One intent that no route would take; `status` is pending, retried or discarded."""

    record: IntentRecord
    died: Moment
    detail: str
    deaths: int = 1
    status: str = "pending"
    by: str | None = None
    note: str | None = None


class DeadLetters:
    """The newest dead letters; one that was tried again stays, with what then became of it."""

    def __init__(self, kept: Histories) -> None:
        self.letters: OrderedDict[IntentId, Letter] = OrderedDict()
        self._kept = kept

    @property
    def pending(self) -> int:
        return len(self._kept.book.intents.dead)

    def apply(self, moment: Moment, event: e.Event) -> None:
        if isinstance(event, e.IntentRefused):
            if event.reason is Reason.ADAPTER_UNDELIVERED:
                self._died(moment, event)
        elif isinstance(event, e.DeadLetterRetried):
            self._ended(event.intent_id, "retried", event.by, None)
        elif isinstance(event, e.DeadLetterDiscarded):
            self._ended(event.intent_id, "discarded", event.by, event.reason)

    def named(self, text: str) -> list[Letter]:
        """Return the letters whose intent's id is, or begins with, this."""
        exact = self.letters.get(IntentId(text))
        if exact is not None:
            return [exact]
        return [letter for name, letter in self.letters.items() if text and name.startswith(text)]

    def rows(self, filters: Filters = ALL) -> list[Plain]:
        wanted = [v for v in self.letters.values() if _is_wanted(v, filters)]
        return [row(letter) for letter in reversed(wanted[-filters.last:])]

    def _died(self, moment: Moment, event: e.IntentRefused) -> None:
        record = self._kept.intents.get(event.intent_id)
        if record is None:
            return
        before = self.letters.pop(event.intent_id, None)
        self.letters[event.intent_id] = Letter(
            record, moment, event.detail, deaths=before.deaths + 1 if before else 1
        )
        if len(self.letters) > KEPT_MAX:
            self.letters.popitem(last=False)

    def _ended(self, intent_id: IntentId, status: str, by: str, note: str | None) -> None:
        letter = self.letters.get(intent_id)
        if letter is not None:
            letter.status, letter.by, letter.note = status, by, note


def row(letter: Letter) -> Plain:
    record = letter.record
    return {
        "intent_id": record.intent_id, "status": letter.status, "ask": ask(record.intent),
        "symbol": record.intent.symbol, **request(record.intent), "died": iso(letter.died.at),
        "detail": letter.detail, "deaths": letter.deaths, "route": record.route,
        "by": letter.by, "note": letter.note, "outcome": intent_status(record),
    }


def document(letter: Letter) -> Plain:
    """Tell a letter with all that happened to its intent."""
    return {
        "dead_letter": row(letter),
        "history": [event_row(told) for told in letter.record.events],
    }


def _is_wanted(letter: Letter, filters: Filters) -> bool:
    intent = letter.record.intent
    return filters.fit(intent.owner, names(intent), (letter.status,), letter.died.at)
