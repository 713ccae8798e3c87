"""How does an intent get its id and its end? A new one, and one that takes a draft's place."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.commands import Revise, SubmitIntent
from tradebot.core.model.events import (
    ApprovalRefused,
    Event,
    IntentConflicted,
    IntentReceived,
    IntentRefused,
)
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import IntentId, StrategyId, keyed_intent_id, strategy_intent_id
from tradebot.core.model.intent import Intent
from tradebot.core.model.reason import Reason
from tradebot.core.model.sound import flaw
from tradebot.core.pipeline.approve import draft_of
from tradebot.core.pipeline.pipeline import advance, record

_TTL_MAX_S: Final = 366 * 86_400


def submit(book: Book, command: SubmitIntent, facts: Facts, at: datetime) -> Iterator[Event]:
    """Receive an intent and walk it; a key that is known makes nothing new."""
    body = command.intent
    is_plain = body.key is None and body.ttl_s is None
    is_sound = is_plain or flaw(body) is None  # what is not, stage 1 refuses by name
    if body.key is None:
        number, intent_id = _next_of(book, body)
        received = IntentReceived(
            intent_id=intent_id, intent=body, number=number,
            expires=expiry(book, body.ttl_s if is_sound else None, at),
        )
    else:
        digest = body.digest() if is_sound else ""
        known, intent_id = book.intents.keys.get(body.key), keyed_intent_id(body.key)
        if known is not None:
            if known != digest:
                yield from record(book, IntentConflicted(intent=body, first=intent_id))
            return
        received = IntentReceived(
            intent_id=intent_id, intent=body, digest=digest,
            expires=expiry(book, body.ttl_s if is_sound else None, at),
        )
    yield from record(book, received)
    yield from advance(book, received.intent_id, facts, at)


def revise(book: Book, command: Revise, facts: Facts, at: datetime) -> Iterator[Event]:
    """Walk the changed draft as an intent of its own; only if it stands the old one ends."""
    draft = draft_of(book, command.target, at)
    if isinstance(draft, Reason):
        yield from _refused(book, command, draft)
        return
    assert draft.held is not None  # every draft is
    if flaw(command) is not None:
        yield from _refused(book, command, Reason.VALIDATION_MALFORMED)
        return
    body = _changed(draft, command)
    if body.digest() == draft.body.digest():
        yield from _refused(book, command, Reason.OMS_NOTHING_TO_CHANGE)
        return
    number, intent_id = _next_of(book, body)
    yield from record(book, IntentReceived(
        intent_id=intent_id, intent=body, expires=expiry(book, body.ttl_s, at), number=number,
        revises=draft.intent_id,
    ))
    yield from advance(book, intent_id, facts, at)
    if intent_id in book.intents.open:
        yield from record(book, IntentRefused(
            intent_id=draft.intent_id, stage=draft.held.stage, reason=Reason.POLICY_SUPERSEDED,
            detail=f"by {command.by}: revised as {intent_id}",
        ))


def _changed(draft: IntentState, command: Revise) -> Intent:
    """Change what was asked for; whoever changes it answers for it, and no key stands for it."""
    body = draft.body
    return replace(
        body, key=None, user=command.by, correlation_id=body.correlation_id or draft.intent_id,
        order_qty=body.order_qty if command.order_qty is None else command.order_qty,
        price=body.price if command.price is None else command.price,
        ttl_s=body.ttl_s if command.ttl_s is None else command.ttl_s,
    )


def _next_of(book: Book, body: Intent) -> tuple[int, IntentId]:
    """Number and name the next intent of an owner."""
    name = body.strategy_id or StrategyId("")
    number = book.intents.counts.get(name, 0) + 1
    return number, strategy_intent_id(name, number)


def expiry(book: Book, ttl_s: int | None, at: datetime) -> datetime:
    """Return until when an intent may wait, whatever was asked for."""
    wait_s = ttl_s if ttl_s and ttl_s > 0 else book.settings.intent_ttl_s
    return at + timedelta(seconds=min(wait_s, _TTL_MAX_S))


def _refused(book: Book, command: Revise, reason: Reason) -> Iterator[Event]:
    yield from record(book, ApprovalRefused(target=command.target[:64], reason=reason))
