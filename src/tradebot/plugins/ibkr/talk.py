"""What does IB's word about an order mean? Reports in FIX words, each told once.

Only what IB itself says of an order's state counts. A code without one may end an order or not:
then the order is doubted, and whoever owns the session asks IB for its lists.
"""

from collections.abc import Callable
from typing import Any, Final

from tradebot.core.model.ids import ClOrdID, OrderID
from tradebot.core.model.report import ExecType, RejReason, Report
from tradebot.plugins.ibkr import codes
from tradebot.plugins.ibkr.codes import Meaning
from tradebot.plugins.ibkr.contracts import number
from tradebot.plugins.ibkr.orders import KnownOrder, KnownOrders, is_ours, name_of
from tradebot.plugins.ibkr.translate import as_told

_ON_ITS_WAY: Final = frozenset({"ApiPending", "PendingSubmit"})
_LIVE: Final = frozenset({"PreSubmitted", "Submitted"})
_FILLED: Final = "Filled"
_CANCELED: Final = frozenset({"ApiCancelled", "Cancelled"})


class OrderTalk:
    """Takes in what one session says of orders."""

    def __init__(
        self, route: str, orders: KnownOrders, tell: Callable[[Report], None],
        doubt: Callable[[KnownOrder], None],
    ) -> None:
        self.library: Any = None
        self.client_id = 0
        self.account = ""
        self._route = route
        self._orders = orders
        self._tell = tell
        self._doubt = doubt

    def open_order(self, _: int, contract: Any, told: Any, state: Any) -> None:
        if told.account != self.account:
            return
        order = self._known(contract, told)
        if order.change is not None and _is_made(order, told):
            self._say_changed(order)
        self._stands(order, state.status)

    def completed_order(self, contract: Any, told: Any, state: Any) -> None:
        """Take in how an order ended; of how much it filled only its executions tell."""
        if told.account == self.account:
            told.totalQuantity = 0  # here it is what is left, or nothing, and never what was asked
            order = self._known(contract, told)
            order.is_live = order.is_live or number(told.filledQuantity) > 0
            self._stands(order, _FILLED if state.status == _FILLED else "Cancelled")

    def order_status(self, order_number: int, status: str, *more: Any) -> None:
        _, _, _, perm_id, _, _, client_id, *_ = more
        order = self._orders.permanent(perm_id)
        if order is None and client_id == self.client_id:
            order = self._orders.numbered(order_number)
        if order is None or (perm_id and order.perm_id not in (0, perm_id)):
            return  # numbers are used again, permIds are not
        self._orders.bind(order, perm_id)
        self._stands(order, status)

    def error(self, order_number: int, code: int, text: str) -> None:
        order = self._orders.numbered(order_number)
        if order is None or order.is_done:
            return
        self._orders.heard(order)
        said = codes.says(code)
        if said is Meaning.NOTHING:
            return
        if said is Meaning.NO_CANCEL and order.cancel is not None:
            self._say_refused(order, order.cancel, code, text)
            order.cancel = None
        elif said in (Meaning.REFUSED, Meaning.NO_CANCEL) and order.change is not None:
            self._say_refused(order, order.change.request_id, code, text)
            order.change = None
        else:
            order.trouble = code, text
            if said is Meaning.REFUSED and not order.is_live:
                self._ended(order)
                return
        self._doubt(order)

    def is_gone(self, order: KnownOrder) -> None:
        """Take in that no list of IB's has an order of which it told a trouble: it is refused."""
        if order.trouble is not None and not order.is_live and not order.is_done:
            self._ended(order)

    def _known(self, contract: Any, told: Any) -> KnownOrder:
        """Return the order that IB tells of; a second one under our id is a flaw that halts."""
        order = self._orders.permanent(told.permId) or self._orders.called(told.orderRef)
        if order is None:
            is_changeable = told.clientId == self.client_id and told.orderId > 0
            order = self._orders.add(KnownOrder(
                cl_ord_id=name_of(told), contract=contract, perm_id=told.permId,
                ticket=as_told(self.library, told), number=told.orderId if is_changeable else 0,
            ))
        elif told.permId and order.perm_id not in (0, told.permId):
            if told.permId not in order.doubles and is_ours(told):
                order.doubles.add(told.permId)
                self._say(
                    order, ExecType.NEW,
                    flaw=f"IB has two orders under one id: {order.perm_id} and {told.permId}",
                )
            return KnownOrder(cl_ord_id=name_of(told), contract=contract, ticket=told)
        self._orders.bind(order, told.permId)
        return order

    def _stands(self, order: KnownOrder, status: str) -> None:
        if order.is_done or status in _ON_ITS_WAY:
            return
        if status in _LIVE:
            order.trouble = None
            if not order.is_live:
                order.is_live = True
                self._say(order, ExecType.NEW)
        elif status in _CANCELED:
            self._ended(order)
        elif status == _FILLED:
            order.is_live = order.is_done = True
        elif status == "PendingCancel":
            if order.cancel is not None:
                self._say(order, ExecType.PENDING_CANCEL, request=order.cancel)
        elif status == "Inactive":
            if order.trouble is not None and codes.says(order.trouble[0]) is Meaning.REFUSED:
                self._ended(order)
            else:
                self._say(order, ExecType.SUSPENDED)
        elif self._say(order, ExecType.ORDER_STATUS, text=f"IB says {status}"):
            self._doubt(order)

    def _ended(self, order: KnownOrder) -> None:
        """Tell that an order is over: refused where it never worked and nobody canceled it."""
        order.is_done = True
        code, text = order.trouble or (0, "")
        told = codes.told(code, text) if code else ""
        if order.trouble is not None and not order.is_live and order.cancel is None:
            self._say(order, ExecType.REJECTED, text=told, rej_reason=codes.reason(code, text))
        else:
            self._say(order, ExecType.CANCELED, request=order.cancel, text=told)

    def _say_changed(self, order: KnownOrder) -> None:
        change = order.change
        assert change is not None
        self._say(
            order, ExecType.REPLACED, request=change.request_id, order_qty=change.order_qty
        )
        self._orders.rename(order, change.request_id)
        order.ticket, order.change = change.ticket, None

    def _say_refused(self, order: KnownOrder, request: ClOrdID, code: int, text: str) -> None:
        self._say(
            order, ExecType.CANCEL_REJECTED, request=request, text=codes.told(code, text),
            rej_reason=codes.reason(code, text),
        )

    def _say(
        self, order: KnownOrder, exec_type: ExecType, *, request: ClOrdID | None = None,
        text: str = "", rej_reason: RejReason | None = None, **more: Any,
    ) -> bool:
        """Tell it unless that was the last thing told; tell whether it was not."""
        report = Report(
            route=self._route, cl_ord_id=request or order.name, exec_type=exec_type,
            orig_cl_ord_id=order.name if request else None, text=text, rej_reason=rej_reason,
            order_id=OrderID(str(order.perm_id)) if order.perm_id else None, **more,
        )
        if report in order.said[-1:]:
            return False
        order.said.append(report)
        if order.is_followed:
            self._tell(report)
        return True


def _is_made(order: KnownOrder, told: Any) -> bool:
    """Tell whether the order stands as the change wanted it."""
    change = order.change
    assert change is not None
    is_priced = change.price is None or number(told.lmtPrice) == change.price
    return number(told.totalQuantity) == change.order_qty and is_priced
