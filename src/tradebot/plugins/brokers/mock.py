"""What does a broker do that follows a script? What its script says, order by order.

A script has one line for each order, taken in the order of arrival; the words of a line happen one
after another. It forgets everything when the process ends, and it takes every order it is given.

    accept               acknowledge the order
    fill                 trade whatever is left
    partial:N            trade N
    overfill:N           trade whatever is left, and N more
    ghost_fill:N         buy N of the symbol under an id that is none of ours
    duplicate            say the last trade a second time
    bust                 take the last trade back
    reject  cancel  expire       end the order, unasked
    delay:S              wait S seconds before the next word

The first word may tell how the call ends instead:

    not_sent             it provably never left: no order
    lose                 nobody knows whether it left; it did not
    declined             the broker says no in the call itself: no order
    drop_reply           the order lives and the rest of the line happens; the call says "unknown"
    hang                 the same, but the call never comes back
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from tradebot.core.model.capabilities import (
    Capabilities,
    FillsSince,
    FillStream,
    IdMemory,
    ReplaceKind,
    takes_all,
)
from tradebot.core.model.combo import net_price
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID, ExecID, OrderID
from tradebot.core.model.instrument import AssetClass, Instrument, option_of
from tradebot.core.model.intent import Intent, Leg, OrdType
from tradebot.core.model.money import ONE, ZERO, parse_decimal
from tradebot.core.model.report import (
    ExecType,
    Holding,
    LegFill,
    OpenOrder,
    RejReason,
    Report,
    Statement,
)
from tradebot.ports import (
    BrokerOrder,
    Calendar,
    Clock,
    Declined,
    DeliveryUnknown,
    MarketData,
    NotSent,
)

_NEVER_CAME: Final = frozenset({"not_sent", "lose", "declined"})
_CAME: Final = frozenset({"drop_reply", "hang"})
_ENDINGS: Final = {
    "reject": ExecType.REJECTED, "cancel": ExecType.CANCELED, "expire": ExecType.EXPIRED,
}
_NUMBERED: Final = frozenset({"partial", "overfill", "ghost_fill", "delay"})
_PLAIN: Final = frozenset({"accept", "fill", "duplicate", "bust"}) | set(_ENDINGS)


@fact
class MockSettings:
    """A broker that follows a script.

    account: the name of the account, as it appears in statements
    initial_balance: cash at the start, in currency
    currency: what the account is kept in
    script: a line of words for each order, in the order of arrival, e.g. ["accept partial:3 fill"]
    otherwise: the line for every order after those
    price: what trades cost where an order has no limit and the market no quote, in currency
    fee: fee of each trade, in currency
    absence_is_proof: whether an order that the broker does not know can never arrive later
    connect_s: how long connecting takes, in seconds
    """

    account: Annotated[str, Field(min_length=1, max_length=32)] = "MOCK-1"
    initial_balance: Annotated[Decimal, Field(ge=0)] = Decimal(100_000)
    currency: str = "USD"
    script: tuple[str, ...] = ()
    otherwise: str = "accept fill"
    price: Annotated[Decimal, Field(gt=0)] = Decimal(100)
    fee: Annotated[Decimal, Field(ge=0)] = ZERO
    absence_is_proof: bool = False
    connect_s: Annotated[float, Field(ge=0)] = 0.0

    def __post_init__(self) -> None:
        for line in (*self.script, self.otherwise):
            _check(line)


@dataclass(slots=True)
class MockOrder:
    """What the broker holds true of one order."""

    intent: Intent
    order_qty: Decimal
    price: Decimal | None
    ids: list[ClOrdID]
    reports: list[Report] = field(default_factory=list)
    cum_qty: Decimal = ZERO
    is_ended: bool = False

    @property
    def is_done(self) -> bool:
        return self.is_ended or self.cum_qty >= self.order_qty

    @property
    def leaves_qty(self) -> Decimal:
        return ZERO if self.is_done else self.order_qty - self.cum_qty


class MockBroker:
    """One account of a broker that does what it is told to do; `orders` is its own truth."""

    settings_type = MockSettings

    def __init__(
        self, settings: MockSettings, *, route: str, clock: Clock, market: MarketData,
        state_dir: Path, calendars: Mapping[str, Calendar],
    ) -> None:
        self.capabilities = Capabilities(
            takes=takes_all(), legs_max=4, replaces=ReplaceKind.IN_PLACE, finds_by_id=True,
            absence_is_proof=settings.absence_is_proof, fills_since=FillsSince.TIME,
            id_memory=IdMemory.WINDOW, stream=FillStream.PER_EXECUTION,
            fractional=tuple(AssetClass), outside_hours=tuple(OrdType), real_money=False,
        )
        self.orders: dict[ClOrdID, MockOrder] = {}
        self.cash = settings.initial_balance
        self.holdings: dict[str, Decimal] = {}
        self._settings = settings
        self._route = route
        self._clock = clock
        self._market = market
        self._script = deque(settings.script)
        self._fills: list[Report] = []
        self._unread: deque[Report] = deque()
        self._news = asyncio.Event()
        self._is_connected = False
        self._executions = 0

    async def connect(self) -> None:
        await asyncio.sleep(self._settings.connect_s)
        self._is_connected = True

    async def disconnect(self) -> None:
        self._is_connected = False

    async def submit(self, order: OrderSubmitted) -> None:
        self._ready()
        if order.cl_ord_id in self.orders:
            self._say(None, order.cl_ord_id, ExecType.REJECTED, is_duplicate_order=True)
            return
        words = (self._script.popleft() if self._script else self._settings.otherwise).split()
        call = words.pop(0) if words and words[0] in _NEVER_CAME | _CAME else ""
        if call in _NEVER_CAME:
            _fail(call)
        own = MockOrder(
            intent=order.intent, order_qty=order.intent.order_qty, price=order.intent.price,
            ids=[order.cl_ord_id],
        )
        self.orders[order.cl_ord_id] = own
        self._play(own, deque(words))
        if call == "hang":
            await asyncio.Event().wait()
        if call:
            _fail(call)

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        self._ready()
        own = self._working(cl_ord_id)
        if own is None:
            self._turn_down(cl_ord_id, request_id)
        else:
            own.is_ended = True
            self._say(own, request_id, ExecType.CANCELED, orig_cl_ord_id=cl_ord_id)

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        self._ready()
        own = self._working(cl_ord_id)
        if own is None or order_qty <= own.cum_qty:
            self._turn_down(cl_ord_id, request_id)
            return
        own.order_qty = order_qty
        own.price = own.price if price is None else price
        own.ids.append(request_id)
        self.orders[request_id] = own
        self._say(
            own, request_id, ExecType.REPLACED, orig_cl_ord_id=cl_ord_id, order_qty=order_qty
        )

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        self._ready()
        own = self.orders.get(cl_ord_id)
        if own is None:
            return None
        return BrokerOrder(cl_ord_id=own.ids[-1], reports=tuple(own.reports))

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        self._ready()
        return [
            fill for fill in self._fills if fill.transact_time and fill.transact_time >= since
        ]

    async def statement(self) -> Statement:
        self._ready()
        held = tuple(
            Holding(symbol=symbol, qty=qty) for symbol, qty in sorted(self.holdings.items()) if qty
        )
        working = tuple(
            OpenOrder(
                cl_ord_id=name, leaves_qty=own.leaves_qty, price=own.price,
                symbols=own.intent.symbols,
            ) for name, own in self.orders.items()
            if name == own.ids[-1] and not own.is_done
        )
        return Statement(
            account=self._settings.account, as_of=self._clock.now(), cash=self.cash,
            currency=self._settings.currency, holdings=held, working=working,
        )

    async def reports(self) -> AsyncIterator[Report]:
        while True:
            while self._unread:
                yield self._unread.popleft()
            self._news.clear()
            await self._news.wait()

    def _ready(self) -> None:
        if not self._is_connected:
            raise NotSent("the mock broker is not connected")

    def _working(self, cl_ord_id: ClOrdID) -> MockOrder | None:
        own = self.orders.get(cl_ord_id)
        return own if own and own.ids[-1] == cl_ord_id and not own.is_done else None

    def _turn_down(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        own, kind = self.orders.get(cl_ord_id), ExecType.CANCEL_REJECTED
        why = RejReason.UNKNOWN_ORDER if own is None else RejReason.TOO_LATE
        self._say(own, request_id, kind, orig_cl_ord_id=cl_ord_id, rej_reason=why)

    def _play(self, own: MockOrder, words: deque[str]) -> None:
        """Do word after word; a delay comes back for the rest."""
        while words:
            word, number = _split(words.popleft())
            if word == "delay":
                asyncio.get_running_loop().call_later(float(number), self._play, own, words)
                return
            self._do(own, word, number)

    def _do(self, own: MockOrder, word: str, number: Decimal) -> None:
        match word:
            case "accept":
                self._say(own, own.ids[-1], ExecType.NEW)
            case "fill":
                self._trade(own, own.leaves_qty)
            case "partial":
                self._trade(own, number)
            case "overfill":
                self._trade(own, own.order_qty - own.cum_qty + number)
            case "ghost_fill":
                self._ghost(own.intent.legs[0].symbol, number)
            case "duplicate":
                for trade in _trades(own)[-1:]:
                    self._tell(trade)
            case "bust":
                self._bust(own)
            case _:
                own.is_ended = True
                self._say(own, own.ids[-1], _ENDINGS[word])

    def _trade(self, own: MockOrder, qty: Decimal) -> None:
        """Trade at the limit, or in the middle of the quote; a combo always in the middle."""
        if not qty > 0:
            return
        legs, is_combo = own.intent.legs, own.intent.is_combo
        prices = [self._price(leg.symbol) for leg in legs]
        if not is_combo and own.price is not None:
            prices = [own.price]
        own.cum_qty += qty
        self._move(legs, prices, qty)
        fills = tuple(
            LegFill(symbol=leg.symbol, last_px=px) for leg, px in zip(legs, prices, strict=True)
        )
        self._say(
            own, own.ids[-1], ExecType.TRADE, last_qty=qty,
            last_px=net_price(legs, prices, self._multiplier) if is_combo else prices[0],
            legs=fills if is_combo else (), fee=self._settings.fee,
        )

    def _ghost(self, symbol: str, qty: Decimal) -> None:
        """Trade as another program on this account would."""
        px = self._price(symbol)
        self._hold(symbol, qty, px)
        name = ClOrdID(f"other-{self._executions + 1}")
        self._say(
            None, name, ExecType.TRADE, last_qty=qty, last_px=px, symbol=symbol, is_sell=False,
            fee=self._settings.fee,
        )

    def _bust(self, own: MockOrder) -> None:
        gone = {report.exec_ref_id for report in own.reports}
        standing = [trade for trade in _trades(own) if trade.exec_id not in gone]
        if not standing:
            return
        trade = standing[-1]
        own.cum_qty -= trade.last_qty
        self.cash += trade.fee
        prices = [leg.last_px for leg in trade.legs] or [trade.last_px]
        self._move(own.intent.legs, prices, -trade.last_qty)
        self._say(own, own.ids[-1], ExecType.TRADE_CANCEL, exec_ref_id=trade.exec_id)

    def _move(self, legs: Sequence[Leg], prices: Sequence[Decimal], qty: Decimal) -> None:
        for leg, px in zip(legs, prices, strict=True):
            self._hold(leg.symbol, leg.signed_ratio * qty, px)

    def _hold(self, symbol: str, qty: Decimal, px: Decimal) -> None:
        self.holdings[symbol] = self.holdings.get(symbol, ZERO) + qty
        self.cash -= qty * px * self._multiplier(symbol)

    def _multiplier(self, symbol: str) -> Decimal:
        known = (told for told in self._market.instruments() if told.symbol == symbol)
        return (next(known, None) or option_of(symbol) or Instrument(symbol=symbol)).multiplier

    def _price(self, symbol: str) -> Decimal:
        quote = self._market.last(symbol)
        return self._settings.price if quote is None else quote.mid

    def _say(
        self, own: MockOrder | None, cl_ord_id: ClOrdID, exec_type: ExecType, **told: Any
    ) -> None:
        self._executions += 1
        report = Report(
            route=self._route, cl_ord_id=cl_ord_id, exec_type=exec_type,
            exec_id=ExecID(f"{self._settings.account}-{self._executions}"),
            order_id=OrderID(f"mock-{own.ids[0]}") if own else None,
            transact_time=self._clock.now(), **told,
        )
        self.cash -= report.fee
        if own is not None:
            own.reports.append(report)
        if exec_type in (ExecType.TRADE, ExecType.TRADE_CANCEL):
            self._fills.append(report)
        self._tell(report)

    def _tell(self, report: Report) -> None:
        self._unread.append(report)
        self._news.set()


def _trades(own: MockOrder) -> list[Report]:
    return [report for report in own.reports if report.exec_type is ExecType.TRADE]


def _split(word: str) -> tuple[str, Decimal]:
    name, _, number = word.partition(":")
    return name, parse_decimal(number) if number else ONE


def _check(line: str) -> None:
    """Raise ValueError where a line has a word that means nothing at its place."""
    for place, word in enumerate(line.split()):
        name, colon, _ = word.partition(":")
        may_stand = name in _NUMBERED or (name in _PLAIN and not colon)
        is_call = place == 0 and word in _NEVER_CAME | _CAME
        if not (may_stand or is_call) or not _split(word)[1] > 0:
            raise ValueError(f"script: {word!r} means nothing here, in {line!r}")
    first, *rest = line.split() or [""]
    if first in _NEVER_CAME and rest:
        raise ValueError(f"script: nothing can follow {first!r}, in {line!r}")


def _fail(call: str) -> None:
    if call == "not_sent":
        raise NotSent("the script says that it never left")
    if call == "declined":
        raise Declined("the script says no")
    raise DeliveryUnknown("the script lost the answer")
