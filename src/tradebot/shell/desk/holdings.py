"""What does the desk hold on one underlying that nothing is closing yet?"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.model.instrument import Right
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.money import ZERO
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.holdings import HeldLeg, HeldStructure


def free_holdings(book: Book, account: str, underlying: str) -> Iterator[HeldLeg]:
    """Yield the desk's own holdings, less what its drafts and orders would close."""
    closing = _closing(book)
    for symbol, share in book.ledger.holdings.get(account, {}).get(Source.DESK, {}).items():
        terms = book.terms(symbol)
        if not share.qty or terms is None or (terms.underlying or symbol) != underlying:
            continue
        against = closing.get((symbol, -1 if share.qty > 0 else 1), ZERO)
        free = max(ZERO, abs(share.qty) - against).copy_sign(share.qty)
        if free:
            yield HeldLeg(terms=terms, qty=share.qty, cost=share.cost).part(free)


def loose_shares(book: Book, account: str, symbol: str, rest: Iterable[HeldLeg]) -> Decimal:
    """Count the shares that people hold outside of structures; a strategy's are its own."""
    owners = book.ledger.holdings.get(account, {})
    others = (owners.get(owner, {}).get(symbol) for owner in (Source.CLI, Source.API))
    return sum((leg.qty for leg in rest if leg.terms.strike is None), ZERO) + sum(
        (share.qty for share in others if share is not None), ZERO
    )


def calls_alone(rest: Iterable[HeldLeg]) -> Iterator[HeldStructure]:
    """Yield the calls that shares outside of the desk cover: nothing else sells one alone."""
    for leg in rest:
        if leg.terms.right is Right.CALL and leg.qty < 0:
            yield HeldStructure(
                strategy=StrategyType.COVERED_CALL, qty=abs(leg.qty), legs=(leg,)
            )


def _closing(book: Book) -> dict[tuple[str, int], Decimal]:
    """Sum up by symbol and side what the desk has asked for and what is not filled yet."""
    total: dict[tuple[str, int], Decimal] = {}
    for body, left in _unfilled(book):
        for leg in body.legs:
            key = leg.symbol, leg.side.sign
            total[key] = total.get(key, ZERO) + leg.ratio_qty * left
    return total


def _unfilled(book: Book) -> Iterator[tuple[Intent, Decimal]]:
    for intent in book.intents.open.values():
        if intent.body.source is Source.DESK and intent.held is not None:
            yield intent.body, intent.body.order_qty
    for order in book.orders.working.values():
        if order.intent.source is Source.DESK:
            yield order.intent, order.order.leaves_qty
