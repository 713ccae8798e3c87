"""How does one order reach one broker, and what do we know then? Three outcomes, never two."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from tradebot.core.book.orders import OrderState
from tradebot.core.model.commands import ConnectRoute, Delivery, ReportDelivery, Statement
from tradebot.core.model.events import (
    CancelRequested,
    OrderInDoubt,
    OrderSubmitted,
    ReplaceRequested,
)
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Side
from tradebot.core.model.report import ExecType, Report
from tradebot.core.model.settings import RouteKind
from tradebot.ports import Broker, BrokerOrder, Declined, DeliveryUnknown, NotSent, WireError
from tradebot.shell.engine import Engine
from tradebot.shell.journal.decision import Decision

CALL_DEADLINE_S: Final = 10.0
LOOK_AFTER_S: Final = (0.0, 2.0, 2.0, 2.0)  # a difference counts when two looks are alike
HALT_DEADLINE_S: Final = 1.0
OVERLAP: Final = timedelta(minutes=1)  # fills are asked for from before the last decision
AFTER_S: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)  # when to ask, or to try a cancel, once more
ID_TAKEN: Final = "id already used by another order"

Outgoing: TypeAlias = OrderSubmitted | ReplaceRequested
MaySend = Callable[[Outgoing], str | None]


class Link:
    """One route's wire. It starts what the journal holds, and only that."""

    def __init__(
        self, route: str, kind: RouteKind, broker: Broker, *, engine: Engine, may_send: MaySend,
        on_sent: Callable[[ClOrdID], None] = lambda _: None,
    ) -> None:
        self.route = route
        self._kind = kind
        self._broker = broker
        self._engine = engine
        self._may_send = may_send
        self._on_sent = on_sent
        self._calls: dict[asyncio.Task[Any], ClOrdID | None] = {}  # sends under their order's id
        self._sending: dict[ClOrdID, asyncio.Event] = {}
        self._failure: asyncio.Future[None] | None = None

    async def connect(self, last_heard: datetime | None) -> None:
        """Log in, settle what was left open, and tell the core that the route is up.

        `last_heard` is the time of the last decision before this start, None on a first start.
        """
        async with asyncio.timeout(CALL_DEADLINE_S):
            await self._broker.connect()
        for delay_s in LOOK_AFTER_S:
            await asyncio.sleep(delay_s)
            if last_heard is not None:
                await self._recover(last_heard - OVERLAP)
            await self._engine.submit(ConnectRoute(
                route=self.route, kind=self._kind, capabilities=self._broker.capabilities,
                statement=await self.statement(),
            ))
            route = self._engine.book.routes.get(self.route)
            if route is not None and route.is_up:
                return
        raise ConnectionError(f"{self.route}: the book and the broker's statement differ")

    async def statement(self) -> Statement:
        """Return the broker's own account of the account, made after this was asked for."""
        async with asyncio.timeout(CALL_DEADLINE_S):
            return await self._broker.statement()

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        async with asyncio.timeout(CALL_DEADLINE_S):
            return await self._broker.fills_since(since)

    async def ask(self, cl_ord_id: ClOrdID) -> None:
        """Ask once what became of an order; what the broker says goes to the engine."""
        await self._ask(cl_ord_id, AFTER_S[:1])

    async def run(self) -> None:
        """Hand every report to the engine, in the broker's order; a failed call surfaces here."""
        self._failure = asyncio.get_running_loop().create_future()
        pump = asyncio.create_task(self._pump(), name=f"reports of {self.route}")
        try:
            await asyncio.wait({pump, self._failure}, return_when=asyncio.FIRST_COMPLETED)
            if self._failure.done():
                await self._failure
            await pump
        finally:
            pump.cancel()
            self._failure.cancel()

    async def drain(self, within_s: float) -> bool:
        """Wait for calls in flight; tell whether all of them came back in time."""
        if self._calls:
            await asyncio.wait(set(self._calls), timeout=within_s)
        return not self._calls

    async def cancel_all_unrecorded(self) -> None:
        """Try to cancel every working order though the journal is gone: the one exemption."""
        for state in list(self._engine.book.orders.working.values()):
            if state.route == self.route and not state.order.is_done:
                current = state.order.cl_ord_id
                try:
                    async with asyncio.timeout(HALT_DEADLINE_S):
                        await self._broker.cancel(current, ClOrdID(f"{current}X"))
                except (WireError, TimeoutError, OSError):
                    continue

    async def disconnect(self) -> None:
        for call in list(self._calls):
            call.cancel()
        async with asyncio.timeout(CALL_DEADLINE_S):
            await self._broker.disconnect()

    def on_decision(self, decision: Decision) -> None:
        """Start what the decision commits to. The decision is durable: it was published."""
        for event in decision.events:
            if isinstance(event, OrderSubmitted):
                if event.route == self.route:
                    self._start(self._send(event), "send", sends=event.cl_ord_id)
            elif isinstance(event, CancelRequested):
                if self._is_ours(event.cl_ord_id):
                    self._start(self._cancel(event), f"cancel {event.cl_ord_id}")
            elif isinstance(event, ReplaceRequested):
                if self._is_ours(event.cl_ord_id):
                    self._start(self._replace(event), f"replace {event.cl_ord_id}")
            elif isinstance(event, OrderInDoubt) and self._is_ours(event.cl_ord_id):
                self._start(self._ask(event.cl_ord_id, AFTER_S), f"ask for {event.cl_ord_id}")

    def _is_ours(self, cl_ord_id: ClOrdID) -> bool:
        state = self._engine.book.orders.find(cl_ord_id)
        return state is not None and state.route == self.route

    def _start(
        self, call: Coroutine[Any, Any, Any], name: str, *, sends: ClOrdID | None = None
    ) -> None:
        task = asyncio.create_task(call, name=f"{name} {sends}" if sends else name)
        self._calls[task] = sends
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        sends = self._calls.pop(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if sends is not None:  # an adapter's own fault: who knows how far it came
            detail = f"{type(error).__name__}: {error}"
            self._start(self._tell(sends, Delivery.UNKNOWN, detail), f"tell of {sends}")
        if self._failure is not None and not self._failure.done():
            self._failure.set_exception(error)

    async def _pump(self) -> None:
        async for report in self._broker.reports():
            await self._engine.deliver(report)

    async def _send(self, order: OrderSubmitted) -> None:
        refusal = self._may_send(order)
        if refusal is not None:
            await self._tell(order.cl_ord_id, Delivery.NEVER_LEFT, refusal)
            return
        try:
            await self._hand_over(order)
        except NotSent as error:
            await self._tell(order.cl_ord_id, Delivery.NEVER_LEFT, str(error))
        except Declined as error:
            await self._engine.deliver(Report(
                route=self.route, cl_ord_id=order.cl_ord_id, exec_type=ExecType.REJECTED,
                text=str(error),
            ))
        except (DeliveryUnknown, TimeoutError, OSError) as error:
            await self._tell(order.cl_ord_id, Delivery.UNKNOWN, str(error) or "no answer in time")

    async def _hand_over(self, order: OrderSubmitted) -> None:
        """Give the broker the order; a cancel of it waits until this call is over."""
        over = self._sending[order.cl_ord_id] = asyncio.Event()
        try:
            async with asyncio.timeout(CALL_DEADLINE_S):
                await self._broker.submit(order)
            self._on_sent(order.cl_ord_id)
        finally:
            del self._sending[order.cl_ord_id]
            over.set()

    async def _cancel(self, request: CancelRequested) -> None:
        """Send a cancel until the broker has heard it; the order's own reports tell the rest.

        One that nobody heard stays open in the book, which asks again when the route connects.
        """
        sending = self._sending.get(request.cl_ord_id)
        if sending is not None:
            await sending.wait()  # or it overtakes its order and finds nothing; ends with the send
        for delay_s in AFTER_S:
            await asyncio.sleep(delay_s)
            if not self._is_open(request):
                return
            try:
                async with asyncio.timeout(CALL_DEADLINE_S):
                    await self._broker.cancel(request.cl_ord_id, request.request_id)
            except Declined as error:
                await self._engine.deliver(Report(
                    route=self.route, cl_ord_id=request.request_id,
                    orig_cl_ord_id=request.cl_ord_id, exec_type=ExecType.CANCEL_REJECTED,
                    text=str(error),
                ))
            except NotSent:
                continue
            except (DeliveryUnknown, TimeoutError, OSError):
                await self._ask(request.cl_ord_id, AFTER_S[:1])
                continue
            return

    async def _replace(self, request: ReplaceRequested) -> None:
        """Send a change once; unanswered it stays open, and the worse of both risks reserved."""
        refusal, body = self._may_send(request), request.intent
        if refusal is not None:
            await self._tell(request.request_id, Delivery.NEVER_LEFT, refusal)
            return
        try:
            async with asyncio.timeout(CALL_DEADLINE_S):
                await self._broker.replace(
                    request.cl_ord_id, request.request_id, body.order_qty, body.price
                )
        except NotSent as error:
            await self._tell(request.request_id, Delivery.NEVER_LEFT, str(error))
        except Declined as error:
            await self._engine.deliver(Report(
                route=self.route, cl_ord_id=request.request_id, orig_cl_ord_id=request.cl_ord_id,
                exec_type=ExecType.CANCEL_REJECTED, text=str(error),
            ))
        except (DeliveryUnknown, TimeoutError, OSError):
            await self._ask(request.cl_ord_id, AFTER_S)

    def _is_open(self, request: CancelRequested) -> bool:
        orders = self._engine.book.orders
        state = orders.find(request.cl_ord_id)
        is_last = state is not None and state.canceling == request.request_id
        return state is not None and is_last and state.root in orders.working

    async def _tell(self, cl_ord_id: ClOrdID, delivery: Delivery, detail: str) -> None:
        await self._engine.submit(
            ReportDelivery(cl_ord_id=cl_ord_id, delivery=delivery, detail=detail)
        )

    async def _ask(self, cl_ord_id: ClOrdID, after_s: tuple[float, ...]) -> bool:
        """Ask what became of an order; silence leaves it in doubt, absence may prove."""
        for delay_s in after_s:
            await asyncio.sleep(delay_s)
            try:
                async with asyncio.timeout(CALL_DEADLINE_S):
                    found = await self._broker.find(cl_ord_id)
            except (WireError, TimeoutError, OSError):
                continue
            if found is not None:
                await self._hear(cl_ord_id, found)
                return True
            if self._broker.capabilities.absence_is_proof:
                await self._tell(cl_ord_id, Delivery.NEVER_LEFT, "the broker never saw it")
                return True
        return False

    async def _hear(self, cl_ord_id: ClOrdID, found: BrokerOrder) -> None:
        """Take in what the broker says of our order; one that is not ours has taken its id."""
        state = self._engine.book.orders.find(cl_ord_id)
        if state is not None and state.is_unanswered and _is_another(found, state):
            await self._tell(cl_ord_id, Delivery.ID_TAKEN, ID_TAKEN)
            return
        for report in found.reports:
            await self._engine.deliver(report)

    async def _recover(self, since: datetime) -> None:
        """Ask about every order of this route that has not finished, and fetch missed fills."""
        for state in list(self._engine.book.orders.working.values()):
            if state.route != self.route:
                continue
            if not await self._ask(state.root, AFTER_S[:2]):
                detail = "no word from the broker at start"
                await self._tell(state.root, Delivery.UNKNOWN, detail)
        async with asyncio.timeout(CALL_DEADLINE_S):
            missed = await self._broker.fills_since(since)
        for report in missed:
            await self._engine.deliver(report)
        await self._engine.drain()


def _is_another(found: BrokerOrder, ours: OrderState) -> bool:
    """Tell whether the broker's order differs from ours in anything that it tells of itself.

    Ids come from what a journal holds: two journals on one account can come to the same one.
    """
    body = ours.intent
    wanted = (body.symbol, body.side is Side.SELL, body.order_qty)
    told = (found.symbol, found.is_sell, found.order_qty)
    return any(b is not None and a != b for a, b in zip(wanted, told, strict=True))
