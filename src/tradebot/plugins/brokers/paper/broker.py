"""How does one speak to a broker that happens to be in this process? As to one far away.

Messages take their time and arrive in order; whatever is told stands in the broker's own book
on the disk before; its orders, its account and its memory outlive the daemon.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from tradebot.core.model.capabilities import (
    Capabilities,
    FillsSince,
    FillStream,
    IdMemory,
    ReplaceKind,
    takes_all,
)
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.report import (
    ExecType,
    Holding,
    OpenOrder,
    RejReason,
    Report,
    Statement,
)
from tradebot.plugins.brokers.paper.admission import LEGS_MAX
from tradebot.plugins.brokers.paper.board import Board
from tradebot.plugins.brokers.paper.clearing import Clearing
from tradebot.plugins.brokers.paper.file import BookDamaged, BookFile
from tradebot.plugins.brokers.paper.floor import Floor
from tradebot.plugins.brokers.paper.house import House
from tradebot.plugins.brokers.paper.refusal import Refusal
from tradebot.plugins.brokers.paper.rules import chance
from tradebot.plugins.brokers.paper.settings import PaperSettings
from tradebot.ports import (
    BrokerOrder,
    Calendar,
    Clock,
    Declined,
    DeliveryUnknown,
    MarketData,
    MarketEvent,
    NotSent,
)

UNREAD_MAX: Final = 10_000  # reports that nobody took: then the broker takes nothing more either

Message: TypeAlias = Callable[[], None]


class PaperBroker:
    """One account of paper money, traded against the market data that the daemon sees."""

    settings_type = PaperSettings

    def __init__(
        self, settings: PaperSettings, *, route: str, clock: Clock, market: MarketData,
        state_dir: Path, calendars: Mapping[str, Calendar],
    ) -> None:
        self.capabilities = Capabilities(
            takes=takes_all(), legs_max=LEGS_MAX, allows_short=settings.short_allowed,
            replaces=ReplaceKind.IN_PLACE, id_memory=IdMemory.FOREVER, finds_by_id=True,
            absence_is_proof=True, fills_since=FillsSince.TIME, stream=FillStream.PER_EXECUTION,
            fractional=tuple(AssetClass), real_money=False,
        )
        self._settings = settings
        self._route = route
        self._board = Board(clock, market, calendars)
        self._house = House(settings, route, self._board)
        self._floor = Floor(settings, self._house, self._board)
        self._clearing = Clearing(self._house, self._board)
        self._file = BookFile(state_dir / "book.jsonl")
        self._is_connected = False
        self._wire: deque[tuple[float, Message]] = deque()
        self._failure: str | None = None
        self._delivery: asyncio.TimerHandle | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._closes_at: datetime | None = None
        self._unread: deque[Report] = deque()
        self._arrived = asyncio.Event()
        self._board.listen(self.on_market)

    @property
    def realized(self) -> Decimal:
        """Profit of what was closed, before fees, in currency."""
        return self._house.account.realized

    @property
    def unrealized(self) -> Decimal:
        """Profit of what is held, at the latest prices, in currency."""
        return self._house.account.unrealized(self._board.mark)

    def equity(self) -> Decimal:
        """Return cash and the value of what is held, in currency."""
        return self._house.account.cash + self._house.account.worth(self._board.mark)

    def buying_power(self) -> Decimal:
        return self._house.buying_power()

    async def connect(self) -> None:
        """Log in. The first time reads the book and takes up what lay on the wire."""
        if self._is_connected:
            return
        if not self._house.is_opened:
            self._load()
        self._is_connected = True
        self._settle()

    async def disconnect(self) -> None:
        """Log out: what is on the wire arrives; orders rest, and the market may fill them."""
        if not self._is_connected:
            return
        self._is_connected = False
        while self._wire:
            self._wire.popleft()[1]()
        self._settle()
        for timer in (self._delivery, self._closing):
            if timer is not None:
                timer.cancel()
        self._delivery = self._closing = self._closes_at = None
        self._file.close()

    async def submit(self, order: OrderSubmitted) -> None:
        self._ready()
        if order.cl_ord_id in self._house.orders or order.cl_ord_id in self._house.forgotten:
            self._send(order.cl_ord_id, partial(self._refuse_duplicate, order.cl_ord_id))
            return
        if not order.intent.order_qty.is_finite():  # there is no book that could hold it
            text = f"order_qty: expected a number, got {order.intent.order_qty}"
            raise Declined(text, RejReason.INCORRECT_QUANTITY)
        received = self._house.receive(order)
        self._send(order.cl_ord_id, partial(self._floor.arrive, received))

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        self._ready()
        self._send(request_id, partial(self._floor.cancel, cl_ord_id, request_id))

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        self._ready()
        change = partial(self._floor.replace, cl_ord_id, request_id, order_qty, price)
        self._send(request_id, change)

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        """Return what was said of the order; None proves that it never came and never will."""
        self._must_be_up()
        if cl_ord_id in self._house.forgotten:
            raise DeliveryUnknown(f"{cl_ord_id} finished long ago; the book's file has it")
        order = self._house.orders.get(cl_ord_id)
        if order is None:
            return None
        first = order.intent
        return BrokerOrder(
            cl_ord_id=order.cl_ord_id, reports=tuple(order.reports), symbol=first.symbol,
            is_sell=first.side.sign < 0, order_qty=first.order_qty,
        )

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        self._must_be_up()
        until = self._house.forgotten_until
        if until is not None and since <= until:
            raise DeliveryUnknown(f"fills up to {until.isoformat()} are in the book's file only")
        return [
            fill for fill in self._house.fills
            if fill.transact_time is not None and fill.transact_time >= since
        ]

    async def statement(self) -> Statement:
        self._must_be_up()
        account = self._house.account
        return Statement(
            account=self._settings.account, as_of=self._board.now(), cash=account.cash,
            currency=self._settings.currency,
            holdings=tuple(
                Holding(symbol=symbol, qty=lot.qty, avg_px=lot.avg_px)
                for symbol, lot in sorted(account.lots.items())
            ),
            working=tuple(
                OpenOrder(
                    cl_ord_id=order.cl_ord_id, leaves_qty=order.leaves_qty, price=order.price,
                    symbols=order.intent.symbols,
                ) for order in self._house.open.values()
            ),
        )

    async def reports(self) -> AsyncIterator[Report]:
        while True:
            while self._unread:
                yield self._unread.popleft()
            self._must_be_sound()
            self._arrived.clear()
            await self._arrived.wait()

    def on_market(self, event: MarketEvent) -> None:
        """Let the market move. While nobody reads, orders wait: no report is ever dropped."""
        if not self._house.is_opened:
            return
        if len(self._unread) < UNREAD_MAX:
            self._floor.on_market(event)
            self._settle()
        else:
            self._board.show(event)

    def set_price(self, symbol: str, bid: Decimal, ask: Decimal) -> None:
        """Move the market by hand."""
        self.on_market(Quote(symbol=symbol, bid=bid, ask=ask, as_of=self._board.now()))

    def assign(self, symbol: str, qty: Decimal) -> None:
        """Have options exercised early, by hand."""
        self._clearing.assign(symbol, qty)
        self._settle()

    def _load(self) -> None:
        """Take up the whole book or nothing of it: half a book is another account."""
        house = House(self._settings, self._route, self._board)
        try:
            for line in self._file.load():
                house.fold(line)
        except (BookDamaged, LookupError) as error:
            raise Declined(f"the paper broker's book is damaged: {error}") from error
        self._house, self._floor = house, Floor(self._settings, house, self._board)
        self._clearing = Clearing(house, self._board)
        if not house.is_opened:
            house.open_account()
        for symbol in house.in_use():
            self._board.trades(symbol)  # an option is followed from here on
        for order in list(self._house.open.values()):
            if order.accepted_at is None:
                self._floor.arrive(order)
            else:
                self._floor.reserve_again(order)
        self._end_due()

    def _must_be_sound(self) -> None:
        if self._failure is not None:
            raise DeliveryUnknown(f"the paper broker cannot write its book: {self._failure}")

    def _must_be_up(self) -> None:
        self._must_be_sound()
        if not self._is_connected:
            raise NotSent("not connected to the paper broker")

    def _ready(self) -> None:
        """Take nothing new while what was told is not read; questions are always answered."""
        self._must_be_up()
        if len(self._unread) >= UNREAD_MAX:
            raise NotSent(f"{UNREAD_MAX} reports wait to be read")

    def _refuse_duplicate(self, cl_ord_id: ClOrdID) -> None:
        taken = Refusal(RejReason.DUPLICATE_ORDER, "an order of this id is here already")
        self._house.tell(cl_ord_id, ExecType.REJECTED, taken, is_duplicate_order=True)

    def _send(self, name: ClOrdID, message: Message) -> None:
        """Put a message on the wire: it arrives after its latency, never before an earlier one."""
        low, high = self._settings.latency_ms_min, self._settings.latency_ms_max
        if not high and not self._wire:
            message()
        else:
            drawn = low + (high - low) * chance(self._settings.seed, "wire", name)
            loop = asyncio.get_running_loop()
            due = loop.time() + float(drawn) / 1000
            self._wire.append((max(due, self._wire[-1][0]) if self._wire else due, message))
            if self._delivery is None:
                self._delivery = loop.call_at(self._wire[0][0], self._deliver)
        self._settle()
        self._must_be_sound()

    def _deliver(self) -> None:
        loop = asyncio.get_running_loop()
        self._delivery = None
        while self._wire and self._wire[0][0] <= loop.time():
            self._wire.popleft()[1]()
        if self._wire:
            self._delivery = loop.call_at(self._wire[0][0], self._deliver)
        self._settle()

    def _settle(self) -> None:
        """Write what was said, then let it be read; then see when the next session closes."""
        lines, reports = self._house.take()
        if lines:
            try:
                self._file.append(lines)
            except OSError as error:
                self._failure = str(error)
                self._arrived.set()
                return
        if reports:
            self._unread.extend(reports)
            self._arrived.set()
        if self._house.next_end != self._closes_at and self._is_connected:
            self._watch_close()

    def _watch_close(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        self._closes_at = due = self._house.next_end
        if due is not None:
            wait_s = max(0.0, (due - self._board.now()).total_seconds())
            self._closing = asyncio.get_running_loop().call_later(wait_s, self._close)

    def _close(self) -> None:
        self._closing = self._closes_at = None
        self._end_due()
        self._settle()

    def _end_due(self) -> None:
        self._floor.expire_due()
        self._clearing.settle_due()
