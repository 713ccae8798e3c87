"""Which promise was broken? The auditor, who shares no code with the product, has the first word.

Then the product must decide all of it again, and its book be what the auditor summed.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tools.verify_books import audited

from tradebot.core.book.book import Book
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.money import ZERO
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import replay
from tradebot.shell.replay.redecide import compare


def past_of(home: Path) -> list[Decision]:
    return list(replay(home)) if (home / "journal" / "HEAD").exists() else []


def orders_in(decisions: Sequence[Decision], since: int = 0) -> list[str]:
    """List the orders that were decided on after this decision."""
    return [
        event.cl_ord_id for decision in decisions if decision.seq > since
        for event in decision.events if isinstance(event, OrderSubmitted)
    ]


def at_rest(home: Path) -> Iterator[str]:
    """Say what is wrong with what a dead process left behind."""
    yield from audited(home, is_dead=True)[1]


def in_the_end(home: Path) -> Iterator[str]:
    """Say what is wrong once a process lived to its end: all must agree."""
    books, wrong = audited(home)
    yield from wrong
    decisions = past_of(home)
    found = compare(decisions)
    if not found.is_same:
        yield f"decided otherwise: {found.difference}"
    book = Book()
    for decision in decisions:
        book.fold(decision.at, decision.events)
    if wrong := _unlike(book, books.summed()):
        yield f"the book holds {wrong[0]}, its lines come to {wrong[1]}"
    if doubts := [name for name, state in book.orders.working.items() if state.in_doubt]:
        yield f"in doubt to the end: {doubts}"


def _unlike(book: Book, summed: dict[str, Any]) -> tuple[object, ...]:
    """Return what the book says of its accounts and the auditor's sums, where they differ."""
    ours, working = dict[str, Any](), book.orders.working.values()
    for name, account in book.ledger.accounts.items():
        nets = book.ledger.nets.get(name, {})
        ours[name] = {
            "cash": account.cash, "reserved": _rounded(book.orders.reserved.get(name, ZERO)),
            "positions": {symbol: net.qty for symbol, net in nets.items()},
            "open": sorted(s.root for s in working if s.account == name and not s.order.is_done),
        }
    theirs = {
        name: {
            "cash": Decimal(sums["cash"]), "reserved": _rounded(Decimal(sums["reserved"])),
            "positions": {symbol: Decimal(qty) for symbol, qty in sums["positions"].items()},
            "open": sums["open"],
        } for name, sums in summed.items()
    }
    return () if ours == theirs else (ours, theirs)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("1e-6"))
