"""What does another configuration do? What is tighter decides at once; the rest people approve."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tradebot.core import ratchet
from tradebot.core.book.book import Book
from tradebot.core.model.commands import (
    AcceptConfig,
    ActivateSettings,
    ApproveSettings,
    Phase,
    RejectSettings,
)
from tradebot.core.model.config import (
    ConfigAccepted,
    SettingsActivated,
    SettingsApproved,
    SettingsDropped,
    SettingsProposed,
)
from tradebot.core.model.events import ApprovalRefused, Event
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import digest_text
from tradebot.core.model.reason import SETTINGS, Reason
from tradebot.core.model.settings import Loosen, Settings
from tradebot.core.pipeline.approve import lapse_all
from tradebot.core.pipeline.arming import end_arming
from tradebot.core.pipeline.pipeline import record, resume

VERSION_LENGTH: Final = 12


def activate(
    book: Book, command: ActivateSettings, facts: Facts, at: datetime
) -> Iterator[Event]:
    """Decide by these settings and no others, whatever waited."""
    yield from _drop(book, Reason.POLICY_SUPERSEDED)
    wanted = SettingsActivated(settings=command.settings, version=command.version)
    yield from _activate(book, wanted, facts, at)


def accept(book: Book, command: AcceptConfig, facts: Facts, at: datetime) -> Iterator[Event]:
    """Keep it as a version, and go as far towards its settings as nobody is to be asked."""
    if command.hash != book.config.hash:
        yield from record(book, ConfigAccepted(
            number=book.config.number + 1, hash=command.hash, settings_version=command.version,
            by=command.by, source=command.source, reason=command.reason, changed=command.changed,
        ))
    is_first = not book.settings_version
    now = command.settings if is_first else ratchet.tightest(book.settings, command.settings)
    proposed = None if now == command.settings else _proposal(book, now, command)
    waits = book.config.proposal
    is_same = waits is not None and proposed is not None and waits.digest == proposed.digest
    if not is_same:
        yield from _drop(book, Reason.POLICY_SUPERSEDED)
    activated = SettingsActivated(settings=now, version=_version(book, now, command))
    yield from _activate(book, activated, facts, at)
    if proposed is not None and not is_same:
        yield from record(book, proposed)


def approve(book: Book, command: ApproveSettings, facts: Facts, at: datetime) -> Iterator[Event]:
    """Take a person's yes; it takes as many people as for an order."""
    if (flaw := _flaw(book, command)) is not None:
        yield from record(book, ApprovalRefused(target=command.target[:64], reason=flaw))
        return
    yield from record(book, SettingsApproved(
        digest=command.target, by=command.by, reason=command.reason
    ))
    yield from take_effect(book, facts, at)


def reject(book: Book, command: RejectSettings, facts: Facts, at: datetime) -> Iterator[Event]:
    if (flaw := _flaw(book, command)) is not None:
        yield from record(book, ApprovalRefused(target=command.target[:64], reason=flaw))
        return
    yield from _drop(book, Reason.POLICY_REJECTED, command.by, command.reason)


def take_effect(book: Book, facts: Facts, at: datetime) -> Iterator[Event]:
    """Decide by what was approved, once enough people did and the market allows it."""
    proposal = book.config.proposal
    if proposal is not None and is_whole(book) and may_loosen(book):
        activated = SettingsActivated(
            settings=proposal.settings, version=proposal.version, proposal=proposal.digest
        )
        yield from _activate(book, activated, facts, at)


def is_whole(book: Book) -> bool:
    """Tell whether as many people approved the proposal as it takes."""
    return len(book.config.approved_by) >= book.settings.approvers_min


def may_loosen(book: Book) -> bool:
    """Tell whether the settings in force let looser ones take effect now.

    A market that never closes ends its sessions all the same: that of the last approval is over.
    """
    market, approved_in = book.markets.get(book.settings.primary_calendar), book.config.approved_in
    if book.settings.loosen is Loosen.APPROVED:
        return True
    if market is None:
        return False
    is_over = None not in (market.session, approved_in) and market.session != approved_in
    return is_over or market.phase is Phase.CLOSED


def _flaw(book: Book, command: ApproveSettings | RejectSettings) -> Reason | None:
    proposal = book.config.proposal
    if proposal is None or proposal.digest != command.target:
        return Reason.POLICY_NO_PROPOSAL
    if isinstance(command, ApproveSettings) and command.by in book.config.approved_by:
        return Reason.POLICY_SAME_APPROVER
    return None


def _version(book: Book, now: Settings, command: AcceptConfig) -> str:
    """Name the settings: those of the command, those in force, or what lies between the two."""
    if now == command.settings:
        return command.version
    if now == book.settings:
        return book.settings_version
    return digest_text("settings", book.settings_version, command.version)[:VERSION_LENGTH]


def _proposal(book: Book, now: Settings, command: AcceptConfig) -> SettingsProposed:
    """Name the rest; the same rest, over the same settings, is the same proposal."""
    changes = ratchet.changes(now, command.settings)
    base = _version(book, now, command)
    told = [f"{change.key}={change.before}>{change.after}" for change in changes]
    return SettingsProposed(
        digest=digest_text("proposal", base, command.version, *told), number=book.config.number,
        settings=command.settings, version=command.version, changes=changes,
    )


def _drop(book: Book, reason: Reason, by: str = "", detail: str = "") -> Iterator[Event]:
    proposal = book.config.proposal
    if proposal is not None:
        yield from record(book, SettingsDropped(
            digest=proposal.digest, reason=reason, by=by, detail=detail
        ))


def _activate(
    book: Book, event: SettingsActivated, facts: Facts, at: datetime
) -> Iterator[Event]:
    """Decide by them from now on: an arming ends, approvals under other limits lapse."""
    if (book.settings, book.settings_version) == (event.settings, event.version):
        return
    other_limits = event.settings.policy != book.settings.policy
    yield from end_arming(book, f"other settings: {event.version}", "settings")
    yield from record(book, event)
    if other_limits:
        why = (Reason.POLICY_OTHER_SETTINGS, f"other limits: {event.version}")
        yield from lapse_all(book, facts, at, why)
    yield from resume(book, book.intents.waiting_for((SETTINGS,)), facts, at)
