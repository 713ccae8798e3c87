"""Which promise was broken? What the journal says is held against the broker's own file."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from tradebot.core.book.book import Book
from tradebot.core.model.events import OrderSubmitted
from tradebot.shell.journal.damage import JournalDamaged
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
    try:
        decided = orders_in(past_of(home))
    except JournalDamaged as error:
        yield f"the journal is damaged: {error}"
        return
    _, _, sent = broker_truth(home)
    twice = [name for name, times in Counter(sent).items() if times > 1]
    if twice:
        yield f"sent twice: {twice}"
    if len(set(decided)) < len(decided):
        yield "one id was given to two orders"
    if unknown := set(sent) - set(decided):
        yield f"sent, and not in the journal: {sorted(unknown)}"


def in_the_end(home: Path) -> Iterator[str]:
    """Say what is wrong once a process lived to its end: all must agree."""
    yield from at_rest(home)
    decisions = past_of(home)
    found = compare(decisions)
    if not found.is_same:
        yield f"decided otherwise: {found.difference}"
    book = Book()
    for decision in decisions:
        book.fold(decision.at, decision.events)
    cash, holdings, _ = broker_truth(home)
    (account,) = book.ledger.accounts.values()
    if account.cash != cash:
        yield f"cash: book {account.cash}, broker {cash}"
    held = {
        symbol: net.qty
        for nets in book.ledger.nets.values() for symbol, net in nets.items() if net.qty
    }
    if held != holdings:
        yield f"positions: book {held}, broker {holdings}"
    if doubts := [name for name, state in book.orders.working.items() if state.in_doubt]:
        yield f"in doubt to the end: {doubts}"


def broker_truth(home: Path) -> tuple[Decimal, dict[str, Decimal], list[str]]:
    """Sum the paper broker's own file: cash, holdings, and the ids of all its orders."""
    cash, holdings, orders = Decimal(0), dict[str, Decimal](), list[str]()
    path = home / "brokers" / "paper" / "book.jsonl"
    for line in path.read_bytes().splitlines(keepends=True) if path.exists() else ():
        if not line.endswith(b"\n"):
            break  # torn: the broker cuts it, and never told it
        kind, body = json.loads(line)
        if kind == "Opened":
            cash = Decimal(body["cash"])
        elif kind == "OrderSubmitted":
            orders.append(body["cl_ord_id"])
        elif body["report"]["exec_type"] == "trade":
            report = body["report"]
            qty = Decimal(report["last_qty"]) * (-1 if report["is_sell"] else 1)
            cash -= qty * Decimal(report["last_px"]) + Decimal(report["fee"])
            holdings[report["symbol"]] = holdings.get(report["symbol"], Decimal(0)) + qty
    return cash, {symbol: qty for symbol, qty in holdings.items() if qty}, orders
