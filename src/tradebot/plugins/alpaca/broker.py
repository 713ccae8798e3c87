"""How does the port speak to an account at Alpaca? Every call translated, nothing decided."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.look import BrokerLook
from tradebot.core.model.money import plain
from tradebot.core.model.report import OpenOrder, RejReason, Report, Statement
from tradebot.plugins.alpaca.account import check_account, check_key, is_paper, look_of
from tradebot.plugins.alpaca.desk import AlpacaDesk
from tradebot.plugins.alpaca.rest import AlpacaRest
from tradebot.plugins.alpaca.saying import ENDS, Saying
from tradebot.plugins.alpaca.settings import AlpacaSettings
from tradebot.plugins.alpaca.stream import TradeUpdates
from tradebot.plugins.alpaca.ticket import CAPABILITIES, may_work_outside, ticket
from tradebot.plugins.alpaca.told import ToldOrder, number, read_position, rows, text, time_of
from tradebot.plugins.alpaca.updates import Interpreter
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

_GONE: Final = frozenset({RejReason.TOO_LATE, RejReason.UNKNOWN_ORDER})


class AlpacaBroker:
    """One account at Alpaca."""

    settings_type = AlpacaSettings
    needs: Final = {"alpaca": "alpaca"}
    stand_in: Final = "paper"  # in a rehearsal

    def __init__(
        self, settings: AlpacaSettings, *, route: str, clock: Clock, market: MarketData,
        state_dir: Path, calendars: Mapping[str, Calendar],
    ) -> None:
        self.capabilities = replace(CAPABILITIES, lag_s=Decimal(str(settings.lag_s)))
        self._settings = settings
        self._clock = clock
        self._rest = AlpacaRest(settings)
        self._desk = AlpacaDesk(self._rest, settings.lag_s)
        self._saying = Saying(route)
        self._interpreter = Interpreter(self._desk, self._saying)
        self._stream = TradeUpdates(settings)
        self._ahead = timedelta()  # how far Alpaca's clock is ahead of ours

    async def connect(self) -> None:
        """Log in, and listen before anything is asked: what happens meanwhile is told twice."""
        if self._stream.is_open:
            return
        check_key(self._settings)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self.disconnect)
            await self._rest.open()
            account = await self._account()
            check_account(self._settings, account)
            self._ahead = await self.ping() - self._clock.now()
            self._stream = TradeUpdates(self._settings)
            if self._settings.listens:
                await self._stream.open()
            undo.pop_all()
        self.capabilities = replace(self.capabilities, real_money=not is_paper(account))

    async def disconnect(self) -> None:
        await self._stream.close()
        await self._rest.close()

    async def submit(self, order: OrderSubmitted) -> None:
        body = order.intent
        outside = order.outside_hours and may_work_outside(body)
        written = ticket(order.cl_ord_id, body, is_outside_hours=outside)
        with _ours():
            self._desk.learn(await self._rest.post("/orders", written))

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        """Cancel an order; where another took its place that nobody told us of, that one."""
        order = self._desk.known.named(cl_ord_id) or await self._named(cl_ord_id)
        self._interpreter.asked(order, "cancel", request_id)
        try:
            await self._rest.delete(f"/orders/{order.order_id}")
        except Declined as refusal:
            if refusal.rej_reason not in _GONE:
                raise
            *_, last = await self._desk.chain(await self._desk.order(order.order_id))
            if last.order_id == order.order_id:
                raise
            self._interpreter.asked(last, "cancel", request_id)
            await self._rest.delete(f"/orders/{last.order_id}")

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        """Ask for an order in an order's place; what stays as it is may not even be named."""
        order = await self._named(cl_ord_id)
        changed: dict[str, str] = {"client_order_id": request_id}
        if order_qty != order.qty:
            changed["qty"] = plain(order_qty)
        if price is not None and price != order.limit:
            changed["limit_price"] = plain(price)
        self._interpreter.asked(order, "replace", request_id)
        with _ours():
            self._desk.learn(await self._rest.patch(f"/orders/{order.order_id}", changed))

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        found = await self._desk.named(cl_ord_id)
        if found is None:
            return None
        chain, executions = await self._desk.history(found)
        first, last = chain[0], chain[-1]
        reports = [self._saying.taken(first)]
        for old, order in zip([first, *chain], chain, strict=False):
            if order is not first:
                reports.append(self._saying.replaced(old, order))
            parts = {part.order_id for part in order.legs or (order,)}
            reports += [self._saying.trade(order, e) for e in executions if e.order_id in parts]
        if last.status in ENDS:
            reports.append(self._saying.of(last, ENDS[last.status]))
        return BrokerOrder(
            cl_ord_id=last.cl_ord_id, reports=tuple(reports),
            symbol=first.symbol or None, is_sell=first.is_sell, order_qty=first.qty,
        )

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        """Return all executions since then, by Alpaca's clock."""
        return [
            self._saying.trade(await self._desk.whole_of(execution), execution)
            for execution in await self._desk.executions_since(since + self._ahead)
        ]

    async def statement(self) -> Statement:
        as_of, account = self._clock.now(), await self._account()
        held = rows(await self._rest.get("/positions"))
        return Statement(
            account=text(account, "account_number"), as_of=as_of, cash=number(account, "cash"),
            currency=text(account, "currency"), holdings=tuple(map(read_position, held)),
            working=tuple(_working(await self._desk.working())),
        )

    async def reports(self) -> AsyncIterator[Report]:
        """Yield what Alpaca says; what it says and nobody understands ends the connection."""
        if not self._settings.listens:
            return
        async for update in self._stream.read():
            try:
                told = await self._interpreter.reports_of(update)
            except WireError as error:
                raise ConnectionError(f"an update cannot be followed: {error}") from error
            for report in told:
                yield report

    @staticmethod
    def beside(settings: AlpacaSettings) -> AlpacaSettings:
        return replace(settings, listens=False)

    async def ping(self) -> datetime:
        return time_of(await self._rest.get("/clock"), "timestamp")

    async def look(self) -> BrokerLook:
        return look_of(self._settings.rest_url, await self._rest.get("/account"))

    async def _account(self) -> Mapping[str, Any]:
        """Ask for the account; whoever may not even do that is not logged in, or not any more."""
        try:
            return dict(await self._rest.get("/account"))
        except Declined as refusal:
            raise LoginRefused(f"Alpaca does not take key and secret: {refusal}") from None

    async def _named(self, cl_ord_id: ClOrdID) -> ToldOrder:
        """Return what a request of ours is about: while that is not known, nothing has left."""
        try:
            found = await self._desk.named(cl_ord_id)
        except DeliveryUnknown as error:
            raise NotSent(f"before it left: {error}") from None
        if found is None:
            raise Declined("Alpaca knows no such order", RejReason.UNKNOWN_ORDER)
        return found


@contextmanager
def _ours() -> Iterator[None]:
    """Take an id that is known already for what it is: ours, and it may have arrived."""
    try:
        yield
    except Declined as refusal:
        if refusal.rej_reason is not RejReason.DUPLICATE_ORDER:
            raise
        raise DeliveryUnknown("Alpaca knows this id already") from None


def _working(listed: Sequence[ToldOrder]) -> Iterator[OpenOrder]:
    """Yield what is worked; a change that is not in force yet stands behind what it changes.

    What an order has left that took the place of one that had traded, its numbers do not tell.
    """
    ids = {order.order_id for order in listed}
    for order in listed:
        if order.replaces in ids:
            continue
        leaves_qty = order.qty - order.cum_qty if order.replaces is None else None
        yield OpenOrder(
            cl_ord_id=order.cl_ord_id, symbols=order.symbols, leaves_qty=leaves_qty,
            price=order.limit,
        )
