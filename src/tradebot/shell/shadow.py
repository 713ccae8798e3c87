"""What would a second broker have made of the same orders? It only records, and nothing waits.

A shadow gets a copy of every order that its route is given, under ids of its own, and folds what
its broker reports into a book of its own, by the same stages as ever. What it cannot take is
counted and told; the route beside it never hears of it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.book.pairs import Pairs
from tradebot.core.model.commands import Command, ConnectRoute, RequestCancel
from tradebot.core.model.events import (
    CancelRequested,
    Event,
    InstrumentsDefined,
    IntentReceived,
    OrderSubmitted,
    ReplaceRequested,
    SettingsActivated,
    TradeBooked,
)
from tradebot.core.model.facts import Reads
from tradebot.core.model.ids import ClOrdID, IntentId, derive_cl_ord_id, unrecorded_cancel_id
from tradebot.core.model.money import plain
from tradebot.core.model.report import ExecType, Report
from tradebot.core.model.settings import RouteKind
from tradebot.core.pipeline.handle import handle
from tradebot.ports import WIRE_TROUBLE, Broker, Clock
from tradebot.shell.facts import RecordedFacts
from tradebot.shell.journal.decision import Decision
from tradebot.shell.views.rows import iso

WAITING_MAX: Final = 1_000
CALL_DEADLINE_S: Final = 10.0
Copied: TypeAlias = OrderSubmitted | CancelRequested | ReplaceRequested


class Shadow:
    """One recording route beside another; `view` is the book of what is published."""

    def __init__(
        self, route: str, shadow_of: str, broker: Broker, *, view: Book, clock: Clock,
        tell: Callable[[str], None],
    ) -> None:
        self.route = route
        self.book = Book()
        self._shadow_of = shadow_of
        self._broker = broker
        self._view = view
        self._clock = clock
        self._tell = tell
        self._pairs = Pairs()
        self._waiting: asyncio.Queue[tuple[IntentId, Copied]] = asyncio.Queue(WAITING_MAX)
        self._since: datetime | None = None
        self._account = ""
        self._dropped = 0
        self._failed = 0

    def on_decision(self, decision: Decision) -> None:
        """Take copies of what is published; nothing here waits or can fail."""
        for event in decision.events:
            if isinstance(event, TradeBooked):
                state = self._view.orders.find(event.cl_ord_id)
                if state is not None and state.route == self._shadow_of:
                    self._pairs.booked(state.intent_id, event, is_shadow=False)
            elif isinstance(event, OrderSubmitted | CancelRequested | ReplaceRequested):
                state = self._view.orders.find(event.cl_ord_id)
                if self._since is not None and state and state.route == self._shadow_of:
                    self._take(state.intent_id, event)

    async def run(self) -> None:
        """Log in, then copy and listen until cancelled; a failure is the supervisor's to tell."""
        await self._connect()
        tasks = [
            asyncio.create_task(work, name=f"{name} of {self.route}")
            for name, work in (("copies", self._copy_all()), ("reports", self._pump()))
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        finally:
            for task in tasks:
                task.cancel()
            async with asyncio.timeout(CALL_DEADLINE_S):
                await self._broker.disconnect()

    def row(self) -> dict[str, Any]:
        """Compare both sides, since this process looks at them."""
        found = self._pairs.compared()
        bps = found.difference_bps
        return {
            "route": self.route, "shadow_of": self._shadow_of, "account": self._account,
            "since": iso(self._since), "orders": found.orders,
            "fills": found.fills, "shadow_fills": found.shadow_fills,
            "qty": plain(found.qty), "shadow_qty": plain(found.shadow_qty),
            "missing": found.missing, "shadow_missing": found.shadow_missing,
            "difference_bps": plain(round(bps, 2)) if bps is not None else None,
            "dropped": self._dropped, "failed": self._failed,
        }

    def _take(self, intent_id: IntentId, event: Copied) -> None:
        if isinstance(event, OrderSubmitted):
            for leg in event.intent.legs:
                self._pairs.add(intent_id, leg.symbol)
        try:
            self._waiting.put_nowait((intent_id, event))
        except asyncio.QueueFull:
            self._dropped += 1
            if self._dropped == 1:
                self._tell(f"shadow {self.route} does not keep up: copies are dropped")

    async def _connect(self) -> None:
        """Open the book with the broker's own numbers; orders of a former life are taken back."""
        async with asyncio.timeout(CALL_DEADLINE_S):
            await self._broker.connect()
            statement = await self._broker.statement()
            for order in statement.working:
                if self.book.orders.find(order.cl_ord_id) is None:
                    request_id = unrecorded_cancel_id(order.cl_ord_id)
                    await self._broker.cancel(order.cl_ord_id, request_id)
        if self._since is not None:
            return
        view, self._account = self._view, statement.account
        self.book.fold(self._clock.now(), (
            SettingsActivated(settings=view.settings, version=view.settings_version),
            InstrumentsDefined(instruments=tuple(view.instruments.values())),
        ))
        self._decide(ConnectRoute(
            route=self.route, kind=RouteKind.SHADOW, capabilities=self._broker.capabilities,
            statement=replace(statement, working=()),
        ))
        self._since = self._clock.now()

    async def _copy_all(self) -> None:
        while True:
            intent_id, event = await self._waiting.get()
            own_id = derive_cl_ord_id(intent_id, self.route, self._account)
            try:
                async with asyncio.timeout(CALL_DEADLINE_S):
                    await self._copy(own_id, event)
            except WIRE_TROUBLE as error:
                self._failed += 1
                if self._failed == 1:
                    self._tell(f"shadow {self.route}: a copy failed: {error!r}")
                if isinstance(event, OrderSubmitted):
                    self._decide(Report(
                        route=self.route, cl_ord_id=own_id,
                        exec_type=ExecType.REJECTED, text=str(error),
                    ))

    async def _copy(self, own_id: ClOrdID, event: Copied) -> None:
        mine = self.book.orders.find(own_id)
        if isinstance(event, OrderSubmitted):
            if mine is None:  # else it is a later attempt of what was copied already
                await self._submit(own_id, event)
        elif mine is None or mine.order.is_done:
            return
        elif isinstance(event, CancelRequested):
            for asked in self._decide(RequestCancel(target=mine.root, by=event.by)):
                if isinstance(asked, CancelRequested):
                    await self._broker.cancel(asked.cl_ord_id, asked.request_id)
        else:
            request_id = derive_cl_ord_id(
                mine.intent_id, self.route, self._account, request=mine.requests + 1
            )
            asked = replace(event, cl_ord_id=mine.order.cl_ord_id, request_id=request_id)
            self.book.fold(self._clock.now(), (asked,))
            body = asked.intent
            await self._broker.replace(asked.cl_ord_id, request_id, body.order_qty, body.price)

    async def _submit(self, own_id: ClOrdID, event: OrderSubmitted) -> None:
        order = replace(
            event, cl_ord_id=own_id, route=self.route, account=self._account, attempt=1,
            armed_by="",
        )
        received = IntentReceived(
            intent_id=event.intent_id, intent=event.intent, expires=event.send_by
        )
        self.book.fold(self._clock.now(), (received, order))
        await self._broker.submit(order)

    async def _pump(self) -> None:
        async for report in self._broker.reports():
            state = self.book.orders.of_report(report)
            for event in self._decide(report) if state is not None else ():
                if isinstance(event, TradeBooked) and state is not None:
                    self._pairs.booked(state.intent_id, event, is_shadow=True)

    def _decide(self, command: Command) -> list[Event]:
        return list(handle(self.book, command, RecordedFacts(Reads()), self._clock.now()))
