"""Stage 7: what does an execution do to holdings, cash and profit? Bookings that sum to zero."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.ledger import EXTERNAL, Share, effect_of_trade
from tradebot.core.book.orders import OrderState
from tradebot.core.model.events import (
    EVERYTHING,
    Event,
    InstrumentHalted,
    OrderReported,
    ReportIgnored,
    TradeBooked,
)
from tradebot.core.model.ids import ClOrdID, ExecID
from tradebot.core.model.money import ZERO
from tradebot.core.model.order import Fill
from tradebot.core.model.report import ExecType, Report
from tradebot.core.model.verdict import Reason


def book_trade(book: Book, outcome: Event, at: datetime) -> Sequence[Event]:
    """Book what stage 6 applied, and what it could not: a fill is money, whoever sent the order."""
    if isinstance(outcome, ReportIgnored):
        return tuple(_book_external(book, outcome))
    assert isinstance(outcome, OrderReported)
    report = outcome.report
    state = book.orders.of_report(report)
    assert state is not None
    match report.exec_type:
        case ExecType.TRADE:
            return (*_book_fill(book, state, report), *_about_overfill(state))
        case ExecType.TRADE_CANCEL:
            return tuple(_reverse(book, state, report))
        case ExecType.TRADE_CORRECT:
            return tuple(_correct(book, state, report))
        case _:
            return ()


def _book_fill(book: Book, state: OrderState, report: Report) -> Iterator[Event]:
    done = Fill(qty=report.last_qty, px=report.last_px, legs=report.legs)
    for first, suffix, symbol, (signed, px) in _moves(state, done):
        fee = report.fee if first else ZERO  # one fee a combo, on its first leg
        exec_id = ExecID(f"{report.exec_id}{suffix}")
        yield _booking(book, state, exec_id, symbol, (signed, px, fee))


def _reverse(book: Book, state: OrderState, report: Report) -> Iterator[Event]:
    """Take a busted execution back at its own prices, leg by leg."""
    old = state.order.fill(report.exec_ref_id)
    assert old is not None and report.exec_id is not None
    for first, suffix, symbol, (signed, px) in _moves(state, old):
        fee = report.fee if first else ZERO
        exec_id = ExecID(f"{report.exec_id}{suffix}")
        yield _booking(book, state, exec_id, symbol, (-signed, px, fee))


def _correct(book: Book, state: OrderState, report: Report) -> Iterator[Event]:
    """Replace an execution: each leg is booked as a reversal and a fill."""
    old = state.order.fill(report.exec_ref_id)
    assert old is not None and report.exec_id is not None
    done = Fill(qty=report.last_qty, px=report.last_px, legs=report.legs)
    for before, (first, suffix, symbol, (signed, px)) in zip(
        _moves(state, old), _moves(state, done), strict=True
    ):
        exec_id = ExecID(f"{report.exec_id}{suffix}")
        old_signed, old_px = before[3]
        undone = (-old_signed, old_px, ZERO)
        reversal = _booking(book, state, ExecID(f"{exec_id}-"), symbol, undone)
        yield reversal
        held = _after(book.ledger.holding(reversal.strategy_id, symbol), reversal)
        money = (signed, px, report.fee if first else ZERO)
        yield _booking(book, state, exec_id, symbol, money, held=held)


def _moves(
    state: OrderState, done: Fill
) -> Iterator[tuple[bool, str, str, tuple[Decimal, Decimal]]]:
    """Yield (is first, suffix of its id, symbol, (signed quantity, price)) of each leg."""
    legs = state.intent.legs
    if len(legs) == 1:
        yield True, "", legs[0].symbol, (legs[0].side.sign * done.qty, done.px)
        return
    prices = {leg.symbol: leg.last_px for leg in done.legs}
    for number, leg in enumerate(legs, 1):
        signed = leg.side.sign * leg.ratio_qty * done.qty
        yield number == 1, f"/{number}", leg.symbol, (signed, prices[leg.symbol])


def _about_overfill(state: OrderState) -> Iterator[Event]:
    order = state.order
    if order.order_qty > 0 and order.cum_qty > order.order_qty:
        detail = f"{order.cl_ord_id}: filled {order.cum_qty} of {order.order_qty}"
        for leg in state.intent.legs:
            yield InstrumentHalted(symbol=leg.symbol, reason=Reason.OMS_OVERFILL, detail=detail)


def _book_external(book: Book, ignored: ReportIgnored) -> Iterator[Event]:
    """Book a fill that belongs to no order of ours, once, and halt its instrument.

    Money of which the broker does not say what moved halts everything until a person looked.
    """
    report, route = ignored.report, book.routes.get(ignored.report.route)
    if ignored.reason is not Reason.OMS_UNKNOWN_ORDER or report.exec_type is not ExecType.TRADE:
        return
    exec_id, detail = report.exec_id, f"fill of {report.cl_ord_id}"
    if exec_id is not None and exec_id in book.ledger.external_seen:
        return
    is_whole = None not in (report.symbol, report.is_sell, exec_id, route) and report.last_qty > 0
    if not is_whole:
        yield InstrumentHalted(symbol=EVERYTHING, reason=Reason.OMS_EXTERNAL, detail=detail)
        return
    assert report.symbol is not None and exec_id is not None and route is not None
    signed = -report.last_qty if report.is_sell else report.last_qty
    yield _trade(
        book, (report.cl_ord_id, exec_id, route.account, EXTERNAL, report.symbol),
        (signed, report.last_px, report.fee), book.ledger.holding(EXTERNAL, report.symbol),
    )
    yield InstrumentHalted(symbol=report.symbol, reason=Reason.OMS_EXTERNAL, detail=detail)


def _booking(
    book: Book, state: OrderState, exec_id: ExecID, symbol: str,
    money: tuple[Decimal, Decimal, Decimal], *, held: Share | None = None,
) -> TradeBooked:
    owner = state.intent.strategy_id or state.intent.source.value
    names = (state.root, exec_id, state.account, owner, symbol)
    return _trade(book, names, money, held or book.ledger.holding(owner, symbol))


def _trade(
    book: Book, names: tuple[ClOrdID, ExecID, str, str, str],
    money: tuple[Decimal, Decimal, Decimal], held: Share,
) -> TradeBooked:
    cl_ord_id, exec_id, account, owner, symbol = names
    signed, px, fee = money
    multiplier = book.multiplier(symbol)
    cost, realized = effect_of_trade(held, signed, px, multiplier)
    return TradeBooked(
        cl_ord_id=cl_ord_id, exec_id=exec_id, account=account, strategy_id=owner, symbol=symbol,
        qty=signed, px=px, cash=-signed * px * multiplier - fee, cost=cost, fee=fee,
        realized=realized, is_external=owner == EXTERNAL,
    )


def _after(held: Share, booked: TradeBooked) -> Share:
    return Share(qty=held.qty + booked.qty, cost=held.cost + booked.cost)
