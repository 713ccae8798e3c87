"""Would there be too many positions at once?"""

from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import worth
from tradebot.core.gates.opening import lacks, within
from tradebot.core.model.facts import Facts
from tradebot.core.model.instrument import bet_on
from tradebot.core.model.verdict import GateResult, Reason, route_need


def positions(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Are there, with those it opens, at most `positions_max` underlyings in the account?"""
    account = worth.account_of(book, intent)
    if account is None:
        return lacks("positions", route_need(intent.body.route or ""))
    limit = book.settings.policy.positions_max
    known = book.exposure.of(account).bets
    new = {bet_on(leg.symbol)[0] for leg in intent.body.legs} - known.keys()
    count = len(known) + len(new)
    return _counted("positions", book, intent, count, limit)


def positions_symbol(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Are there, with those it opens, at most `positions_symbol_max` on each underlying?"""
    account = worth.account_of(book, intent)
    if account is None:
        return lacks("positions_symbol", route_need(intent.body.route or ""))
    limit = book.settings.policy.positions_symbol_max
    known = book.exposure.of(account).by_symbol
    new = [leg.symbol for leg in intent.body.legs if leg.symbol not in known]
    count = max(
        book.exposure.bet(account, name).positions + sum(bet_on(s)[0] == name for s in new)
        for name in {bet_on(leg.symbol)[0] for leg in intent.body.legs}
    )
    return _counted("positions_symbol", book, intent, count, limit)


def _counted(
    gate: str, book: Book, intent: IntentState, count: int, most: int
) -> GateResult:
    if count > most and worth.is_closing(book, intent):
        return GateResult(gate=gate)
    return within(gate, Reason.RISK_MAX_POSITIONS, Decimal(count), Decimal(most))
