"""Which decisions did an earlier life make durable and tell nobody of? A start notices them."""

from collections import deque
from collections.abc import Callable
from typing import Final

from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Take

MISSED_MAX: Final = 100


class Missed:
    """Keeps the newest decisions behind `heard` that may be worth an alert; without it, none.

    What is no news is not told again: all that a start folds besides was heard of before.
    """

    def __init__(self, heard: int | None, may_matter: Callable[[Decision], bool]) -> None:
        self.decisions: deque[Decision] = deque(maxlen=MISSED_MAX)
        self._heard = heard
        self._may_matter = may_matter

    def beside(self, take: Take) -> Take:
        """Return what folds a decision and notices it."""
        def both(decision: Decision) -> None:
            take(decision)
            is_unheard = self._heard is not None and decision.seq > self._heard
            if is_unheard and self._may_matter(decision):
                self.decisions.append(decision)

        return both
