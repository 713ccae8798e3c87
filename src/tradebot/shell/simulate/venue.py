"""What really happened at the broker? An exchange with its own books, written apart from ours.

It knows nothing of the product's classes. What it holds true is what the book is measured by.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.faults import Faults

FEE: Final = Decimal("0.35")
OPENING_CASH: Final = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message about an order: `kind` in FIX words; numbers only where it has them."""

    kind: str
    client_id: str
    at: float
    number: int = 0
    asked: str | None = None  # the request that it answers
    execution: str | None = None
    undoes: str | None = None
    qty: Decimal = Decimal(0)
    px: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    order_qty: Decimal | None = None
    symbol: str = ""
    is_sell: bool = False
    is_repeat: bool = False


@dataclass(slots=True)
class Execution:
    """One trade that stands."""

    name: str
    symbol: str
    qty: Decimal  # signed
    px: Decimal
    fee: Decimal


@dataclass(slots=True, kw_only=True)
class Placed:
    """One order as the venue knows it; `ids` are those that it had, the last counts."""

    number: int
    ids: list[str]
    intent: str
    symbol: str
    is_sell: bool
    qty: Decimal
    limit: Decimal | None
    state: str = "working"
    trades: dict[str, Execution] = field(default_factory=dict)
    said: list[Message] = field(default_factory=list)

    @property
    def filled(self) -> Decimal:
        return sum((abs(trade.qty) for trade in self.trades.values()), Decimal(0))

    @property
    def left(self) -> Decimal:
        return max(self.qty - self.filled, Decimal(0)) if self.state == "working" else Decimal(0)


class Venue:
    """One account. Requests change it at once; fills come later, as `later` lets them."""

    def __init__(
        self, name: str, chance: Chance, faults: Faults, *, now: Callable[[], float],
        later: Callable[..., Any], price: Callable[[str], Decimal],
    ) -> None:
        self.account = f"{name.upper()}-1"
        self.orders: dict[int, Placed] = {}
        self.by_id: dict[str, Placed] = {}
        self.strangers: dict[str, Execution] = {}  # trades that are not ours
        self.history: list[Message] = []  # every money message, for whoever asks
        self.is_open = True
        self.is_away = False  # for us; others trade on
        self.fills_alone = True
        self.hear: Callable[[Message], None] = lambda told: None
        self._chance = chance
        self._faults = faults
        self._now = now
        self._later = later
        self._price = price
        self._executions = 0

    def cash(self) -> Decimal:
        spent = sum((trade.qty * trade.px + trade.fee for trade in self._standing()), Decimal(0))
        return OPENING_CASH - spent

    def positions(self) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for trade in self._standing():
            sums[trade.symbol] = sums.get(trade.symbol, Decimal(0)) + trade.qty
        return {symbol: qty for symbol, qty in sums.items() if qty}

    def working(self) -> list[Placed]:
        return [order for order in self.orders.values() if order.left]

    def place(
        self, client_id: str, intent: str, symbol: str, signed_qty: Decimal,
        limit: Decimal | None,
    ) -> None:
        """Take an order; one under an id that is known here is refused."""
        if client_id in self.by_id:
            self.hear(Message(
                kind="rejected", client_id=client_id, at=self._now(), is_repeat=True
            ))
            return
        order = Placed(
            number=len(self.orders) + 1, ids=[client_id], intent=intent, symbol=symbol,
            is_sell=signed_qty < 0, qty=abs(signed_qty), limit=limit,
        )
        self.orders[order.number] = self.by_id[client_id] = order
        if not self.is_open or self._faults.hit("rejected_order"):
            self.end(order, "rejected")
            return
        name = f"order {order.number}"
        if self._faults.hit("fill_before_ack"):
            self.trade(order, self._piece(order))
        self._say(order, "new")
        if self._faults.hit("unsolicited_cancel"):
            self._later(self._chance.between(name, .1, 20), self.end, order, "canceled")
        if self.fills_alone and self._chance.happens(name, .75):
            self._later(self._chance.between(name, .05, 6), self._go_on, order)

    def cancel(self, client_id: str, request: str) -> None:
        order = self.by_id.get(client_id)
        if order is None or not order.left or order.ids[-1] != client_id:
            self._refuse(order, client_id, request)
            return
        if self._faults.hit("cancel_ignored"):
            return
        if self._faults.hit("too_late_to_cancel"):
            self.trade(order, order.left)
            self._refuse(order, client_id, request)
            return
        before = order.left
        self.end(order, "canceled", request)
        if self._faults.hit("late_fill"):
            qty = Decimal(1 + self._chance.below(f"order {order.number}", int(before)))
            self._later(self._chance.between("late fill", .1, 8), self.trade, order, qty)

    def replace(self, client_id: str, request: str, qty: Decimal, limit: Decimal | None) -> None:
        order = self.by_id.get(client_id)
        is_open = order is not None and order.left and order.ids[-1] == client_id
        if order is None or not is_open or not qty > order.filled:
            self._refuse(order, client_id, request)
            return
        if self._faults.hit("change_rejected"):
            self._refuse(order, client_id, request)
            return
        order.qty, order.limit = qty, limit if limit is not None else order.limit
        order.ids.append(request)
        self.by_id[request] = order
        self._say(order, "replaced", client_id=client_id, asked=request, order_qty=qty)

    def leave(self, for_s: float) -> None:
        """Take nobody in for a while."""
        self.is_away = True
        self._later(for_s, self._return)

    def _return(self) -> None:
        self.is_away = False

    def close(self) -> None:
        """End the session: what still works expires."""
        self.is_open = False
        for order in self.working():
            self.end(order, "expired")

    def open(self) -> None:
        self.is_open = True

    def trade_for_a_stranger(self, symbol: str) -> None:
        """Somebody trades by hand on this account."""
        qty = Decimal(self._chance.below("stranger", 5) + 1)
        trade = self._execution(symbol, -qty if self._chance.happens("stranger", .5) else qty)
        self.strangers[trade.name] = trade
        self._tell(Message(
            kind="trade", client_id=f"hand-{trade.name}", at=self._now(), execution=trade.name,
            qty=qty, px=trade.px, fee=trade.fee, symbol=symbol, is_sell=trade.qty < 0,
        ))

    def _standing(self) -> list[Execution]:
        ours = [trade for order in self.orders.values() for trade in order.trades.values()]
        return [*ours, *self.strangers.values()]

    def _go_on(self, order: Placed) -> None:
        """Fill a piece, and perhaps the next one later."""
        if not order.left:
            return
        name = f"order {order.number}"
        if self._faults.hit("overfill"):
            self.trade(order, order.left + 1)
            return
        self.trade(order, self._piece(order))
        if order.left and self._chance.happens(name, .8):
            self._later(self._chance.between(name, .05, 10), self._go_on, order)

    def _piece(self, order: Placed) -> Decimal:
        name = f"order {order.number}"
        if self._chance.happens(name, .4):
            return order.left
        return Decimal(1 + self._chance.below(name, int(order.left)))

    def trade(self, order: Placed, qty: Decimal) -> None:
        if order.state in ("rejected", "expired") or not qty:
            return
        trade = self._execution(order.symbol, -qty if order.is_sell else qty, order.limit)
        order.trades[trade.name] = trade
        self._say(
            order, "trade", execution=trade.name, qty=qty, px=trade.px, fee=trade.fee,
        )
        if self._faults.hit("bust"):
            self._later(self._chance.between("bust", .1, 10), self.bust, order, trade)
        elif self._faults.hit("correction"):
            self._later(self._chance.between("bust", .1, 10), self._correct, order, trade)

    def bust(self, order: Placed, trade: Execution) -> None:
        del order.trades[trade.name]
        self._executions += 1
        self._say(order, "trade_cancel", execution=f"E{self._executions}", undoes=trade.name)

    def _correct(self, order: Placed, trade: Execution) -> None:
        """Correct the price: the execution gets another name and another number."""
        del order.trades[trade.name]
        better = self._execution(order.symbol, trade.qty, trade.px + Decimal("0.01"))
        order.trades[better.name] = better
        self._say(
            order, "trade_correct", execution=better.name, undoes=trade.name, qty=abs(better.qty),
            px=better.px, fee=better.fee,
        )

    def _execution(self, symbol: str, qty: Decimal, px: Decimal | None = None) -> Execution:
        self._executions += 1
        return Execution(
            name=f"E{self._executions}", symbol=symbol, qty=qty,
            px=self._price(symbol) if px is None else px, fee=FEE,
        )

    def end(self, order: Placed, state: str, request: str | None = None) -> None:
        if order.left:
            order.state = state
            self._say(order, state, asked=request)

    def _refuse(self, order: Placed | None, client_id: str, request: str) -> None:
        told = Message(kind="cancel_rejected", client_id=client_id, asked=request, at=self._now())
        if order is not None:
            order.said.append(told)
        self.hear(told)

    def _say(
        self, order: Placed, kind: str, *, client_id: str | None = None, **more: Any
    ) -> None:
        told = Message(
            kind=kind, client_id=client_id or order.ids[-1], at=self._now(), number=order.number,
            symbol=order.symbol, is_sell=order.is_sell, **more,
        )
        order.said.append(told)
        self._tell(told)

    def _tell(self, told: Message) -> None:
        if told.execution is not None:
            self.history.append(told)
        self.hear(told)
