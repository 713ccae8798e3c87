"""How does one trade at Interactive Brokers? Through a gateway that somebody has logged in.

It translates. What it is told it tells; whatever shows that something may be missing ends its
reports, and whoever connects anew asks for everything.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.capabilities import Capabilities, FillsSince, FillStream, ReplaceKind
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import OrdType
from tradebot.core.model.look import BrokerLook
from tradebot.core.model.report import ExecType, RejReason, Report, Statement
from tradebot.plugins.ibkr import account, library, look, translate
from tradebot.plugins.ibkr.contracts import ContractTerms, symbol_of
from tradebot.plugins.ibkr.executions import Executions
from tradebot.plugins.ibkr.ids import OrderNumbers
from tradebot.plugins.ibkr.orders import AskedChange, KnownOrder, KnownOrders
from tradebot.plugins.ibkr.outbox import UNREAD_MAX, Outbox
from tradebot.plugins.ibkr.questions import POSITIONS, Take
from tradebot.plugins.ibkr.session import GatewaySession
from tradebot.plugins.ibkr.settings import IbkrSettings, resets_until
from tradebot.plugins.ibkr.talk import OrderTalk
from tradebot.ports import (
    BrokerOrder,
    Calendar,
    Clock,
    Declined,
    DeliveryUnknown,
    LoginRefused,
    MarketData,
    NotSent,
    WireError,
)

LEGS_MAX: Final = 4
LAG_S: Final = Decimal(2)
RESET_WAIT_S: Final = 60.0
IB_TELLS: Final = timedelta(seconds=1)  # whole seconds, always the one before
_ENDS: Final = frozenset({ExecType.CANCELED, ExecType.REJECTED})


class IbkrBroker:
    """One account at Interactive Brokers."""

    settings_type = IbkrSettings
    needs = library.NEEDS
    stand_in: Final = "paper"  # in a rehearsal

    def __init__(
        self, settings: IbkrSettings, *, route: str, clock: Clock, market: MarketData,
        state_dir: Path, calendars: Mapping[str, Calendar],
    ) -> None:
        self.capabilities = Capabilities(
            takes=translate.TAKES, legs_max=LEGS_MAX, replaces=ReplaceKind.IN_PLACE,
            fills_since=FillsSince.TODAY, stream=FillStream.PER_EXECUTION,
            outside_hours=(OrdType.LIMIT,), lag_s=LAG_S, messages_per_s=settings.messages_per_s,
        )
        self._settings = settings
        self._route = route
        self._clock = clock
        self._numbers = OrderNumbers(state_dir / "next_order_number")
        self._orders = KnownOrders()
        self._outbox = Outbox(self._pause, settings.commission_wait_s)
        self._executions = Executions(route, self._outbox, self._orders.named)
        self._talk = OrderTalk(route, self._orders, self._outbox.put, self._doubt)
        self._doubted: dict[ClOrdID, KnownOrder] = {}
        self._awaited: list[KnownOrder] = []
        self._account = ""
        self._session: GatewaySession | None = None

    async def connect(self) -> None:
        """Log in, and hear everything once; a list that does not end is no connection."""
        if self._session is not None and self._session.connection.failure is None:
            return
        await self.disconnect()
        session = self._new_session()
        self._outbox.begin()
        try:
            await session.connection.open()
            self._take_up(session)
            self._executions.pass_over((await session.lists()).executions)
            await self._stated(session)
        except (WireError, OSError, ValueError) as error:
            failure = session.connection.failure or error
            await session.close()
            raise self._why_not(failure) from error
        except asyncio.CancelledError:
            await session.close()
            raise
        self._session = session
        session.watch(f"watch over {self._route}")

    async def disconnect(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def submit(self, order: OrderSubmitted) -> None:
        session, intent = self._ready(), order.intent
        terms = await self._terms(session, intent.symbols)
        if (told := translate.off_tick(intent, terms)) is not None:
            raise Declined(told, RejReason.INVALID_PRICE_INCREMENT)
        await session.turn()
        if self._orders.called(order.cl_ord_id) is not None:
            self._refuse_double(order.cl_ord_id)
            return
        written = session.connection.library
        known = KnownOrder(
            cl_ord_id=order.cl_ord_id, is_followed=True, number=self._take_number(),
            contract=translate.contract(written, intent.legs, terms),
            ticket=translate.ticket(written, order, self._account),
        )
        session.send("placeOrder", known.number, known.contract, known.ticket)
        self._orders.add(known)
        await self._word(known, lambda: known.is_heard)

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        session = self._up()
        await session.turn()
        order = self._working(cl_ord_id)
        session.send("cancelOrder", order.number)
        order.cancel = request_id
        await self._word(order, lambda: order.is_done or order.cancel != request_id)

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        """Change an order, only while every link is up: else IB may make a second one of it."""
        session, order = self._ready(), self._working(cl_ord_id)
        if price is not None and not order.contract.comboLegs:
            (terms,) = await self._terms(session, (symbol_of(order.contract),))
            if not terms.is_on_tick(price):
                raise Declined(terms.off_tick("price", price), RejReason.INVALID_PRICE_INCREMENT)
        await session.turn()
        order = self._working(cl_ord_id)
        if order.change is not None:
            raise Declined("another change of it has no answer yet", RejReason.PENDING_CHANGE)
        if farms := session.connection.broken_farms:
            told = f"IB has lost {', '.join(sorted(farms))}: no order is changed meanwhile"
            raise Declined(told, RejReason.OTHER)
        ticket = translate.changed(order.ticket, order_qty, price)
        session.send("placeOrder", order.number, order.contract, ticket)
        order.change = AskedChange(request_id, ticket, order_qty, price)
        await self._word(order, lambda: order.change is None)

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        """Search IB's lists; that an order stands in none of them proves nothing."""
        session = self._up()
        lists = await session.lists()
        order = self._orders.called(cl_ord_id)
        ids = {cl_ord_id} if order is None else {order.cl_ord_id, order.name}
        fills = [
            report for report in await self._traded(lists.executions) if report.cl_ord_id in ids
        ]
        if order is None:
            return BrokerOrder(cl_ord_id=cl_ord_id, reports=tuple(fills)) if fills else None
        order.is_followed = True
        said = [report for report in order.said if report.exec_type not in _ENDS]
        ends = [report for report in order.said if report.exec_type in _ENDS]
        if not (said or fills or ends or lists.has(order.cl_ord_id)):
            return None
        is_combo = bool(order.contract.comboLegs)
        return BrokerOrder(
            cl_ord_id=cl_ord_id, reports=(*said, *fills, *ends),
            symbol=None if is_combo else symbol_of(order.contract),
            is_sell=None if is_combo else order.ticket.action != "BUY",
            order_qty=account.qty_of(order.ticket),
        )

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        """Return today's executions; IB forgets older ones."""
        session = self._up()
        session.forget()  # of what others trade nobody tells
        lists = await session.lists()
        return [
            fill for fill in await self._traded(lists.executions)
            if fill.transact_time is not None and fill.transact_time + IB_TELLS > since
        ]

    async def statement(self) -> Statement:
        return await self._stated(self._up())

    async def reports(self) -> AsyncIterator[Report]:
        while True:
            yield await self._outbox.take()

    beside = staticmethod(look.beside)

    async def ping(self) -> datetime:
        return await self._up().time()

    async def look(self) -> BrokerLook:
        return look.look_of(self._up().connection.server_version)

    def _new_session(self) -> GatewaySession:
        hears: Mapping[str, Take] = {
            "openOrder": self._talk.open_order,
            "orderStatus": self._talk.order_status,
            "completedOrder": self._talk.completed_order,
            "error": self._talk.error,
            "execDetails": self._executions.heard,
            "commissionReport": self._executions.commission,
            "position": self._on_position,
        }
        session = GatewaySession(
            self._settings, hears, on_end=self._on_end, settle=self._settle,
            is_paused=lambda: self._outbox.is_full,
        )
        self._talk.library = session.connection.library
        self._talk.client_id = self._settings.client_id
        return session

    def _take_up(self, session: GatewaySession) -> None:
        """Take up the account that the login has, if it is the one that is meant."""
        ours, connection = self._settings, session.connection
        self._account = account.chosen(connection.accounts, ours.account, paper=ours.paper)
        self._talk.account = self._executions.account = self._account
        self.capabilities = replace(
            self.capabilities, real_money=account.is_real_money(self._account)
        )
        self._numbers.begin(connection.valid_number)

    def _why_not(self, failure: Exception) -> WireError:
        """Say why there is no connection, and when it may be worth another try."""
        if isinstance(failure, LoginRefused):
            return failure
        wait_s = failure.retry_after_s if isinstance(failure, NotSent) else 0.0
        until = resets_until(self._settings, self._clock.now())
        if until is None:
            return NotSent(str(failure), retry_after_s=wait_s)
        text = f"IB resets itself until {until:%H:%M} in New York: {failure}"
        return NotSent(text, retry_after_s=max(wait_s, RESET_WAIT_S))

    async def _stated(self, session: GatewaySession) -> Statement:
        return await account.stated(
            session.connection, self._account, self._clock.now(), session.catalog.symbols
        )

    async def _traded(self, lines: list[tuple[Any, ...]]) -> list[Report]:
        return await self._executions.with_fees(lines, self._settings.commission_wait_s)

    async def _terms(self, session: GatewaySession, symbols: Sequence[str]) -> list[ContractTerms]:
        """Return what IB knows of symbols; while it tells nothing, nothing has left."""
        try:
            return [await session.catalog.terms(symbol) for symbol in symbols]
        except (Declined, NotSent):
            raise
        except (WireError, OSError) as error:
            raise NotSent(str(error)) from error

    async def _word(self, order: KnownOrder, is_answered: Callable[[], bool]) -> None:
        """Wait for IB's word: without one nobody knows whether the message arrived."""
        self._awaited.append(order)
        try:
            async with asyncio.timeout(self._settings.answer_timeout_s):
                while not is_answered():
                    self._up()
                    order.word.clear()
                    await order.word.wait()
        except (TimeoutError, NotSent) as error:
            raise DeliveryUnknown(f"no word of IB's about {order.name}: {error}") from error
        finally:
            self._awaited.remove(order)

    def _take_number(self) -> int:
        try:
            return self._numbers.take()
        except OSError as error:
            raise NotSent(f"no order number could be reserved: {error}") from error

    def _working(self, cl_ord_id: ClOrdID) -> KnownOrder:
        order = self._orders.called(cl_ord_id)
        if order is None:
            raise Declined("IB shows no such order", RejReason.UNKNOWN_ORDER)
        if order.is_done:
            raise Declined("it is over", RejReason.TOO_LATE)
        if not order.number:
            told = "another client of IB's sent it: only that one may change or cancel it"
            raise Declined(told, RejReason.NOT_PERMITTED)
        order.is_followed = True
        return order

    def _up(self) -> GatewaySession:
        if self._session is None:
            raise NotSent("not connected to the gateway")
        if self._session.connection.failure is not None:
            raise NotSent(str(self._session.connection.failure))
        return self._session

    def _ready(self) -> GatewaySession:
        """Take nothing new while what was told is not read; questions are always answered."""
        if self._outbox.is_full:
            raise NotSent(f"{UNREAD_MAX} reports wait to be read")
        return self._up()

    def _on_end(self, reason: Exception) -> None:
        self._outbox.end(reason)
        for order in self._awaited:
            order.word.set()

    def _pause(self, is_paused: bool) -> None:
        if self._session is not None:
            self._session.connection.pause(is_paused)

    def _on_position(self, *_: Any) -> None:
        """See that all was heard that was traded: IB tells of other clients' trades only here."""
        session = self._session
        if session is not None and not session.connection.is_asked(POSITIONS):
            session.doubt()

    def _doubt(self, order: KnownOrder) -> None:
        self._doubted[order.cl_ord_id] = order
        if self._session is not None:
            self._session.doubt()

    async def _settle(self) -> None:
        """Ask IB for its lists: what they say of orders is told as it comes.

        What IB said no to, and what two looks both miss, was refused.
        """
        session, doubted = self._up(), dict(self._doubted)
        lists = await session.lists()
        self._executions.tell(lists.executions)
        missing = [order for name, order in doubted.items() if not lists.has(name)]
        if missing:
            await asyncio.sleep(self._settings.absence_s)
            session.forget()
            lists = await session.lists()
        for order in missing:
            if not lists.has(order.cl_ord_id):
                self._talk.is_gone(order)
        for name in doubted:
            self._doubted.pop(name, None)

    def _refuse_double(self, cl_ord_id: ClOrdID) -> None:
        """Refuse what IB would take a second time: it compares no references."""
        self._outbox.put(Report(
            route=self._route, cl_ord_id=cl_ord_id, exec_type=ExecType.REJECTED,
            text="IB has an order of this id already", is_duplicate_order=True,
            rej_reason=RejReason.DUPLICATE_ORDER,
        ))
