"""How does one order reach one broker, and what do we know then? Three outcomes, never two.

It left, it provably never left, or nobody knows. Only what never left is ever sent again.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tradebot.core.book.order_state import OrderState
from tradebot.core.model.capabilities import IdMemory
from tradebot.core.model.commands import Delivery
from tradebot.core.model.events import CancelRequested, OrderSubmitted, ReplaceRequested
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Source
from tradebot.core.model.report import ExecType
from tradebot.ports import WIRE_TROUBLE, Declined, NotSent
from tradebot.shell.wire.asking import AFTER_S, Asking
from tradebot.shell.wire.line import UNSURE, Line, named
from tradebot.shell.wire.may_send import Outgoing, WhyNot
from tradebot.shell.wire.patience import ASKED_MAX_S, Patience

SOON_S: Final = AFTER_S[:4]
LATER_S: Final = AFTER_S[4:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Sends orders, changes and cancels over one line, and tells the core what is known."""

    line: Line
    asking: Asking
    may_send: WhyNot
    on_sent: Callable[[ClOrdID], None]
    patience: Patience
    seed: int

    async def send(self, order: OrderSubmitted) -> None:
        """Send an order, again and again while it provably never left; each try asks anew."""
        line, failures = self.line, list[NotSent]()
        for wait_s in self.patience.waits(self.seed, order.cl_ord_id):
            if wait_s and self._blocked(order) is None:
                await asyncio.sleep(max(wait_s, min(failures[-1].retry_after_s, ASKED_MAX_S)))
            await line.turn(is_stop=_is_stop(order))
            if (refusal := self._why_not(order)) is not None:
                await line.tell(order.cl_ord_id, Delivery.NEVER_LEFT, refusal)
                return
            try:
                await line.make(line.broker.submit(order))
            except NotSent as error:
                failures.append(error)
                continue
            except Declined as error:
                await line.refused(order.cl_ord_id, ExecType.REJECTED, error)
            except UNSURE as error:
                await line.tell(order.cl_ord_id, Delivery.UNKNOWN, named(error))
            else:
                self.on_sent(order.cl_ord_id)
            return
        told = "; ".join(f"try {n}: {named(error)}" for n, error in enumerate(failures, 1))
        is_spent = self._blocked(order) is None  # else the route fails, not the order
        delivery = Delivery.UNDELIVERED if is_spent else Delivery.NEVER_LEFT
        await line.tell(order.cl_ord_id, delivery, told)

    async def resolve(self, cl_ord_id: ClOrdID) -> None:
        """Ask what became of an order in doubt; send it again only where that cannot double it.

        A second order under its id is always refused where a venue remembers ids for ever: then it
        is sent soon, for a clearance does not hold for long, and once more later, for the route may
        have been down. Where absence is proof, sending is never safe: the answer to the next
        question may cross it.
        """
        able = self.line.broker.capabilities
        is_safe = able.id_memory is IdMemory.FOREVER and not able.absence_is_proof
        for waits_s in (SOON_S, LATER_S):
            if await self.asking.ask(cl_ord_id, waits_s):
                return
            is_sent = is_safe and await self._send_again(cl_ord_id)
            if is_sent and await self.asking.ask(cl_ord_id, SOON_S):
                return

    async def _send_again(self, cl_ord_id: ClOrdID) -> bool:
        """Send an order in doubt as it was, if it may still leave; tell whether that was tried."""
        line = self.line
        state = line.engine.book.orders.find(cl_ord_id)
        if state is None or not state.in_doubt or state.canceled_by:
            return False
        order = _as_submitted(state)
        if self._why_not(order) is not None:
            return False
        with suppress(*WIRE_TROUBLE):  # whatever it says, the order may live
            await line.make(line.broker.submit(order))
        return True

    async def cancel(self, request: CancelRequested) -> None:
        """Send a cancel until the broker has heard it; the order's own reports tell the rest.

        One that nobody heard stays open in the book, which asks again when the route connects.
        """
        line = self.line
        for delay_s in AFTER_S:
            await asyncio.sleep(delay_s)
            await line.turn(is_stop=True)
            if not self._is_open(request):
                return
            try:
                await line.make(line.broker.cancel(request.cl_ord_id, request.request_id))
            except Declined as error:
                await line.refused(
                    request.request_id, ExecType.CANCEL_REJECTED, error, request.cl_ord_id
                )
            except NotSent:
                continue
            except UNSURE:
                await self.asking.ask(request.cl_ord_id, AFTER_S[:1])
                continue
            return

    async def replace(self, request: ReplaceRequested) -> None:
        """Send a change once; unanswered it stays open, and the worse of both risks reserved."""
        line, body = self.line, request.intent
        await line.turn()
        if (refusal := self._why_not(request)) is not None:
            await line.tell(request.request_id, Delivery.NEVER_LEFT, refusal)
            return
        try:
            await line.make(line.broker.replace(
                request.cl_ord_id, request.request_id, body.order_qty, body.price
            ))
        except NotSent as error:
            await line.tell(request.request_id, Delivery.NEVER_LEFT, named(error))
        except Declined as error:
            await line.refused(
                request.request_id, ExecType.CANCEL_REJECTED, error, request.cl_ord_id
            )
        except UNSURE:
            await self.asking.ask(request.cl_ord_id)

    def _why_not(self, request: Outgoing) -> str | None:
        return self._blocked(request) or self._is_taken_back(request) or self.may_send(request)

    def _blocked(self, request: Outgoing) -> str | None:
        return self.line.blocked(is_stop=_is_stop(request))

    def _is_taken_back(self, request: Outgoing) -> str | None:
        state = self.line.engine.book.orders.find(request.cl_ord_id)
        if state is None or state.canceled_by:
            return "it was canceled before it left"
        if isinstance(request, ReplaceRequested):
            return None if state.replacing == request else "the change was given up before it left"
        return None if state.is_unanswered else "it was given up or answered before it left"

    def _is_open(self, request: CancelRequested) -> bool:
        orders = self.line.engine.book.orders
        state = orders.find(request.cl_ord_id)
        is_last = state is not None and state.canceling == request.request_id
        return state is not None and is_last and state.root in orders.working


def _is_stop(request: Outgoing) -> bool:
    """Tell whether the kill sent it: it goes the way of cancels."""
    return request.intent.source is Source.KILL


def _as_submitted(state: OrderState) -> OrderSubmitted:
    return OrderSubmitted(
        cl_ord_id=state.root, intent_id=state.intent_id, intent=state.intent, route=state.route,
        account=state.account, send_by=state.send_by, reserved=state.reserved,
        attempt=state.attempt, risk=state.risk, armed_by=state.armed_by,
        outside_hours=state.outside_hours,
    )
