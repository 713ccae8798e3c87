"""What is left after a kill? The brokers' own statements, asked for now, beside the book."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Command
from tradebot.core.model.money import plain
from tradebot.ports import WIRE_TROUBLE
from tradebot.shell.flattener import States
from tradebot.shell.journal.decision import Decision
from tradebot.shell.views.rows import Plain, iso

Decide: TypeAlias = Callable[[Command], Awaitable[Decision | None]]


async def aftermath(book: Book, brokers: Sequence[States]) -> Plain:
    """Tell what still works or may arrive; done is only what every broker confirms.

    An order that the book thinks alive is left, whatever a statement leaves out.
    """
    told = await asyncio.gather(*(_stated(broker) for broker in brokers))
    standing = [state for state in book.orders.working.values() if not state.order.is_done]
    is_clean = not any(row["trouble"] or row["open_orders"] for row in told)
    return {
        "killed": book.kill_reason is not None, "reason": book.kill_reason,
        "confirmed": book.kill_reason is not None and is_clean and not standing,
        "working": [state.root for state in standing],
        "unanswered_cancels": [s.root for s in standing if s.canceling is not None],
        **in_flight(book), "statements": list(told), "to_flatten": list(book.kill.to_flatten),
    }


def in_flight(book: Book) -> Plain:
    """List the orders of which no broker has said a word: they may be at work, or arrive yet."""
    orders = book.orders.working.values()
    return {"in_flight": [s.root for s in orders if s.is_unanswered and not s.order.is_done]}


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


async def _stated(broker: States) -> Plain:
    try:
        found = await broker.statement()
    except WIRE_TROUBLE as error:
        return {"route": broker.route, "as_of": None, "open_orders": [], "positions": [],
                "trouble": _named(error)}
    return {
        "route": broker.route, "as_of": iso(found.as_of), "trouble": None,
        "open_orders": [
            {"client_order_id": order.cl_ord_id, "symbols": list(order.symbols),
             "leaves_qty": None if order.leaves_qty is None else plain(order.leaves_qty)}
            for order in found.working
        ],
        "positions": [
            {"symbol": held.symbol, "qty": plain(held.qty)} for held in found.holdings if held.qty
        ],
    }
