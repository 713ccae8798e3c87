"""What would an order add to its account, and is that within a limit? Gates on money share this.

What closes a position opens nothing: it is free of every limit on money and of every loss halt.
"""

from decimal import Decimal
from typing import NamedTuple

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.book.ledger import Account
from tradebot.core.gates import loss, worth
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import (
    Answer,
    GateResult,
    Need,
    Reason,
    mark_need,
    quote_need,
    route_need,
)


class Opening(NamedTuple):
    """Whose money it is, what the order opens with it, and what other orders have taken of it.

    `worth` and `loss` are of what opens, `reserved` and `at_risk` the same of all other orders and
    approved intents.
    """

    name: str
    account: Account
    worth: Decimal
    loss: Decimal
    reserved: Decimal
    at_risk: Decimal


def funded(book: Book, intent: IntentState) -> Account | Need:
    """Return the account that pays, or the need where nobody knows how much money there is."""
    name = worth.account_of(book, intent)
    account = book.ledger.accounts.get(name) if name else None
    if account is None or account.unmarked:
        return _unknown(account, intent)
    return account


def _unknown(account: Account | None, intent: IntentState) -> Need:
    if account is None:
        return route_need(intent.body.route or "")
    return mark_need(next(iter(account.unmarked)))


@worth.once
def opening(book: Book, intent: IntentState, facts: Facts) -> Opening | Need | None:
    """Return what opens, None where nothing does, or the need where that cannot be known."""
    name = worth.account_of(book, intent)
    account = book.ledger.accounts.get(name) if name else None
    if name is None or account is None or account.unmarked:
        return _unknown(account, intent)
    qty = worth.opening_qty(book, name, intent)
    if not qty:
        return None
    unit = worth.unit_worth(book, intent.body, facts)
    if unit is None:
        return quote_need(intent.body.legs[0].symbol)
    return Opening(
        name=name, account=account, worth=unit * qty,
        loss=loss.unit_loss(book, intent.body, facts, unit) * qty,
        reserved=book.reserved(name, intent), at_risk=book.at_risk(name, intent),
    )


def within(gate: str, reason: Reason, actual: Decimal, limit: Decimal) -> GateResult:
    """Allow what is at most the limit; a loss without end is within none."""
    if actual <= limit:
        return GateResult(gate=gate, limit=limit, actual=actual)
    if not actual.is_finite():
        reason = Reason.RISK_UNDEFINED_LOSS
    return GateResult(
        gate=gate, answer=Answer.BLOCK, reason=reason, limit=limit,
        actual=actual if actual.is_finite() else None,
    )


def lacks(gate: str, need: Need) -> GateResult:
    return GateResult(gate=gate, answer=Answer.PAUSE, reason=Reason.RISK_STALE_DATA, need=need)
