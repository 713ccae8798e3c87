"""What becomes of an intent that no route would take? A person has it tried again, or ends it."""

from collections.abc import Iterator
from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.model.commands import DiscardDeadLetter, RetryDeadLetter
from tradebot.core.model.events import DeadLetterDiscarded, DeadLetterRetried, Event
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import IntentId
from tradebot.core.pipeline.pipeline import advance, record
from tradebot.core.pipeline.submit import expiry


def retry(book: Book, command: RetryDeadLetter, facts: Facts, at: datetime) -> Iterator[Event]:
    """Walk it from stage 1 as if it came now: old prices, approvals and clearances are void."""
    intent_id = IntentId(command.target)
    if intent_id in book.intents.dead:
        yield from record(book, DeadLetterRetried(
            intent_id=intent_id, by=command.by, expires=expiry(book, command.ttl_s, at)
        ))
        yield from advance(book, intent_id, facts, at)


def discard(book: Book, command: DiscardDeadLetter, facts: Facts, at: datetime) -> Iterator[Event]:
    intent_id = IntentId(command.target)
    if intent_id in book.intents.dead:
        yield from record(book, DeadLetterDiscarded(
            intent_id=intent_id, reason=command.reason, by=command.by
        ))
