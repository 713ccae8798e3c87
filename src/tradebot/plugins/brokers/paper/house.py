"""Which orders does the broker have, what did it say of them, and what does the account hold?

What is said is folded at once and kept aside, until it is on the disk and may be told.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, ExecID, OrderID, digest_text
from tradebot.core.model.intent import Side, TimeInForce
from tradebot.core.model.money import ZERO
from tradebot.core.model.payoff import delivered
from tradebot.core.model.report import ExecType, LegFill, Report
from tradebot.plugins.brokers.paper.account import PaperAccount
from tradebot.plugins.brokers.paper.board import Board
from tradebot.plugins.brokers.paper.file import Line, Opened, Said, Settled
from tradebot.plugins.brokers.paper.margin import tied_up
from tradebot.plugins.brokers.paper.order import PaperOrder
from tradebot.plugins.brokers.paper.refusal import Refusal
from tradebot.plugins.brokers.paper.settings import PaperSettings

FINISHED_MAX: Final = 10_000  # finished orders kept whole; of older ones only the ids are known


class House:
    """The broker's own book: orders under all their ids, the account, what is yet unwritten."""

    def __init__(self, settings: PaperSettings, route: str, board: Board) -> None:
        self._settings = settings
        self._route = route
        self._board = board
        self._prefix = ""
        self._count = 0
        self.account = PaperAccount(cash=ZERO)
        self.orders: dict[ClOrdID, PaperOrder] = {}
        self.open: dict[int, PaperOrder] = {}
        self.resting: dict[str, dict[int, PaperOrder]] = {}
        self.leaves: dict[tuple[str, Side], Decimal] = {}  # of resting orders with one leg
        self.finished: deque[PaperOrder] = deque()
        self.forgotten: set[ClOrdID] = set()
        self.forgotten_until: datetime | None = None
        self.fills: deque[Report] = deque()
        self.reserved = ZERO
        self.next_expiry: datetime | None = None
        self.ends: dict[str, datetime] = {}  # options that are held, and when they are settled
        self._settlements = 0
        self._unwritten: list[Line] = []
        self._untold: list[Report] = []

    @property
    def is_opened(self) -> bool:
        return bool(self._prefix)

    def open_account(self) -> None:
        settings = self._settings
        self._write(Opened(
            at=self._board.now(), account=settings.account, currency=settings.currency,
            cash=settings.initial_balance,
        ))

    def receive(self, sent: OrderSubmitted) -> PaperOrder:
        self._write(sent)
        return self.orders[sent.cl_ord_id]

    def say(
        self, order: PaperOrder, exec_type: ExecType, *, price: Decimal | None = None, **more: Any
    ) -> None:
        """Say something of an order: `more` are fields of the report, `price` a replaced limit."""
        known_as, first = order.cl_ord_id, order.ids[0]
        intent = order.intent
        more.setdefault("cl_ord_id", known_as)
        if exec_type is ExecType.TRADE:
            more["exec_id"] = ExecID(f"{self._prefix}{order.number}-{len(order.reports)}")
            if not intent.is_combo:
                more |= {"symbol": intent.symbol, "is_sell": intent.side.sign < 0}
        report = Report(
            route=self._route, exec_type=exec_type, transact_time=self._board.now(),
            order_id=OrderID(f"{self._prefix}{order.number}"), **more,
        )
        self._write(Said(cl_ord_id=first, report=report, price=price))
        self._untold.append(report)

    def settle(
        self, symbol: str, held: Decimal, px: Decimal, *, legs: tuple[LegFill, ...] = (),
        text: str = "",
    ) -> None:
        """End so much of an option at what it pays; shares come and go at their price now."""
        name = f"{self._prefix}S{self._settlements + 1}"
        report = Report(
            route=self._route, cl_ord_id=ClOrdID(name), exec_type=ExecType.SETTLEMENT,
            exec_id=ExecID(name), symbol=symbol, is_sell=held > 0, last_qty=abs(held), last_px=px,
            legs=legs, transact_time=self._board.now(), text=text,
        )
        self._write(Settled(report=report))
        self._untold.append(report)

    def tell(
        self, cl_ord_id: ClOrdID, exec_type: ExecType, refusal: Refusal, **more: Any
    ) -> None:
        """Answer a message that changes nothing: it is told, and need not be remembered."""
        self._untold.append(Report(
            route=self._route, cl_ord_id=cl_ord_id, exec_type=exec_type, text=refusal.text,
            rej_reason=refusal.reason, transact_time=self._board.now(), **more,
        ))

    def reserve(self, order: PaperOrder, unit_need: Decimal, opening_qty: Decimal) -> None:
        """Keep buying power for what of the order opens."""
        before = order.reserved
        order.unit_need, order.opening_qty = unit_need, opening_qty
        self.reserved += order.reserved - before

    def take(self) -> tuple[list[Line], list[Report]]:
        """Return what is to be written, and what may be told once that is done."""
        taken = (self._unwritten, self._untold)
        self._unwritten, self._untold = [], []
        return taken

    def in_use(self) -> set[str]:
        """Return the symbols of all that is held or may trade."""
        return {*self.account.lots, *(s for o in self.open.values() for s in o.intent.symbols)}

    def buying_power(self) -> Decimal:
        """Return what may still be opened: equity times the multiple, less what is in use."""
        equity = self.account.cash + self.account.worth(self._board.mark)
        used = tied_up(self.account.lots, self._board) + self.reserved
        return equity * self._settings.buying_power_multiple - used

    @property
    def next_end(self) -> datetime | None:
        """Return when the next order or option ends."""
        return min((end for end in (self.next_expiry, *self.ends.values()) if end), default=None)

    def due(self, now: datetime) -> Iterator[PaperOrder]:
        """Yield the orders whose day is over, and note when the next one's will be."""
        for order in list(self.open.values()):
            if order.expires is not None and order.expires <= now:
                yield order
        self.next_expiry = min(
            (order.expires for order in self.open.values() if order.expires), default=None
        )

    def fold(self, line: Line) -> None:
        """Take one line of the book: the same way when it happens and when it is read again."""
        match line:
            case Opened():
                self.account = PaperAccount(cash=line.cash)
                self._prefix = digest_text(line.account, line.at, self._settings.seed)[:6]
            case OrderSubmitted():
                self._count += 1
                order = PaperOrder.of(self._count, line)
                self.orders[line.cl_ord_id] = self.open[order.number] = order
            case Said():
                self._apply(self.orders[line.cl_ord_id], line)
            case Settled():
                self._settlements += 1
                self._end(line.report)

    def _write(self, line: Line) -> None:
        self._unwritten.append(line)
        self.fold(line)

    def _apply(self, order: PaperOrder, said: Said) -> None:
        report, before, rested = said.report, order.reserved, self.resting_leaves(order)
        order.apply(report, said.price)
        if report.exec_type is ExecType.TRADE:
            self._book(order, report)
        elif report.exec_type is ExecType.NEW:
            self._rest(order)
        elif report.exec_type is ExecType.REPLACED:
            self.orders[report.cl_ord_id] = order
        self.reserved += order.reserved - before
        if order.is_done and self.open.pop(order.number, None) is not None:
            for leg in order.intent.legs:
                self.resting.get(leg.symbol, {}).pop(order.number, None)
            self._finish(order)
        if (change := self.resting_leaves(order) - rested) and not order.intent.is_combo:
            place = order.intent.symbol, order.intent.side
            self.leaves[place] = self.leaves.get(place, ZERO) + change

    def resting_leaves(self, order: PaperOrder) -> Decimal:
        """Return what is left to trade of an order that rests."""
        rests = order.number in self.resting.get(order.intent.legs[0].symbol, ())
        return order.leaves_qty if rests else ZERO

    def _finish(self, order: PaperOrder) -> None:
        self.finished.append(order)
        if len(self.finished) > FINISHED_MAX:
            old = self.finished.popleft()
            for known_as in old.ids:
                del self.orders[known_as]
            self.forgotten.update(old.ids)
            self.forgotten_until = old.reports[-1].transact_time
            while self.fills and not _is_after(self.fills[0], self.forgotten_until):
                self.fills.popleft()

    def _rest(self, order: PaperOrder) -> None:
        for leg in order.intent.legs:
            self.resting.setdefault(leg.symbol, {})[order.number] = order
        order.expires = min(self._ends_of(order), default=None)
        if order.expires and (self.next_expiry is None or order.expires < self.next_expiry):
            self.next_expiry = order.expires

    def _ends_of(self, order: PaperOrder) -> Iterator[datetime]:
        """Yield what ends an order: its day's close, and the end of an option in it."""
        board, first = self._board, order.intent.legs[0].symbol
        is_of_day = order.intent.time_in_force is TimeInForce.DAY
        if is_of_day and order.accepted_at and (closes := board.close_of(first, order.accepted_at)):
            yield closes
        for leg in order.intent.legs:
            if end := board.settles_at(board.instrument(leg.symbol)):
                yield end

    def _book(self, order: PaperOrder, report: Report) -> None:
        self.fills.append(report)
        self.account.charge(report.fee)
        prices = {leg.symbol: leg.last_px for leg in report.legs}
        for leg in order.intent.legs:
            qty = leg.signed_ratio * report.last_qty
            px = prices.get(leg.symbol, report.last_px)
            self._move(leg.symbol, qty, px)

    def _end(self, report: Report) -> None:
        assert report.symbol is not None
        self.fills.append(report)
        ended = report.last_qty if report.is_sell else -report.last_qty
        self._move(report.symbol, -ended, report.last_px)
        for leg in report.legs:
            shares = delivered(self._board.instrument(report.symbol), ended)
            self._move(leg.symbol, shares, leg.last_px)

    def _move(self, symbol: str, qty: Decimal, px: Decimal) -> None:
        terms = self._board.instrument(symbol)
        self.account.trade(symbol, qty, px, terms.multiplier)
        end = self._board.settles_at(terms) if self.account.held(symbol) else None
        if end is None:
            self.ends.pop(symbol, None)
        else:
            self.ends[symbol] = end


def _is_after(fill: Report, at: datetime | None) -> bool:
    return at is not None and fill.transact_time is not None and fill.transact_time > at
