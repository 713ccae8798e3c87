"""Stage 4: is the mode allowed, which route takes it, and must a person approve it first?"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tradebot.core.book.book import Book, Route
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.mode import KIND_OF_MODE, first_usable
from tradebot.core.model.events import RouteChosen
from tradebot.core.model.facts import Facts
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import Side, Source
from tradebot.core.model.money import plain
from tradebot.core.model.settings import Mode, Promotion
from tradebot.core.model.verdict import (
    APPROVAL,
    SETTINGS,
    Hold,
    Pass,
    Reason,
    Refuse,
    Verdict,
    route_need,
)


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
    Mode.LIVE: Say.BLOCKED,
    Mode.LIVE_BLOCKED: Say.BLOCKED,
}

# (mode, promotion strategy) -> what happens: 28 cells.
PROMOTION_TABLE: Final[Mapping[tuple[Mode, Promotion], Say]] = {
    (mode, promotion): _BY_MODE.get(mode, say)
    for mode in Mode
    for promotion, say in _BY_PROMOTION.items()
}


def choose(book: Book, intent: IntentState, facts: Facts, at: datetime) -> Verdict:
    """Choose the first connected route that the mode allows, or hold or refuse."""
    settings = book.settings
    say = PROMOTION_TABLE[settings.mode, settings.promotion]
    if say is Say.BLOCKED:
        return Refuse(reason=Reason.POLICY_LIVE_NOT_ENABLED, detail=f"mode is {settings.mode}")
    if verdict := _about_promotion(book, intent, say, at):
        return verdict
    body = intent.body
    names = (body.route,) if body.route else settings.routes
    kind = KIND_OF_MODE.get(settings.mode)
    connected = {n: r for n in names if (r := book.routes.get(n)) is not None}
    if connected and not any(route.kind is kind for route in connected.values()):
        detail = f"mode {settings.mode} does not use {', '.join(connected)}"
        return Refuse(reason=Reason.POLICY_MODE_MISMATCH, detail=detail)
    chosen = first_usable(book, names)
    if chosen is None:
        needs = tuple(route_need(name) for name in names)
        return Hold(reason=Reason.ADAPTER_UNAVAILABLE, needs=needs)
    if verdict := _about_short(book, intent, book.routes[chosen]):
        return verdict
    return Pass(events=(RouteChosen(intent_id=intent.intent_id, route=chosen),))


def _about_short(book: Book, intent: IntentState, route: Route) -> Refuse | None:
    """Refuse to sell what is not held where the broker takes no short sales.

    Working exits count: what they sell cannot be sold again. A combo's options cover each other.
    """
    if route.capabilities.allows_short:
        return None
    body = intent.body
    for leg in body.legs:
        is_option = book.instruments[leg.symbol].asset_class is AssetClass.OPTION
        if leg.side is Side.BUY or (body.is_combo and is_option):
            continue
        held = book.ledger.net_qty(route.account, leg.symbol)
        left = held - book.orders.leaves_of(route.account, leg.symbol, Side.SELL)
        if not (body.order_qty * leg.ratio_qty <= left):
            detail = f"{plain(left)} {leg.symbol} left to sell, and the broker sells nothing short"
            return Refuse(reason=Reason.VALIDATION_NOT_SUPPORTED, detail=detail)
    return None


def _about_promotion(
    book: Book, intent: IntentState, say: Say, at: datetime
) -> Hold | Refuse | None:
    """Hold what needs a person, a window or another mode; that is what becomes a draft."""
    body = intent.body
    if say is Say.WINDOW:  # settings have no windows yet: all of them are shut
        if body.source is Source.STRATEGY and body.strategy_id in book.settings.eligible:
            return _draft(book, intent, Reason.POLICY_WINDOW_CLOSED, at)
        detail = f"strategy {body.strategy_id}"
        return Refuse(reason=Reason.POLICY_NOT_AUTO_ELIGIBLE, detail=detail)
    if say is Say.DRAFT:
        return _draft(book, intent, Reason.POLICY_STAGED, at)
    goes = say is Say.GOES and body.source is not Source.DESK and not intent.is_staged
    if goes or _is_approved(intent, at):
        return None
    return _draft(book, intent, Reason.POLICY_NEEDS_APPROVAL, at)


def _is_approved(intent: IntentState, at: datetime) -> bool:
    """An approval holds for the content that it names, and for its time."""
    given = intent.approval
    return given is not None and at < given.until and given.digest == intent.body.digest()


def _draft(
    book: Book, intent: IntentState, reason: Reason, at: datetime
) -> Hold | Refuse:
    """Let it wait as a draft; without staging there are none, and that approves nothing."""
    if not book.settings.staging:
        return Refuse(reason=reason, detail="staging is off")
    needs = (SETTINGS,) if reason is Reason.POLICY_WINDOW_CLOSED else (APPROVAL, SETTINGS)
    return Hold(reason=reason, needs=needs, expires=_draft_time(book, intent, at))


def _draft_time(book: Book, intent: IntentState, at: datetime) -> datetime | None:
    """Give a strategy's intent, once, the time that a person takes; people say their own."""
    if intent.has_draft_time or intent.body.source is not Source.STRATEGY:
        return None
    ends = at + timedelta(seconds=book.settings.draft_ttl_s)
    return ends if ends > intent.expires else None
