"""What covers the options that are sold?

What is bought covers what is sold of its right and ends no later; shares cover calls.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.opened import Signed, signed
from tradebot.core.model.instrument import Right
from tradebot.core.model.intent import Side
from tradebot.core.model.money import ZERO


def stands(book: Book, account: str, intent: IntentState) -> list[Signed]:
    """Return what is held, with what may yet be sold of it: orders that only buy cover nothing."""
    held = [
        (terms, net.qty) for symbol, net in book.ledger.nets.get(account, {}).items()
        if (terms := book.terms(symbol)) is not None
    ]
    for state in book.orders.working.values():
        sells = any(leg.side is Side.SELL for leg in state.intent.legs)
        if sells and state.account == account and state is not intent.replaces:
            held += signed(book, state.intent, state.order.leaves_qty)
    return held


def free_shares(held: Sequence[Signed]) -> Mapping[str, Decimal]:
    """Return the shares that cover no call yet, by their symbol."""
    return {
        name: free for name, on in by_underlying(held).items()
        if (free := shares(on) - short(on, Right.CALL)) > 0
    }


def shares(on: Sequence[Signed]) -> Decimal:
    return sum([qty for terms, qty in on if terms.strike is None], ZERO)


def short(on: Sequence[Signed], right: Right) -> Decimal:
    """Return for how many shares more is sold than is bought and lives as long."""
    options = [
        (terms.expiry, qty * terms.multiplier) for terms, qty in on
        if terms.right is right and terms.expiry is not None
    ]
    return max([
        ZERO, *(-sum([qty for ends, qty in options if ends >= end], ZERO) for end, _ in options)
    ])


def by_underlying(held: Sequence[Signed]) -> Mapping[str, list[Signed]]:
    found: dict[str, list[Signed]] = {}
    for terms, qty in held:
        found.setdefault(terms.underlying or terms.symbol, []).append((terms, qty))
    return found
