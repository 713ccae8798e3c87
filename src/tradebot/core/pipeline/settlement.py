"""Who gets what when a broker settles an option? Each owner what his share comes to.

The option ends at what it pays, and shares that change hands do so at what they are worth then:
together that moves just the strike in cash, and equity does not jump.
"""

from collections.abc import Iterator
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.model.fact import fact
from tradebot.core.model.intent import EXTERNAL
from tradebot.core.model.money import ZERO
from tradebot.core.model.payoff import delivered
from tradebot.core.model.report import Report


@fact
class Portion:
    """What a settlement moves for one owner: signed quantity in units, price a unit."""

    owner: str
    symbol: str
    qty: Decimal
    px: Decimal


def portions(book: Book, account: str, report: Report) -> Iterator[Portion]:
    """Yield the option's end for each owner, and the shares that it brings or takes."""
    assert report.symbol is not None  # stage 6 has looked
    terms = book.terms(report.symbol)
    assert terms is not None
    moved = -report.last_qty if report.is_sell else report.last_qty
    for owner, qty in _shared(book.ledger.owners_of(account, report.symbol), moved):
        yield Portion(owner=owner, symbol=report.symbol, qty=qty, px=report.last_px)
        for leg in report.legs:
            shares = delivered(terms, -qty)
            yield Portion(owner=owner, symbol=leg.symbol, qty=shares, px=leg.last_px)


def _shared(held: dict[str, Decimal], moved: Decimal) -> Iterator[tuple[str, Decimal]]:
    """Share what the account gives up: all of everybody's, or owner by owner as far as it goes."""
    if sum(held.values(), ZERO) == -moved:
        yield from ((owner, -qty) for owner, qty in held.items())
        return
    left = moved
    for owner, qty in held.items():
        if qty * left < 0:
            part = min(abs(qty), abs(left)).copy_sign(left)
            left -= part
            yield owner, part
    if left:  # the broker settled more than we know of: the fill that we lack will meet it
        yield EXTERNAL, left
