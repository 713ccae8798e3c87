"""Stage 3: may we? Every gate is asked, so a refusal shows all numbers."""

from collections.abc import Sequence
from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import panel
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Verdict


def clear(
    gates: Sequence[panel.Gate], book: Book, intent: IntentState, facts: Facts, at: datetime
) -> Verdict:
    """Let through what every gate allows; hold on a PAUSE, refuse on a BLOCK."""
    return panel.ask(gates, book, intent, facts, at)
