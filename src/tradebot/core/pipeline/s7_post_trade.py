"""Stage 7: what does an execution do to holdings, cash and profit? Bookings that sum to zero."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.ledger import Share, effect_of_trade
from tradebot.core.book.order_state import OrderState
from tradebot.core.model.events import (
    EVERYTHING,
    Event,
    InstrumentHalted,
    OrderReported,
    PositionSettled,
    ReportIgnored,
    TradeBooked,
)
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.intent import EXTERNAL
from tradebot.core.model.money import ZERO
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import MONEY, ExecType, Report
from tradebot.core.pipeline.settlement import portions

_RESIZING: Final = frozenset({ExecType.REPLACED, ExecType.RESTATED})

# Money that moved, and that the book does not follow until a person has looked.
_UNREADABLE: Final = frozenset({
    Reason.OMS_MALFORMED_REPORT, Reason.OMS_CONFLICTING_EXECUTION, Reason.OMS_UNKNOWN_EXECUTION,
})


@fact
class _Move:
    """What one execution moved in one symbol: signed quantity in units, price a unit."""

    cl_ord_id: ClOrdID
    exec_id: ExecID
    account: str
    owner: str
    symbol: str
    qty: Decimal
    px: Decimal
    fee: Decimal
    is_external: bool = False  # of no order of ours


def book_trade(book: Book, state: OrderState | None, outcome: Event) -> Iterator[Event]:
    """Book what stage 6 applied, and what it could not: a fill is money, whoever sent the order.

    Each booking is folded before the next is asked for.
    """
    if isinstance(outcome, ReportIgnored):
        yield from _about_ignored(book, state, outcome)
        return
    if isinstance(outcome, PositionSettled):
        yield from _book_settlement(book, outcome.report)
        return
    assert isinstance(outcome, OrderReported)
    assert state is not None  # stage 6 applies reports to orders that it knows
    report = outcome.report
    if report.exec_type in MONEY:
        yield from _book_legs(book, state, report)
        yield from _about_overfill(state)
        yield from _about_ghost(state, report)
    elif report.exec_type in _RESIZING:
        yield from _about_overfill(state)  # the fill came first, then less was ordered
    yield from _about_uneven_legs(state)


def _book_legs(book: Book, state: OrderState, report: Report) -> Iterator[Event]:
    """Book each leg: a bust takes its booking back, a correction does so before it books anew."""
    prices = {leg.symbol: leg.last_px for leg in report.legs}
    alone = state.order.leg_traded(report)
    if alone is not None:
        yield from _book_one_leg(book, state, report, alone)
        return
    for number, leg in enumerate(state.intent.legs):
        suffix = f"/{number + 1}" if state.intent.is_combo else ""
        move = _Move(
            cl_ord_id=state.root, exec_id=ExecID(f"{report.exec_id}{suffix}"),
            account=state.account, owner=state.intent.owner,
            symbol=leg.symbol, qty=leg.signed_ratio * report.last_qty,
            px=prices[leg.symbol] if prices else report.last_px,
            fee=ZERO if number else report.fee,  # one fee a combo, on its first leg
        )
        undone = state.booked.get(ExecID(f"{report.exec_ref_id}{suffix}"))
        yield from _bookings(book, report.exec_type, move, undone)


def _book_one_leg(
    book: Book, state: OrderState, report: Report, symbol: str
) -> Iterator[Event]:
    """Book what one leg of a combo traded by itself, in its own units."""
    side = next(leg.side for leg in state.intent.legs if leg.symbol == symbol)
    assert report.exec_id is not None  # stage 6 has looked
    move = _Move(
        cl_ord_id=state.root, exec_id=report.exec_id, account=state.account,
        owner=state.intent.owner, symbol=symbol, qty=side.sign * report.last_qty,
        px=report.last_px, fee=report.fee,
    )
    undone = state.booked.get(report.exec_ref_id) if report.exec_ref_id else None
    yield from _bookings(book, report.exec_type, move, undone)


def _book_settlement(book: Book, report: Report) -> Iterator[Event]:
    account = book.routes[report.route].account
    for number, portion in enumerate(list(portions(book, account, report)), 1):
        yield from _trade(book, _Move(
            cl_ord_id=report.cl_ord_id, exec_id=ExecID(f"{report.exec_id}/{number}"),
            account=account, owner=portion.owner, symbol=portion.symbol, qty=portion.qty,
            px=portion.px, fee=report.fee if number == 1 else ZERO,
        ))


def _bookings(
    book: Book, exec_type: ExecType, move: _Move, undone: TradeBooked | None
) -> Iterator[Event]:
    if exec_type is ExecType.TRADE:
        yield from _trade(book, move)
        return
    assert undone is not None  # stage 6 found the execution that is taken back
    held = book.ledger.holding(undone.account, undone.strategy_id, undone.symbol)
    if exec_type is ExecType.TRADE_CANCEL:
        yield _reversal(undone, held, move.exec_id, move.fee)
    else:
        yield _reversal(undone, held, ExecID(f"{move.exec_id}-"), ZERO)
        yield from _trade(book, move)


def _trade(book: Book, move: _Move) -> Iterator[Event]:
    terms, multiplier = book.terms(move.symbol), book.multiplier(move.symbol)
    held = book.ledger.holding(move.account, move.owner, move.symbol)
    cost, realized = effect_of_trade(held, move.qty, move.px, multiplier)
    yield TradeBooked(
        cl_ord_id=move.cl_ord_id, exec_id=move.exec_id, account=move.account,
        strategy_id=move.owner, symbol=move.symbol, qty=move.qty, px=move.px,
        cash=-move.qty * move.px * multiplier - move.fee, cost=cost, fee=move.fee,
        realized=realized, multiplier=multiplier,
        currency=terms.currency if terms else book.ledger.accounts[move.account].currency,
        is_external=move.is_external,
    )
    if terms is None:
        yield unknown_terms(move.symbol)


def unknown_terms(symbol: str) -> InstrumentHalted:
    """Halt everything: with a position of unknown size, nobody knows what the account can bear."""
    detail = f"{symbol} is counted one to one"
    return InstrumentHalted(
        symbol=EVERYTHING, reason=Reason.OMS_UNKNOWN_INSTRUMENT, detail=detail
    )


def _reversal(undone: TradeBooked, held: Share, exec_id: ExecID, fee: Decimal) -> TradeBooked:
    """Take a booking back to the cent; `fee` is what the bust itself costs.

    A position that is flat thereafter costs nothing: what other trades made of it is profit.
    """
    cash, cost, realized = -undone.cash - fee, -undone.cost, -undone.realized
    if held.qty == undone.qty:
        cost = -held.cost
        realized = cost - undone.cash - undone.fee
    return replace(
        undone, exec_id=exec_id, qty=-undone.qty, cash=cash, cost=cost, fee=fee - undone.fee,
        realized=realized, reverses=undone.exec_id,
    )


def _about_overfill(state: OrderState) -> Iterator[Event]:
    order = state.order
    filled = order.combos_begun if order.legs else order.cum_qty
    if order.order_qty > 0 and filled > order.order_qty:
        detail = f"{order.cl_ord_id}: filled {filled} of {order.order_qty}"
        yield from _halts(state.intent.symbols, Reason.OMS_OVERFILL, detail)


def _about_uneven_legs(state: OrderState) -> Iterator[Event]:
    """Halt where a combo has ended and a leg of it stands alone: nobody wanted that position."""
    order = state.order
    if order.legs and order.is_done and (more := order.uneven):
        detail = f"{order.cl_ord_id}: more of {', '.join(more)} traded than of its other legs"
        yield from _halts(state.intent.symbols, Reason.OMS_UNEVEN_LEGS, detail)


def _about_ghost(state: OrderState, report: Report) -> Iterator[Event]:
    """Halt where an order lives of which we had proof that it never left."""
    if state.has_never_left and report.exec_type in (ExecType.NEW, ExecType.TRADE):
        detail = f"{state.root} never left, yet the broker says {report.exec_type}"
        yield from _halts(state.intent.symbols, Reason.ADAPTER_NEVER_LEFT, detail)


def _about_ignored(
    book: Book, state: OrderState | None, ignored: ReportIgnored
) -> Iterator[Event]:
    report, reason = ignored.report, ignored.reason
    if state is not None:
        yield from _about_ghost(state, report)
    if reason in _UNREADABLE:
        symbols = state.intent.symbols if state else (report.symbol or EVERYTHING,)
        detail = f"{report.exec_type} {report.exec_id} of {report.cl_ord_id} could not be read"
        yield from _halts(symbols, reason, detail)
    elif reason is Reason.OMS_UNKNOWN_ORDER and report.exec_type in MONEY:
        yield from _book_external(book, report)


def _book_external(book: Book, report: Report) -> Iterator[Event]:
    """Book money that belongs to no order of ours, and halt its instrument.

    Money of which the broker does not say what moved halts everything until a person looked.
    """
    detail = f"{report.exec_type} of {report.cl_ord_id}"
    route = book.routes.get(report.route)
    known = book.ledger.accounts[route.account].external if route else {}
    undone = known.get(report.exec_ref_id) if report.exec_ref_id else None
    symbol = undone.symbol if undone else report.symbol
    is_sell = undone.qty < 0 if undone and report.is_sell is None else report.is_sell
    is_new = report.exec_type is not ExecType.TRADE_CANCEL
    is_whole = (
        (undone is not None or report.exec_type is ExecType.TRADE)
        and (not is_new or (is_sell is not None and report.last_qty > 0))
    )
    if route is None or symbol is None or report.exec_id is None or not is_whole:
        yield from _halts((EVERYTHING,), Reason.OMS_EXTERNAL, detail)
        return
    yield from _bookings(book, report.exec_type, _Move(
        cl_ord_id=report.cl_ord_id, exec_id=report.exec_id, account=route.account, owner=EXTERNAL,
        symbol=symbol, qty=-report.last_qty if is_sell else report.last_qty, px=report.last_px,
        fee=report.fee, is_external=True,
    ), undone)
    yield from _halts((symbol,), Reason.OMS_EXTERNAL, detail)


def _halts(symbols: tuple[str, ...], reason: Reason, detail: str) -> Iterator[Event]:
    for symbol in symbols:
        yield InstrumentHalted(symbol=symbol, reason=reason, detail=detail)
