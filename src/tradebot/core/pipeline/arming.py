"""Who may send orders to a live account, and what ends that? Only a person arms; much disarms."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model.arming import ArmingRefused, LiveArmed, LiveDisarmed
from tradebot.core.model.commands import ArmLive, DisarmLive
from tradebot.core.model.events import Event
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import digest_text
from tradebot.core.model.reason import Reason
from tradebot.core.model.settings import Mode, RouteKind
from tradebot.core.model.sound import flaw
from tradebot.core.pipeline.pipeline import record

ARMED_FOR_MAX_S: Final = 8 * 3600


def arm(book: Book, command: ArmLive, facts: Facts, at: datetime) -> Iterator[Event]:
    """Arm one account in the place of whatever was armed before, or say why not."""
    if why_not := _why_not(book, command, facts):
        yield from record(book, ArmingRefused(
            account=command.account[:64], reason=Reason.POLICY_LIVE_NOT_ENABLED, detail=why_not,
            by=command.by,
        ))
        return
    until = at + timedelta(seconds=command.for_s)
    limits = (command.account, command.orders_max, command.notional_max_usd)
    yield from record(book, LiveArmed(
        token=digest_text("arming", *limits, at, until), account=command.account, until=until,
        orders_max=command.orders_max, notional_max_usd=command.notional_max_usd,
        reason=command.reason, by=command.by,
    ))


def disarm(book: Book, command: DisarmLive, facts: Facts, at: datetime) -> Iterator[Event]:
    yield from end_arming(book, command.reason, command.by)


def end_arming(book: Book, reason: str, by: str) -> Iterator[Event]:
    """Disarm, where anything is armed."""
    if book.arming is not None:
        yield from record(book, LiveDisarmed(token=book.arming.given.token, reason=reason, by=by))


def end_when_over(book: Book, at: datetime) -> Iterator[Event]:
    if book.arming is not None and book.arming.given.until <= at:
        yield from end_arming(book, "its time is over", "clock")


def end_when_spent(book: Book) -> Iterator[Event]:
    """Disarm once the limits are used up, and the broker has heard of every order under it."""
    arming = book.arming
    if arming is None or not arming.is_spent:
        return
    token = arming.given.token
    if not any(s.armed_by == token and s.is_unanswered for s in book.orders.working.values()):
        told = f"{arming.orders} of {arming.given.orders_max} orders"
        yield from end_arming(book, f"its limits are used up: {told}", "limits")


def _why_not(book: Book, command: ArmLive, facts: Facts) -> str:
    if told := flaw(command):
        return told
    if book.settings.mode is not Mode.LIVE:
        return f"mode is {book.settings.mode}"
    if book.kill_reason is not None or facts.latch() is not None:
        return "the kill switch is set"
    if not 0 < command.for_s <= ARMED_FOR_MAX_S:
        return f"the time is 1 to {ARMED_FOR_MAX_S} seconds"
    if not (command.orders_max > 0 and command.notional_max_usd > 0):
        return "both limits are above zero"
    live = [
        r.account for r in book.routes.values()
        if r.kind is RouteKind.LIVE and r.is_up and r.capabilities.real_money
    ]
    if command.account not in live:
        return f"no live route is up with this account; there are: {', '.join(live) or 'none'}"
    return ""
