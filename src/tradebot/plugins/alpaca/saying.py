"""What does Alpaca's word mean in FIX's? Statuses and events become reports; nothing is asked."""

from collections.abc import Mapping
from typing import Any, Final

from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType, RejReason, Report
from tradebot.plugins.alpaca.told import ToldExecution, ToldOrder

# How an order ended, or rests: as its status, and as the event that said so.
ENDS: Final[Mapping[str, ExecType]] = {
    "canceled": ExecType.CANCELED, "expired": ExecType.EXPIRED, "rejected": ExecType.REJECTED,
    "done_for_day": ExecType.DONE_FOR_DAY, "suspended": ExecType.SUSPENDED,
}
# Taken, whatever may still be missing until it trades; or more of it is told in other ways.
_TAKEN: Final = frozenset({
    "accepted", "accepted_for_bidding", "calculated", "filled", "held", "new", "partially_filled",
    "pending_cancel", "pending_new", "pending_replace", "pending_review", "replaced", "stopped",
})
ACKNOWLEDGED: Final = frozenset({"accepted", "new"})  # as events
UNTOLD: Final = _TAKEN - ACKNOWLEDGED - {"replaced", "pending_cancel", "pending_replace"}


class Saying:
    """Writes the reports of one route."""

    def __init__(self, route: str) -> None:
        self._route = route

    def of(self, order: ToldOrder, exec_type: ExecType, **more: Any) -> Report:
        return Report(**{
            "route": self._route, "cl_ord_id": order.cl_ord_id, "order_id": order.order_id,
            "exec_type": exec_type, "symbol": order.symbol or None, "is_sell": order.is_sell,
            **more,
        })

    def trade(self, whole: ToldOrder, execution: ToldExecution) -> Report:
        """Report an execution of an order, or of one of its legs: then in the leg's own units."""
        return self.of(
            whole, ExecType.TRADE, exec_id=execution.exec_id, last_qty=execution.qty,
            last_px=execution.px, symbol=execution.symbol, is_sell=execution.is_sell,
            transact_time=execution.at,
        )

    def taken(self, order: ToldOrder) -> Report:
        """Report that Alpaca has an order, by its status; a word that is new here is told as is."""
        if order.status in _TAKEN or order.status in ENDS:
            return self.of(order, ExecType.NEW)
        return self.of(order, ExecType.ORDER_STATUS, text=f"unknown status {order.status!r}")

    def replaced(self, old: ToldOrder, new: ToldOrder, **more: Any) -> Report:
        """Report that another order works in an order's place, for all that shall be filled."""
        return self.of(
            new, ExecType.REPLACED, orig_cl_ord_id=old.cl_ord_id, order_qty=new.qty, **more
        )

    def refused(self, order: ToldOrder, request_id: ClOrdID, **more: Any) -> Report:
        """Report that an order stays as it is: a cancel or a change of it came too late."""
        return self.of(
            order, ExecType.CANCEL_REJECTED, cl_ord_id=request_id,
            orig_cl_ord_id=order.cl_ord_id, rej_reason=RejReason.TOO_LATE, **more,
        )
