"""Stage 6: what does the broker say happened? Applied by the table, or kept as evidence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.orders import OrderState
from tradebot.core.model.events import Event, OrderReported, ReportIgnored
from tradebot.core.model.order import DEAD, LIFECYCLE, Fill, OrdStatus
from tradebot.core.model.report import ExecType, Report
from tradebot.core.model.verdict import Reason

_MONEY: Final = frozenset({ExecType.TRADE, ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})
# What a filled order still takes: what may reopen it, and its end, which a later bust must find.
_AFTER_FILL: Final = frozenset({
    ExecType.REPLACED, ExecType.RESTATED, ExecType.PENDING_REPLACE, ExecType.CANCELED,
    ExecType.EXPIRED,
})


def absorb(book: Book, report: Report, at: datetime) -> Sequence[Event]:
    """Apply the report to its order, or say why it changes nothing. Money is booked once."""
    state = book.orders.of_report(report)
    reason = why_ignored(state, report)
    if reason is not None:
        return (ReportIgnored(report=report, reason=reason),)
    return (OrderReported(report=report),)


def why_ignored(state: OrderState | None, report: Report) -> Reason | None:
    """Return why a report does not change its order, or None when it does."""
    if state is None:
        return Reason.OMS_UNKNOWN_ORDER
    if report.is_duplicate_order:
        return Reason.OMS_NOTHING_NEW  # it rejects a second order, and says nothing of this one
    if report.exec_type in _MONEY:
        return _about_money(state, report)
    if report.exec_type is ExecType.ORDER_STATUS and not state.in_doubt:
        return Reason.OMS_NOTHING_NEW
    order = state.order
    if (order.standing, report.exec_type) not in LIFECYCLE:
        return Reason.OMS_NO_SUCH_TRANSITION
    if order.standing not in DEAD and order.is_filled and report.exec_type not in _AFTER_FILL:
        is_answer = report.exec_type in (ExecType.PENDING_CANCEL, ExecType.CANCEL_REJECTED)
        return None if is_answer or state.in_doubt else Reason.OMS_NOTHING_NEW
    repeats = report.exec_type is ExecType.NEW and order.standing is OrdStatus.NEW
    return Reason.OMS_NOTHING_NEW if repeats and not state.in_doubt else None


def _about_money(state: OrderState, report: Report) -> Reason | None:
    order = state.order
    needs_price = report.exec_type is not ExecType.TRADE_CANCEL
    if report.exec_id is None or (needs_price and not (report.last_qty > 0)):
        return Reason.OMS_MALFORMED_REPORT
    if state.intent.is_combo and needs_price and not _names_every_leg(state, report):
        return Reason.OMS_MALFORMED_REPORT
    if report.exec_id in order.seen:
        booked = order.fill(report.exec_id)
        told = Fill(qty=report.last_qty, px=report.last_px)
        same = booked is None or (booked.qty, booked.px) == (told.qty, told.px)
        return Reason.OMS_DUPLICATE_EXECUTION if same else Reason.OMS_CONFLICTING_EXECUTION
    if report.exec_type is not ExecType.TRADE:
        corrected = order.fill(report.exec_ref_id)
        if corrected is None or corrected.is_void:
            return Reason.OMS_UNKNOWN_EXECUTION
    assert (order.standing, report.exec_type) in LIFECYCLE  # the table has every money row
    return None


def _names_every_leg(state: OrderState, report: Report) -> bool:
    return {leg.symbol for leg in report.legs} == {leg.symbol for leg in state.intent.legs}
