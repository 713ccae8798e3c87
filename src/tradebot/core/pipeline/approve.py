"""What does a person's yes or no do to a draft? A yes names the content, and lets it walk again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.answers import Objection
from tradebot.core.gates.look import Look
from tradebot.core.model.commands import Approve, Reject
from tradebot.core.model.events import (
    ApprovalLapsed,
    ApprovalRefused,
    Event,
    IntentApproved,
    IntentRefused,
)
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import IntentId
from tradebot.core.model.reason import APPROVAL, Reason
from tradebot.core.pipeline.pipeline import advance, record, resume


def approve(book: Book, command: Approve, facts: Facts, at: datetime) -> Iterator[Event]:
    """Record the approval, with its end and its reservation, and walk from stage 1."""
    draft = draft_of(book, command.target, at)
    if draft is None:
        yield from _refused(book, command, Reason.POLICY_NOT_A_DRAFT)
        return
    if draft.body.digest() != command.digest:
        yield from _refused(book, command, Reason.POLICY_OTHER_DIGEST)
        return
    look = Look(book, draft, facts, at)
    if look.account_name is None or isinstance(look.opening, Objection):
        yield from _refused(book, command, Reason.RISK_STALE_DATA)
        return
    reserved, risk = look.reserves
    if not risk.is_finite():
        yield from _refused(book, command, Reason.RISK_UNDEFINED_LOSS)
        return
    ends = at + timedelta(seconds=book.settings.approval_ttl_s)
    yield from record(book, IntentApproved(
        intent_id=draft.intent_id, digest=command.digest, by=command.by,
        until=min(ends, draft.expires), account=look.account_name, reserved=reserved, risk=risk,
    ))
    yield from advance(book, draft.intent_id, facts, at)


def reject(book: Book, command: Reject, facts: Facts, at: datetime) -> Iterator[Event]:
    draft = draft_of(book, command.target, at)
    if draft is None or draft.held is None:
        yield from _refused(book, command, Reason.POLICY_NOT_A_DRAFT)
        return
    yield from record(book, IntentRefused(
        intent_id=draft.intent_id, stage=draft.held.stage, reason=Reason.POLICY_REJECTED,
        detail=f"by {command.by}: {command.reason}",
    ))


def lapse(book: Book, at: datetime) -> Iterator[Event]:
    """End the approvals whose time is over; what they approved needs another."""
    for intent_id in book.intents.due_by(at):
        approval = book.intents.open[intent_id].approval
        if approval is not None and approval.until <= at:
            yield from record(book, ApprovalLapsed(intent_id=intent_id))


def lapse_all(book: Book, facts: Facts, at: datetime) -> Iterator[Event]:
    """End every approval, now that nobody can tell how long one has stood."""
    approved = [v.intent_id for v in book.intents.open.values() if v.approval is not None]
    yield from record(book, *(ApprovalLapsed(intent_id=intent_id) for intent_id in approved))
    yield from resume(book, approved, facts, at)


def _refused(book: Book, command: Approve | Reject, reason: Reason) -> Iterator[Event]:
    yield from record(book, ApprovalRefused(target=command.target[:64], reason=reason))


def draft_of(book: Book, target: str, at: datetime) -> IntentState | None:
    """Return the intent of this id that waits for an approval, or with one, and still in time."""
    intent = book.intents.open.get(IntentId(target))
    if intent is None or intent.held is None or not at < intent.expires:
        return None
    is_draft = APPROVAL in intent.held.needs or intent.approval is not None
    return intent if is_draft else None
