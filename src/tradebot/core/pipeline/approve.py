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
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Reason
from tradebot.core.pipeline import approval
from tradebot.core.pipeline.pipeline import advance, record, resume


def approve(book: Book, command: Approve, facts: Facts, at: datetime) -> Iterator[Event]:
    """Record the approval, with its end and its reservation, and walk from stage 1."""
    draft = draft_of(book, command.target, at)
    if isinstance(draft, Reason):
        yield from _refused(book, command, draft)
        return
    look = Look(book, draft, facts, at)
    if (flaw := _flaw(look, command)) is not None:
        yield from _refused(book, command, *flaw)
        return
    before = draft.approval
    if before is not None and (void := approval.lapsed(look, before)) is not None:
        yield from record(book, void)
        before = None
    if before is not None and not approval.is_whole(book, before) and command.by in before.names:
        yield from _refused(book, command, Reason.POLICY_SAME_APPROVER)
        return
    yield from record(book, _approved(look, command, before))
    yield from advance(book, draft.intent_id, facts, at)


def _flaw(look: Look, command: Approve) -> tuple[Reason, str] | None:
    """Say what of all that was looked at is not so: what is not named is not compared."""
    book = look.book
    if look.body.digest() != command.digest:
        return Reason.POLICY_OTHER_DIGEST, f"the draft's is {look.body.digest()}"
    if look.account_name is None or isinstance(look.opening, Objection):
        return Reason.RISK_STALE_DATA, "nobody knows what could be lost"
    if command.account not in (None, look.account_name):
        return Reason.POLICY_OTHER_ACCOUNT, f"it would trade in {look.account_name}"
    if command.settings_version not in (None, book.settings_version):
        return Reason.POLICY_OTHER_SETTINGS, f"these are {book.settings_version}"
    risk = look.reserves[1]
    if not risk.is_finite():
        return Reason.RISK_UNDEFINED_LOSS, ""
    if command.max_loss is not None and not (risk <= approval.most_risk(book, command.max_loss)):
        return Reason.POLICY_OTHER_RISK, f"{plain(risk)} could be lost"
    return None


def _approved(look: Look, command: Approve, before: IntentApproved | None) -> IntentApproved:
    """Bind the yes to what it was said of; a second one holds no longer than the first."""
    book, draft = look.book, look.intent
    reserved, risk = look.reserves
    ends = [look.at + timedelta(seconds=book.settings.approval_ttl_s), draft.expires]
    names = before.names if before is not None else ()
    if before is not None and not approval.is_whole(book, before):
        ends.append(before.until)
    assert look.account_name is not None  # or it was refused
    return IntentApproved(
        intent_id=draft.intent_id, digest=command.digest, by=command.by, until=min(ends),
        account=look.account_name, reserved=reserved, risk=risk,
        price=approval.market_price(look), settings_version=book.settings_version,
        after=tuple(name for name in names if name != command.by),
    )


def reject(book: Book, command: Reject, facts: Facts, at: datetime) -> Iterator[Event]:
    draft = draft_of(book, command.target, at)
    if isinstance(draft, Reason):
        yield from _refused(book, command, draft)
        return
    assert draft.held is not None  # every draft is
    yield from record(book, IntentRefused(
        intent_id=draft.intent_id, stage=draft.held.stage, reason=Reason.POLICY_REJECTED,
        detail=f"by {command.by}: {command.reason}",
    ))


def lapse(book: Book, at: datetime) -> Iterator[Event]:
    """End the approvals whose time is over; what they approved needs another."""
    for intent_id in book.intents.due_by(at):
        given = book.intents.open[intent_id].approval
        if given is not None and (void := approval.expired(given, at)) is not None:
            yield from record(book, void)


def lapse_all(book: Book, facts: Facts, at: datetime, why: tuple[Reason, str]) -> Iterator[Event]:
    """End every approval: what it was said of is no more, whatever it was."""
    reason, detail = why
    approved = [v.intent_id for v in book.intents.open.values() if v.approval is not None]
    yield from record(book, *(
        ApprovalLapsed(intent_id=intent_id, reason=reason, detail=detail) for intent_id in approved
    ))
    yield from resume(book, approved, facts, at)


def _refused(
    book: Book, command: Approve | Reject, reason: Reason, detail: str = ""
) -> Iterator[Event]:
    target = command.target[:64]
    yield from record(book, ApprovalRefused(target=target, reason=reason, detail=detail))


def draft_of(book: Book, target: str, at: datetime) -> IntentState | Reason:
    """Return the intent of this id that waits for an approval, or with one; or why there is none.

    What was approved, refused or revised before says so, as long as it is remembered.
    """
    intent = book.intents.open.get(IntentId(target))
    if intent is None or intent.held is None:
        return book.intents.past.get(IntentId(target), Reason.POLICY_NOT_A_DRAFT)
    if not intent.is_draft:
        return Reason.POLICY_NOT_A_DRAFT
    return intent if at < intent.expires else Reason.POLICY_INTENT_EXPIRED
