"""Stage 6: what does the broker say happened? Applied by the table, or kept as evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.order_state import OrderState, change_made
from tradebot.core.model.events import Event, OrderReported, PositionSettled, ReportIgnored
from tradebot.core.model.order import DEAD, LIFECYCLE, OrdStatus
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import MONEY, ExecType, Report
from tradebot.core.model.sound import flaw

_MOVING: Final = MONEY | {ExecType.NEW, ExecType.REPLACED, ExecType.RESTATED}
# What a filled order still takes: what may reopen it, and its end, which a later bust must find.
_AFTER_FILL: Final = frozenset({
    ExecType.REPLACED, ExecType.RESTATED, ExecType.PENDING_REPLACE, ExecType.CANCELED,
    ExecType.EXPIRED,
})


def absorb(book: Book, state: OrderState | None, report: Report) -> Sequence[Event]:
    """Apply the report to its order, or say why it changes nothing. Money is booked once."""
    if report.exec_type is ExecType.SETTLEMENT:
        return (_settlement(book, report),)
    reason = why_ignored(state, report) if state is not None else why_external(book, report)
    if reason is not None:
        return (ReportIgnored(report=report, reason=reason),)
    assert state is not None  # what is nobody's order has a reason
    return (*_change_proven_by(state, report), OrderReported(report=report))


def _change_proven_by(state: OrderState, report: Report) -> Iterator[OrderReported]:
    """Hear the answer to our change that was lost: an execution bears the id that is in force."""
    asked, order = state.replacing, state.order
    if asked is None or report.exec_type is not ExecType.TRADE:
        return
    is_in_force = report.cl_ord_id == asked.request_id and report.orig_cl_ord_id is None
    if is_in_force and (order.standing, ExecType.REPLACED) in LIFECYCLE:
        yield OrderReported(report=replace(
            change_made(state, asked, f"shown by execution {report.exec_id}"),
            order_id=report.order_id, symbol=report.symbol, is_sell=report.is_sell,
            transact_time=report.transact_time,
        ))


def _settlement(book: Book, report: Report) -> PositionSettled | ReportIgnored:
    """Apply what no order made, once: the option ends, whoever holds it."""
    reason = why_external(book, report)
    if reason is not Reason.OMS_UNKNOWN_ORDER or report.route not in book.routes:
        return ReportIgnored(report=report, reason=reason)
    terms = book.terms(report.symbol or "")
    named = {leg.symbol for leg in report.legs if leg.last_px > 0}
    if (
        terms is not None and terms.right is not None and report.is_sell is not None
        and report.last_px >= 0 and (not report.legs or named == {terms.underlying})
    ):
        return PositionSettled(report=report)
    return ReportIgnored(report=report, reason=Reason.OMS_MALFORMED_REPORT)


def why_external(book: Book, report: Report) -> Reason:
    """Return what is to be said of a report about an order that is not ours."""
    route = book.routes.get(report.route)
    if report.exec_type not in MONEY or route is None:
        return Reason.OMS_UNKNOWN_ORDER
    if not is_whole(report):
        return Reason.OMS_MALFORMED_REPORT
    account = book.ledger.accounts[route.account]
    is_past = book.orders.is_past(route.account, report.exec_id)
    if is_past or report.exec_id in account.external:
        return Reason.OMS_DUPLICATE_EXECUTION
    if report.transact_time is not None and report.transact_time <= account.opened:
        return Reason.OMS_BEFORE_OPENING
    return Reason.OMS_UNKNOWN_ORDER


def why_ignored(state: OrderState, report: Report) -> Reason | None:
    """Return why a report does not change its order, or None when it does."""
    if report.is_duplicate_order:
        return Reason.OMS_NOTHING_NEW  # it rejects a second order, and says nothing of this one
    if not is_whole(report):
        return Reason.OMS_MALFORMED_REPORT
    if report.exec_type in MONEY:
        return _about_money(state, report)
    if report.exec_type is ExecType.ORDER_STATUS and not state.in_doubt:
        return Reason.OMS_NOTHING_NEW
    order = state.order
    if (order.standing, report.exec_type) not in LIFECYCLE:
        return Reason.OMS_NO_SUCH_TRANSITION
    if order.standing not in DEAD and order.is_filled and report.exec_type not in _AFTER_FILL:
        is_answer = report.exec_type in (ExecType.PENDING_CANCEL, ExecType.CANCEL_REJECTED)
        return None if is_answer or state.in_doubt else Reason.OMS_NOTHING_NEW
    known = (order.cl_ord_id, *order.chain)
    is_old = report.exec_type is ExecType.REPLACED and report.cl_ord_id in known
    if is_old and not state.in_doubt:
        return Reason.OMS_NOTHING_NEW  # or an old change would undo a newer one
    repeats = report.exec_type is ExecType.NEW and order.standing is OrdStatus.NEW
    return Reason.OMS_NOTHING_NEW if repeats and not state.in_doubt else None


def _about_money(state: OrderState, report: Report) -> Reason | None:
    order = state.order
    if report.exec_type is not ExecType.TRADE_CANCEL and not _is_priced(state, report):
        return Reason.OMS_MALFORMED_REPORT
    if report.exec_id in order.seen:
        same = order.has_heard(report)
        return Reason.OMS_DUPLICATE_EXECUTION if same else Reason.OMS_CONFLICTING_EXECUTION
    if report.exec_type is not ExecType.TRADE:
        corrected = order.fill(report.exec_ref_id)
        if corrected is None or corrected.is_void:
            return Reason.OMS_UNKNOWN_EXECUTION
    assert (order.standing, report.exec_type) in LIFECYCLE  # the table has every money row
    return None


def is_whole(report: Report) -> bool:
    """Tell whether the numbers that this kind of report moves are numbers that can be true."""
    if report.exec_type not in _MOVING:
        return True
    if report.flaw or flaw(report) is not None:
        return False
    if report.exec_type not in MONEY:
        return (report.order_qty is None or report.order_qty > 0) and (
            report.cum_qty is None or report.cum_qty >= 0
        )
    is_bust = report.exec_type is ExecType.TRADE_CANCEL
    return report.exec_id is not None and (is_bust or report.last_qty > 0)


def _is_priced(state: OrderState, report: Report) -> bool:
    """Tell whether it says what all of it traded at: the order's one leg, all legs, or one."""
    if not state.intent.is_combo:
        return report.last_px > 0
    leg = state.order.leg_traded(report)
    if leg is None:
        return _names_every_leg(state, report)
    is_of_leg = not report.legs and report.symbol in (None, leg)
    return is_of_leg and leg in state.intent.symbols and report.last_px >= 0


def _names_every_leg(state: OrderState, report: Report) -> bool:
    named = {leg.symbol for leg in report.legs if leg.last_px >= 0}
    return named == set(state.intent.symbols)
