"""Does the account's buying power cover what the order opens, with all that is reserved?"""

from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.model.facts import Facts
from tradebot.core.model.verdict import Answer, GateResult, Need, Reason, quote_need, route_need


def buying_power(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Is what opens at most equity x `buying_power_multiple` less positions and reservations?"""
    name = worth.account_of(book, intent)
    account = book.ledger.accounts.get(name) if name else None
    if name is None or account is None:
        return _pause(route_need(intent.body.route or ""))
    opening = worth.opening_qty(book, name, intent)
    unit = worth.unit_worth(book, intent.body, facts)
    if unit is None:
        return _pause(quote_need(intent.body.legs[0].symbol))
    limit = account.equity * book.settings.policy.buying_power_multiple
    needed = unit * opening
    free = limit - account.gross_value - book.reserved(name, intent)
    if needed > 0 and not (needed <= free):
        return GateResult(
            gate="buying_power", answer=Answer.BLOCK, reason=Reason.RISK_BUYING_POWER,
            limit=free, actual=needed,
        )
    return GateResult(gate="buying_power", limit=free, actual=needed)


def _pause(need: Need) -> GateResult:
    return GateResult(
        gate="buying_power", answer=Answer.PAUSE, reason=Reason.RISK_STALE_DATA, need=need
    )
