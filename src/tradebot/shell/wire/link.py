"""How does one order reach one broker, and what do we know then? Three outcomes, never two."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Final

from tradebot.core.model.commands import ConnectRoute, Delivery, ReportDelivery
from tradebot.core.model.events import CancelRequested, OrderSubmitted
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType, Report
from tradebot.core.model.settings import RouteKind
from tradebot.ports import Broker, Declined, DeliveryUnknown, NotSent, WireError
from tradebot.shell.engine import Engine
from tradebot.shell.journal.decision import Decision

CALL_DEADLINE_S: Final = 10.0
HALT_DEADLINE_S: Final = 1.0
OVERLAP: Final = timedelta(minutes=1)  # fills are asked for from before the last decision
ASK_AFTER_S: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)  # when an unknown outcome is asked about

MaySend = Callable[[OrderSubmitted], str | None]


class Link:
    """One route's wire. It starts what the journal holds, and only that."""

    def __init__(
        self, route: str, kind: RouteKind, broker: Broker, *, engine: Engine, may_send: MaySend
    ) -> None:
        self.route = route
        self._kind = kind
        self._broker = broker
        self._engine = engine
        self._may_send = may_send
        self._calls: set[asyncio.Task[None]] = set()
        self._failure: asyncio.Future[None] | None = None

    async def connect(self, last_heard: datetime | None) -> None:
        """Log in, settle what was left open, and tell the core that the route is up.

        `last_heard` is the time of the last decision before this start, None on a first start.
        """
        async with asyncio.timeout(CALL_DEADLINE_S):
            await self._broker.connect()
        if last_heard is not None:
            await self._recover(last_heard - OVERLAP)
        async with asyncio.timeout(CALL_DEADLINE_S):
            statement = await self._broker.statement()
        await self._engine.submit(ConnectRoute(
            route=self.route, kind=self._kind, capabilities=self._broker.capabilities,
            statement=statement,
        ))

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
                    self._start(self._send(event), f"send {event.cl_ord_id}")
            elif isinstance(event, CancelRequested):
                state = self._engine.book.orders.find(event.cl_ord_id)
                if state is not None and state.route == self.route:
                    self._start(self._cancel(event), f"cancel {event.cl_ord_id}")

    def _start(self, call: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(call, name=name)
        self._calls.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
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
            async with asyncio.timeout(CALL_DEADLINE_S):
                await self._broker.submit(order)
        except NotSent as error:
            await self._tell(order.cl_ord_id, Delivery.NEVER_LEFT, str(error))
        except Declined as error:
            await self._engine.deliver(Report(
                route=self.route, cl_ord_id=order.cl_ord_id, exec_type=ExecType.REJECTED,
                text=str(error),
            ))
        except (DeliveryUnknown, TimeoutError, OSError) as error:
            await self._tell(order.cl_ord_id, Delivery.UNKNOWN, str(error) or "no answer in time")
            await self._ask(order.cl_ord_id, ASK_AFTER_S)

    async def _cancel(self, request: CancelRequested) -> None:
        """Send a cancel; when its fate is unknown the order's own reports will tell."""
        try:
            async with asyncio.timeout(CALL_DEADLINE_S):
                await self._broker.cancel(request.cl_ord_id, request.request_id)
        except (Declined, NotSent) as error:
            await self._engine.deliver(Report(
                route=self.route, cl_ord_id=request.request_id,
                orig_cl_ord_id=request.cl_ord_id, exec_type=ExecType.CANCEL_REJECTED,
                text=str(error),
            ))
        except (DeliveryUnknown, TimeoutError, OSError):
            await self._ask(request.cl_ord_id, ASK_AFTER_S)

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
            except (NotSent, DeliveryUnknown, Declined, TimeoutError, OSError):
                continue
            if found is not None:
                for report in found.reports:
                    await self._engine.deliver(report)
                return True
            if self._broker.capabilities.absence_is_proof:
                await self._tell(cl_ord_id, Delivery.NEVER_LEFT, "the broker never saw it")
                return True
        return False

    async def _recover(self, since: datetime) -> None:
        """Ask about every order of this route that has not finished, and fetch missed fills."""
        for state in list(self._engine.book.orders.working.values()):
            if state.route != self.route:
                continue
            if not await self._ask(state.root, ASK_AFTER_S[:2]):
                detail = "no word from the broker at start"
                await self._tell(state.root, Delivery.UNKNOWN, detail)
        async with asyncio.timeout(CALL_DEADLINE_S):
            missed = await self._broker.fills_since(since)
        for report in missed:
            await self._engine.deliver(report)
        await self._engine.drain()
