"""Where do book and statement differ? A missing row is a difference, never evidence of flat.

A statement is a picture of a moment, and money moves: what the broker says may be older or newer
than what the book has heard. So one look proves nothing. A difference is a break when two looks
in a row show the very same two numbers, and nothing was booked of it in between: then the second
statement was made while the book stood still, and every fill before it has been heard.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final, TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.book.order_state import OrderState
from tradebot.core.model.drift import CASH, BreakKind, Drift
from tradebot.core.model.events import ReplaceRequested
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.money import ZERO
from tradebot.core.model.report import Holding, OpenOrder, Report, Statement

IN_FLIGHT: Final = timedelta(seconds=2)  # a report may be so late, and is not missing yet

_Numbers: TypeAlias = tuple[BreakKind, str, Decimal, Decimal, int]


def drifts(book: Book, statement: Statement) -> Iterator[Drift]:
    """Yield every difference between an account's book and what its broker states."""
    yield from _about_cash(book, statement)
    yield from _about_positions(book, statement)
    yield from _about_orders(book, statement)


def confirmed(book: Book, route: str, statement: Statement, found: Iterable[Drift]) -> list[Drift]:
    """Return those that the look before showed alike, by an older statement."""
    look = book.recon.looks.get(route)
    if look is None or not (look.compared.as_of < statement.as_of):
        return []
    seen = {_numbers(drift) for drift in look.compared.drifts}
    return [drift for drift in found if _numbers(drift) in seen]


def was_made(state: OrderState, asked: ReplaceRequested, stated: OpenOrder) -> bool | None:
    """Tell whether the broker works an order as it was asked to be, or as it was before.

    None where it may be either, or is neither.
    """
    if stated.cl_ord_id == asked.request_id:
        return True
    told, filled = (stated.leaves_qty, stated.price), state.order.cum_qty
    is_new, is_old = (
        all(t is None or t == w for t, w in zip(told, (qty - filled, price), strict=True))
        for qty, price in (
            (asked.intent.order_qty, asked.intent.price),
            (state.order.order_qty, state.intent.price),
        )
    )
    return is_new if is_new != is_old else None


def unheard(book: Book, fills: Iterable[Report]) -> tuple[Report, ...]:
    """Return the executions that the book has not heard of."""
    return tuple(fill for fill in fills if not is_heard(book, fill))


def is_heard(book: Book, fill: Report) -> bool:
    """Tell whether an execution is booked, or part of what the ledger opened with.

    With other numbers than those booked it is news, and somebody must look.
    """
    state, route = book.orders.of_report(fill), book.routes.get(fill.route)
    if state is not None:
        return fill.exec_id in state.order.seen and state.order.has_heard(fill)
    if route is None:
        return False
    account = book.ledger.accounts[route.account]
    is_before = fill.transact_time is not None and fill.transact_time <= account.opened
    is_past = book.orders.is_past(route.account, fill.exec_id)
    return is_before or is_past or fill.exec_id in account.external


def is_overdue(fill: Report, statement: Statement) -> bool:
    """Tell whether the broker should have reported the execution long before its statement."""
    return fill.transact_time is None or fill.transact_time <= statement.as_of - IN_FLIGHT


def _about_cash(book: Book, statement: Statement) -> Iterator[Drift]:
    account = book.ledger.accounts[statement.account]
    tolerance = book.settings.recon_cash_tolerance
    if not (abs(account.cash - statement.cash) <= tolerance):
        yield Drift(
            kind=BreakKind.CASH, account=statement.account, subject=CASH, book=account.cash,
            statement=statement.cash,
        )


def _about_positions(book: Book, statement: Statement) -> Iterator[Drift]:
    stated = {holding.symbol: holding for holding in statement.holdings}
    for symbol in sorted({*stated, *book.ledger.nets.get(statement.account, {})}):
        told = stated.get(symbol, Holding(symbol=symbol, qty=ZERO))
        ours = book.ledger.net_qty(statement.account, symbol)
        if ours != told.qty:
            yield Drift(
                kind=BreakKind.POSITION, account=statement.account, subject=symbol, book=ours,
                statement=told.qty, moves=book.ledger.moves(statement.account, symbol),
                symbols=(symbol,), px=told.avg_px,
            )


def _about_orders(book: Book, statement: Statement) -> Iterator[Drift]:
    listed: set[ClOrdID] = set()
    for stated in statement.working:
        state = book.orders.find(stated.cl_ord_id)
        if state is None:
            yield Drift(
                kind=BreakKind.UNKNOWN_ORDER, account=statement.account, subject=stated.cl_ord_id,
                statement=stated.leaves_qty or ZERO, symbols=stated.symbols,
            )
        else:
            listed.add(state.root)
            yield from _about_listed(state, stated)
    for state in book.orders.working.values():
        may_come = state.is_unanswered and not state.in_doubt
        is_missing = state.root not in listed and not may_come
        if state.account == statement.account and is_missing:
            yield _order_drift(BreakKind.MISSING_ORDER, state, ZERO)


def _about_listed(state: OrderState, stated: OpenOrder) -> Iterator[Drift]:
    if state.order.is_done:
        yield _order_drift(BreakKind.FINISHED_ORDER, state, stated.leaves_qty or ZERO)
    elif stated.leaves_qty is not None and state.replacing is None:
        yield from _about_leaves(state, stated.leaves_qty)


def _about_leaves(state: OrderState, leaves_qty: Decimal) -> Iterator[Drift]:
    if leaves_qty != state.order.leaves_qty:
        yield _order_drift(BreakKind.FILL, state, leaves_qty)


def _order_drift(kind: BreakKind, state: OrderState, leaves_qty: Decimal) -> Drift:
    return Drift(
        kind=kind, account=state.account, subject=state.root, book=state.order.leaves_qty,
        statement=leaves_qty, moves=len(state.order.seen),
        symbols=state.intent.symbols,
    )


def _numbers(drift: Drift) -> _Numbers:
    return drift.kind, drift.name, drift.book, drift.statement, drift.moves
