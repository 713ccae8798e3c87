"""Does a person's yes still hold for this intent, at this moment? What changed since, voids it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.gates.look import Look
from tradebot.core.model.combo import net_price
from tradebot.core.model.events import ApprovalLapsed, IntentApproved
from tradebot.core.model.money import ONE, plain
from tradebot.core.model.reason import Reason


def lapsed(look: Look, given: IntentApproved) -> ApprovalLapsed | None:
    """Say what makes an approval void that stands in the book, or None where it holds."""
    found = next(_flaws(look, given), None)
    if found is None:
        return None
    reason, detail = found
    return ApprovalLapsed(intent_id=given.intent_id, reason=reason, detail=detail)


def expired(given: IntentApproved, at: datetime) -> ApprovalLapsed | None:
    """Say whether its time alone makes it void."""
    if at < given.until:
        return None
    detail = f"it held until {given.until:%F %T}Z"
    return ApprovalLapsed(
        intent_id=given.intent_id, reason=Reason.POLICY_APPROVAL_EXPIRED, detail=detail
    )


def is_whole(book: Book, given: IntentApproved) -> bool:
    """Tell whether as many people said yes as it takes."""
    return len(given.names) >= book.settings.approvers_min


def market_price(look: Look) -> Decimal | None:
    """Return the middle of the market for one unit of the intent, None where a quote is missing."""
    middles = [
        (quote.bid + quote.ask) / 2 for _, quote in look.quotes
        if quote is not None and quote.is_sane
    ]
    if len(middles) < len(look.quotes):
        return None
    return net_price(look.body.legs, middles, look.book.multiplier)


def most_risk(book: Book, approved: Decimal) -> Decimal:
    """Return how much may be at risk where so much was approved."""
    return approved * (ONE + book.settings.policy.approval_risk_drift_frac)


def _flaws(look: Look, given: IntentApproved) -> Iterator[tuple[Reason, str]]:
    if (ended := expired(given, look.at)) is not None:
        yield ended.reason, ended.detail
    if given.digest != look.body.digest():
        yield Reason.POLICY_OTHER_DIGEST, f"it names {given.digest}"
    if given.account != look.account_name:
        yield Reason.POLICY_OTHER_ACCOUNT, f"it names {given.account}, not {look.account_name}"
    if given.price is not None:
        yield from _about_price(look, given.price)
    risk = look.reserves[1]
    if not (risk <= most_risk(look.book, given.risk)):
        told = f"{plain(risk)} could be lost, not {plain(given.risk)}"
        yield Reason.POLICY_OTHER_RISK, told


def _about_price(look: Look, then: Decimal) -> Iterator[tuple[Reason, str]]:
    now, frac = market_price(look), look.policy.approval_price_drift_frac
    if now is None or not (abs(now - then) <= frac * abs(then)):
        told = "unknown" if now is None else plain(now)
        yield Reason.POLICY_OTHER_PRICE, f"the market's price is {told}, and was {plain(then)}"
