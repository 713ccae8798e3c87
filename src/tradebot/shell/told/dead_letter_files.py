"""Which orders could not be delivered on which day? One JSON line an event, a file a day.

The journal is the truth. The last line written says up to where it has been told: what a crash or
a full disk kept back is written at the next start.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from tradebot.core.model.events import DeadLetterDiscarded, DeadLetterRetried, IntentRefused
from tradebot.core.model.reason import Reason
from tradebot.shell.journal.decision import Decision
from tradebot.shell.told.daily_files import DailyFiles
from tradebot.shell.views.dead_letters import DeadLetters, Letter, row


class DeadLetterFiles:
    """Listens behind the views, and never waits for a disk."""

    def __init__(
        self, directory: Path, letters: DeadLetters, own: Callable[[Callable[[], None]], object]
    ) -> None:
        self._letters = letters
        self._files = DailyFiles(directory, "dead letters", own)
        told = _told(directory)
        for letter in letters.letters.values():
            if letter.died.seq > told:
                self._write(letter.died.seq, letter.died.at.date(), letter)

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if not isinstance(event, (IntentRefused, DeadLetterRetried, DeadLetterDiscarded)):
                continue
            if not isinstance(event, IntentRefused) or event.reason is Reason.ADAPTER_UNDELIVERED:
                letter = self._letters.letters.get(event.intent_id)
                if letter is not None:
                    self._write(decision.seq, decision.at.date(), letter)

    def _write(self, seq: int, day: date, letter: Letter) -> None:
        self._files.write(day, {"seq": seq, **row(letter)})


def _told(directory: Path) -> int:
    """Return the last decision that the files tell of; a torn last line tells nothing."""
    for path in sorted(directory.glob("*.jsonl"), reverse=True):
        for line in reversed(path.read_text(encoding="utf-8").splitlines()):
            try:
                return int(json.loads(line)["seq"])
            except (ValueError, KeyError, TypeError):
                continue
    return 0
