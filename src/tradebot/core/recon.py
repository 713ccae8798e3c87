"""Where do book and statement differ? A missing row is a difference, never evidence of flat."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Statement
from tradebot.core.model.events import BreakFound
from tradebot.core.model.money import ZERO

CASH_TOLERANCE: Final = Decimal("0.01")


def breaks(book: Book, statement: Statement) -> Iterator[BreakFound]:
    """Compare cash and every position that either side knows."""
    account = book.ledger.accounts[statement.account]
    if not (abs(account.cash - statement.cash) <= CASH_TOLERANCE):
        yield _break(statement, "cash", account.cash, statement.cash)
    stated = {holding.symbol: holding.qty for holding in statement.holdings}
    for symbol in sorted({*stated, *book.ledger.nets.get(statement.account, {})}):
        ours, theirs = book.ledger.net_qty(statement.account, symbol), stated.get(symbol, ZERO)
        if ours != theirs:
            yield _break(statement, symbol, ours, theirs)


def _break(statement: Statement, subject: str, ours: Decimal, theirs: Decimal) -> BreakFound:
    return BreakFound(account=statement.account, subject=subject, book=ours, statement=theirs)
