"""What does one update of the stream say? Reports; what it leaves out is asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tradebot.core.model.ids import OUR_PREFIX, ClOrdID, ExecID, OrderID
from tradebot.core.model.instrument import names_option
from tradebot.core.model.report import ExecType, Report
from tradebot.plugins.alpaca.desk import AlpacaDesk
from tradebot.plugins.alpaca.kept import Kept
from tradebot.plugins.alpaca.saying import ACKNOWLEDGED, ENDS, UNTOLD, Saying
from tradebot.plugins.alpaca.told import (
    ToldExecution,
    ToldOrder,
    exec_id,
    number,
    read_order,
    text,
    time_of,
)

_FILLS: Final = frozenset({"fill", "partial_fill"})
_AMENDED: Final = {
    "trade_bust": ExecType.TRADE_CANCEL, "trade_correct": ExecType.TRADE_CORRECT,
}
# What became of a request of ours, and which.
_ANSWERS: Final = {
    "pending_cancel": ("cancel", ExecType.PENDING_CANCEL),
    "pending_replace": ("replace", ExecType.PENDING_REPLACE),
    "order_cancel_rejected": ("cancel", ExecType.CANCEL_REJECTED),
    "order_replace_rejected": ("replace", ExecType.CANCEL_REJECTED),
}


class Interpreter:
    """Understands one update after the other, in the order in which Alpaca sent them."""

    def __init__(self, desk: AlpacaDesk, saying: Saying) -> None:
        self._desk = desk
        self._saying = saying
        self._asked = Kept[tuple[OrderID, str], ClOrdID]()
        self._named = Kept[str, ExecID]()  # executions, by what the stream calls them
        self._told = Kept[ExecID, bool]()

    def asked(self, order: ToldOrder, what: str, request_id: ClOrdID) -> None:
        """Remember as what a cancel or a change was asked for: Alpaca's answers do not name it."""
        self._asked.put((order.order_id, what), request_id)

    async def reports_of(self, update: Mapping[str, Any]) -> Sequence[Report]:
        event, at = text(update, "event"), time_of(update, "timestamp")
        order = await self._order(update, at)
        if event in _FILLS:
            return await self._fills(update, order, at)
        if event in _AMENDED:
            return [self._amended(update, order, _AMENDED[event])]
        if event in UNTOLD or self._desk.known.is_leg(order.order_id):
            return ()
        if event == "replaced" and order.replaced_by is not None:
            new = await self._desk.recalled(order.replaced_by)
            return [self._saying.replaced(order, new, transact_time=at)]
        if event in ACKNOWLEDGED:  # of a change, its end is told by what it changes
            is_new = order.replaces is None
            return [self._saying.of(order, ExecType.NEW, transact_time=at)] if is_new else ()
        if event == "rejected" and order.replaces is not None:
            old = await self._desk.order(order.replaces)
            if old.replaced_by != order.order_id:
                return [self._saying.refused(old, order.cl_ord_id, transact_time=at)]
        if event in ENDS:
            return [self._saying.of(order, ENDS[event], transact_time=at)]
        return self._answers(order, event, at)

    async def _order(self, update: Mapping[str, Any], at: datetime) -> ToldOrder:
        """Return whose update it is; a leg that nobody told of before is nobody's order."""
        told = read_order(update.get("order"))
        may_be_leg = names_option(told.symbol) and not told.cl_ord_id.startswith(OUR_PREFIX)
        if may_be_leg and self._desk.known.order(told.order_id) is None:
            await self._desk.learn_legs(at)
        return self._desk.known.learn(told)

    async def _fills(
        self, update: Mapping[str, Any], order: ToldOrder, at: datetime
    ) -> Sequence[Report]:
        """Report an execution; of a combo those of its legs, which only the history tells."""
        whole = self._desk.known.order(order.order_id) or order
        if order.legs:
            _, found = await self._desk.history(order)
        else:
            found = [ToldExecution(
                order_id=order.order_id, symbol=order.symbol, is_sell=bool(order.is_sell),
                qty=number(update, "qty"), px=number(update, "price"), cum_qty=order.cum_qty, at=at,
            )]
            self._named.put(str(update.get("execution_id")), found[0].exec_id)
        new = [one for one in found if not (whole.legs and self._told.get(one.exec_id))]
        for one in new:
            self._told.put(one.exec_id, True)
        return [self._saying.trade(whole, one) for one in new]

    def _amended(
        self, update: Mapping[str, Any], order: ToldOrder, exec_type: ExecType
    ) -> Report:
        """Report that an execution is taken back; one that we did not hear was the last one."""
        whole, qty = self._desk.known.order(order.order_id) or order, number(update, "qty")
        is_bust = exec_type is ExecType.TRADE_CANCEL
        last = exec_id(order.order_id, order.cum_qty + qty if is_bust else order.cum_qty)
        old = self._named.get(text(update, "previous_execution_id")) or last
        name = exec_id(order.order_id, order.cum_qty)
        if is_bust or name == old or self._told.get(name):  # the history tells of no other one
            name = ExecID(f"{order.order_id}:{text(update, 'execution_id')}")
        self._named.put(text(update, "execution_id"), name)
        return self._saying.of(
            whole, exec_type, exec_id=name, exec_ref_id=old, last_qty=qty,
            last_px=number(update, "price"), symbol=order.symbol or None,
            transact_time=time_of(update, "timestamp"),
        )

    def _answers(self, order: ToldOrder, event: str, at: datetime) -> Sequence[Report]:
        """Report what became of a request of ours; a word that is new here is told as it is."""
        if event not in _ANSWERS:
            unknown = f"unknown event {event[:40]!r}"
            return [self._saying.of(
                order, ExecType.ORDER_STATUS, text=unknown, transact_time=at
            )]
        what, exec_type = _ANSWERS[event]
        request_id = self._asked.get((order.order_id, what))
        if request_id is None:
            return ()  # somebody else asked
        if exec_type is ExecType.CANCEL_REJECTED:
            return [self._saying.refused(order, request_id, transact_time=at)]
        return [self._saying.of(
            order, exec_type, cl_ord_id=request_id, orig_cl_ord_id=order.cl_ord_id,
            transact_time=at,
        )]
