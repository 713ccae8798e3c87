"""Who lets this intent go on to a route: nobody, a person, a window of its session?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.look import Look
from tradebot.core.model.events import ApprovalLapsed, IntentApproved
from tradebot.core.model.fact import fact
from tradebot.core.model.intent import Source
from tradebot.core.model.money import plain
from tradebot.core.model.reason import APPROVAL, SETTINGS, Reason
from tradebot.core.model.settings import Mode, Promotion
from tradebot.core.model.verdict import Hold, Refuse
from tradebot.core.pipeline import approval, windows


class Say(StrEnum):
    """What a cell of the promotion table says of an intent."""

    BLOCKED = "blocked"  # live is refused
    DRAFT = "draft"  # waits as a draft, for an approval and then for another mode
    GOES = "goes"  # strategies and people go on; the desk needs an approval
    ASKS = "asks"  # a person approves everything
    WINDOW = "window"  # eligible strategies inside windows, others refused
    WINDOW_OR_ASKS = "window_or_asks"  # eligible strategies inside windows, a person otherwise


_BY_PROMOTION: Final[Mapping[Promotion, Say]] = {
    Promotion.DISABLED: Say.GOES,
    Promotion.MANUAL: Say.ASKS,
    Promotion.AUTO_WINDOW: Say.WINDOW,
    Promotion.HYBRID: Say.WINDOW_OR_ASKS,
}
_BY_MODE: Final[Mapping[Mode, Say]] = {
    Mode.STAGE: Say.DRAFT,
    Mode.LIVE_BLOCKED: Say.BLOCKED,
}

# (mode, promotion strategy) -> what happens: 28 cells.
PROMOTION_TABLE: Final[Mapping[tuple[Mode, Promotion], Say]] = {
    (mode, promotion): _BY_MODE.get(mode, say)
    for mode in Mode
    for promotion, say in _BY_PROMOTION.items()
}
_BY_WINDOW: Final = (Say.WINDOW, Say.WINDOW_OR_ASKS)


@fact
class Consent:
    """The intent may go on; by which window, where it was one."""

    window: str = ""


def consent(look: Look) -> Consent | Hold | Refuse:
    """Let it go on, or hold what needs a person, a window or another mode: as a draft."""
    book, intent, body, at = look.book, look.intent, look.body, look.at
    settings = book.settings
    say = PROMOTION_TABLE[settings.mode, settings.promotion]
    if say is Say.BLOCKED:
        return Refuse(reason=Reason.POLICY_LIVE_NOT_ENABLED, detail=f"mode is {settings.mode}")
    if say is Say.DRAFT:
        staged = Hold(reason=Reason.POLICY_STAGED, needs=(APPROVAL, SETTINGS))
        return _draft(book, intent, at, staged)
    barred = _barred(look) if say in _BY_WINDOW else ""
    if say is Say.WINDOW and barred:
        return Refuse(reason=Reason.POLICY_NOT_AUTO_ELIGIBLE, detail=barred)
    is_free = say is Say.GOES and body.source is not Source.DESK and not intent.is_staged
    is_asked = say is not Say.WINDOW or intent.is_staged
    given = intent.approval if is_asked else None
    void = approval.lapsed(look, given) if given is not None else None
    is_approved = given is not None and void is None and approval.is_whole(book, given)
    if is_free or is_approved:
        return Consent()
    found = windows.Found(detail=barred)
    if say in _BY_WINDOW and not barred and not intent.is_staged:
        found = windows.find(look)
        if found.window:
            return Consent(window=found.window)
    return _draft(book, intent, at, Hold(
        reason=Reason.POLICY_NEEDS_APPROVAL if is_asked else Reason.POLICY_WINDOW_CLOSED,
        needs=(*((APPROVAL,) if is_asked else ()), *found.needs, SETTINGS),
        detail=_about_approval(book, given, void) or found.detail, until=found.opens,
        events=(void,) if void is not None else (),
    ))


def _barred(look: Look) -> str:
    """Say why no window is for it: its kind is not eligible, or it is too large; "" where one may.

    The kind of a strategy's intent is the strategy, that of a desk request what its legs make.
    """
    settings, body = look.book.settings, look.body
    kind = windows.kind_of(look.book, body)
    if kind not in settings.eligible:
        return f"{kind or body.source} is not eligible"
    cap = next((cap.order_qty_max for cap in settings.caps if cap.name == kind), None)
    if cap is not None and not look.is_closing and not body.order_qty <= cap:
        return f"{plain(body.order_qty)} {kind}: {plain(cap)} may go on without a person"
    return ""


def _about_approval(book: Book, given: IntentApproved | None, void: ApprovalLapsed | None) -> str:
    """Tell who approved it for nothing, or whose approval it still lacks."""
    if given is None:
        return ""
    by = " and ".join(given.names)
    if void is not None:
        return f"the approval by {by} is void, {void.reason}: {void.detail}"
    return f"approved by {by}: {len(given.names)} of {book.settings.approvers_min}"


def _draft(book: Book, intent: IntentState, at: datetime, hold: Hold) -> Hold | Refuse:
    """Let it wait as a draft; without staging there are none, and that approves nothing."""
    if not book.settings.staging:
        return Refuse(reason=hold.reason, detail="staging is off")
    return replace(hold, expires=_draft_time(book, intent, at))


def _draft_time(book: Book, intent: IntentState, at: datetime) -> datetime | None:
    """Give a strategy's intent, once, the time that a person takes; people say their own."""
    if intent.has_draft_time or intent.body.source is not Source.STRATEGY:
        return None
    ends = at + timedelta(seconds=book.settings.draft_ttl_s)
    return ends if ends > intent.expires else None
