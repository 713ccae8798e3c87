"""What is true at the exchange? Orders, executions, positions and cash, whoever is connected.

It is what the fakes of brokers stand on: they translate, this decides. It outlives connections,
knows no protocol and no socket, and never reads what the other side believes.
"""

from collections import deque
from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Final, TypeAlias

from tests.fakes.venue_facts import (
    ZERO,
    Execution,
    Happening,
    Hours,
    Leg,
    Plan,
    Status,
    VenueOrder,
    VenueQuote,
    What,
    Word,
)

from tradebot.core.model.instrument import names_option

CENT: Final = Decimal("0.01")

Listener: TypeAlias = Callable[[Happening], None]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Venue:
    """One account at one exchange. Nothing here awaits: whatever happens, happens at once."""

    def __init__(
        self, *, cash: Decimal | int = 100_000, fee: Decimal = ZERO,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.orders: dict[str, VenueOrder] = {}
        self.executions: list[Execution] = []
        self.positions: dict[str, Decimal] = {}
        self.costs: dict[str, Decimal] = {}  # average price of what is held
        self.cash = Decimal(cash)
        self.quotes: dict[str, VenueQuote] = {}
        self.hours = Hours.REGULAR
        self.fee = fee  # of each execution, in currency
        self.now = now
        self._plans: deque[Plan] = deque()
        self._listeners: list[Listener] = []
        self._names = count(1)
        self._groups = count(1)
        self._telling: deque[Happening] = deque()
        self._is_telling = False

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have all that happens from now on told; call what comes back to hear no more."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def plan(self, *plans: Plan) -> None:
        """Say what becomes of the next orders as they arrive, instead of the usual."""
        self._plans.extend(plans)

    def refusal(self, codes: Container[str] | None = None) -> str | None:
        """Take the code under which the next order is turned away at the door, if one is planned.

        It is for brokers that refuse in the answer itself: no order ever exists then. `codes`:
        those that are said at the door, where others come later.
        """
        plan = self._plans[0] if self._plans else None
        if plan is None or plan.word is not Word.REJECT:
            return None
        return self._plans.popleft().code if codes is None or plan.code in codes else None

    def quote(self, symbol: str, bid: Decimal | str, ask: Decimal | str, **more: Decimal) -> None:
        """Set a price, and trade what it crosses."""
        quote = VenueQuote(symbol, Decimal(bid), Decimal(ask), self.now(), **more)
        self.quotes[symbol] = quote
        self._tell(Happening(What.QUOTE, quote=quote))
        self._cross(o for o in self.working() if any(leg.symbol == symbol for leg in o.legs))

    def open_hours(self, hours: Hours) -> None:
        """Begin another part of the day, and trade what may now."""
        self.hours = hours
        self._cross(self.working())

    def end_day(self) -> None:
        """Expire what was good for the day."""
        for order in self.working():
            if order.tif == "day":
                self._end(order, Status.EXPIRED)

    def working(self) -> list[VenueOrder]:
        return [order for order in self.orders.values() if order.is_working]

    def called(self, client_id: str) -> list[VenueOrder]:
        """Return all orders that ever came under a client's id, oldest first."""
        return [order for order in self.orders.values() if order.client_id == client_id]

    def fills_of(self, order: VenueOrder) -> list[Execution]:
        """Return the executions of an order that stand: none that was taken back."""
        gone = {id(execution.busts) for execution in self.executions}
        return [
            e for e in self.executions if e.order is order and e.qty and id(e) not in gone
        ]

    def submit(
        self, client_id: str, legs: Iterable[Leg] | str, qty: Decimal, *, side: str = "buy",
        limit: Decimal | None = None, stop: Decimal | None = None, tif: str = "day",
        outside_hours: bool = False, is_external: bool = False,
    ) -> VenueOrder:
        """Take an order as it arrives; whether it may come at all is the fake's to know."""
        order = VenueOrder(
            order_id=f"{next(self._names)}", client_id=client_id, side=side, qty=qty, limit=limit,
            legs=(Leg(legs),) if isinstance(legs, str) else tuple(legs), stop=stop, tif=tif,
            outside_hours=outside_hours, is_external=is_external, created=self.now(),
            updated=self.now(),
        )
        plan = self._plans.popleft() if self._plans and not is_external else None
        self.orders[order.order_id] = order
        if plan is not None and plan.word is Word.REJECT:
            order.reason = plan.code
            self._end(order, Status.REJECTED)
            return order
        self._tell(Happening(What.NEW, order))
        self._begin(order, plan)
        return order

    def reject(self, order: VenueOrder, code: str) -> None:
        """Turn down what was taken."""
        order.reason = code
        self._end(order, Status.REJECTED)

    def cancel(self, order: VenueOrder) -> bool:
        """End an order; tell whether there was anything to end."""
        if not order.is_working:
            return False
        self._end(order, Status.CANCELED)
        return True

    def expire(self, order: VenueOrder) -> None:
        self._end(order, Status.EXPIRED)

    def change(
        self, order: VenueOrder, *, qty: Decimal | None = None, limit: Decimal | None = None
    ) -> None:
        """Change an order in place: it keeps its id."""
        order.qty, order.limit = qty or order.qty, order.limit if limit is None else limit
        order.updated = self.now()
        self._tell(Happening(What.REPLACED, order))
        self._settle(order)
        self._cross([order])

    def supersede(
        self, order: VenueOrder, client_id: str, *, qty: Decimal | None = None,
        limit: Decimal | None = None, stop: Decimal | None = None, tif: str | None = None,
        keeps_fills: bool = False,
    ) -> VenueOrder:
        """Put another order, with an id of its own, in an order's place.

        Unless it `keeps_fills`, its quantity counts from nothing: what the old one had filled
        stays with the old one.
        """
        successor = replace(
            order, order_id=f"{next(self._names)}", client_id=client_id, replaces=order,
            qty=qty or (order.qty if keeps_fills else order.leaves),
            limit=order.limit if limit is None else limit,
            stop=order.stop if stop is None else stop, tif=tif or order.tif,
            created=self.now(), updated=self.now(), memo={},
            cum_of=dict(order.cum_of) if keeps_fills else {},
        )
        order.status, order.replaced_by, order.updated = Status.REPLACED, successor, self.now()
        self.orders[successor.order_id] = successor
        self._tell(Happening(What.REPLACED, successor))
        self._cross([successor])
        return successor

    def fill(self, order: VenueOrder, qty: Decimal | int, px: Decimal | str) -> list[Execution]:
        """Trade by hand, also what is canceled meanwhile: the price of a combo is its net one."""
        qty, px = Decimal(qty), Decimal(px)
        prices = self._prices(order, px) if order.is_combo else {order.symbol: px}
        group, net = next(self._groups), px if order.is_combo else None
        made = [
            self._execute(order, leg.symbol, order.sign * leg.ratio * qty, prices[leg.symbol],
                          group=group, net=net)
            for leg in order.legs
        ]
        return self._traded(order, made)

    def fill_leg(
        self, order: VenueOrder, symbol: str, qty: Decimal | int, px: Decimal | str
    ) -> Execution:
        """Trade so many units of one leg alone, by hand."""
        (leg,) = (leg for leg in order.legs if leg.symbol == symbol)
        signed = (order.sign * Decimal(qty)).copy_sign(order.sign * leg.ratio)
        made = self._execute(order, symbol, signed, Decimal(px), group=next(self._groups))
        return self._traded(order, [made])[0]

    def bust(self, execution: Execution) -> Execution:
        """Take an execution back, as if it had never been. A filled order works again."""
        return self._amend(execution, ZERO, execution.px, What.BUST)

    def correct(self, execution: Execution, qty: Decimal, px: Decimal) -> Execution:
        """Take an execution back, and put another in its place; `qty` has no sign."""
        return self._amend(execution, qty.copy_sign(execution.qty), px, What.CORRECT)

    def place_external(
        self, symbol: str, qty: Decimal | int, *, side: str = "buy", limit: Decimal | None = None
    ) -> VenueOrder:
        """Send an order by another program, or a person's hand, on the same account."""
        return self.submit(
            "", symbol, Decimal(qty), side=side, limit=limit, is_external=True
        )

    def truth(self) -> tuple[Decimal, dict[str, Decimal]]:
        """Return the cash and what is held: what every book must come to."""
        return self.cash, {symbol: qty for symbol, qty in self.positions.items() if qty}

    def _begin(self, order: VenueOrder, plan: Plan | None) -> None:
        """Do with an arrived order what its plan says; without one, what the market makes of it."""
        if plan is None:
            self._cross([order])
        elif plan.word is not Word.REST:
            self.fill(
                order, order.leaves if plan.word is Word.FILL else plan.qty, self._fair(order)
            )
        if order.is_working and order.tif in ("ioc", "fok"):
            self._end(order, Status.CANCELED)

    def _cross(self, orders: Iterable[VenueOrder]) -> None:
        for order in orders:
            px = self._touch(order)
            if px is None or not self._may_trade(order) or not self._is_triggered(order, px):
                continue
            if order.limit is None or order.sign * (order.limit - px) >= 0:
                self.fill(order, order.leaves, px)

    def _fair(self, order: VenueOrder) -> Decimal:
        """Return a price at which it may trade: the touch, where its limit allows that."""
        touch, limit = self._touch(order), order.limit
        if touch is None or (limit is not None and order.sign * (limit - touch) < 0):
            return Decimal(100) if limit is None else limit
        return touch

    def _may_trade(self, order: VenueOrder) -> bool:
        if self.hours is Hours.EXTENDED:
            return order.outside_hours
        return self.hours is Hours.REGULAR

    def _is_triggered(self, order: VenueOrder, px: Decimal) -> bool:
        if order.stop is None or order.is_triggered:
            return True
        if order.sign * (px - order.stop) >= 0:
            order.is_triggered = True
            self._tell(Happening(What.TRIGGERED, order))
        return order.is_triggered

    def _touch(self, order: VenueOrder) -> Decimal | None:
        """Return what the order would trade at now: the far side of each leg's market."""
        total, scale = ZERO, self._scale(order)
        for leg in order.legs:
            quote = self.quotes.get(leg.symbol)
            if quote is None:
                return None
            px = quote.ask if order.sign * leg.ratio > 0 else quote.bid
            total += px * (leg.ratio * multiplier(leg.symbol) / scale if order.is_combo else 1)
        return total

    def _scale(self, order: VenueOrder) -> Decimal:
        return max(multiplier(leg.symbol) for leg in order.legs)

    def _prices(self, order: VenueOrder, net: Decimal) -> dict[str, Decimal]:
        """Share a net price among legs: each at its middle, the last one takes the difference."""
        middles = {
            leg.symbol: self.quotes[leg.symbol].mid.quantize(CENT)
            if leg.symbol in self.quotes else Decimal(10) for leg in order.legs
        }
        last, scale = order.legs[-1], self._scale(order)
        others = sum(
            (leg.ratio * multiplier(leg.symbol) * middles[leg.symbol] for leg in order.legs[:-1]),
            ZERO,
        )
        middles[last.symbol] = (net * scale - others) / (last.ratio * multiplier(last.symbol))
        return middles

    def _execute(
        self, order: VenueOrder, symbol: str, qty: Decimal, px: Decimal, *, group: int,
        net: Decimal | None = None, busts: Execution | None = None,
    ) -> Execution:
        if busts is not None:  # what it cost comes back, its fee too
            self._hold(symbol, -busts.qty, busts.px)
            self.cash += busts.qty * busts.px * multiplier(symbol) + busts.fee
        fee = self.fee if qty else ZERO
        self._hold(symbol, qty, px)
        self.cash -= qty * px * multiplier(symbol) + fee
        before = abs(busts.qty) if busts is not None else ZERO
        order.cum_of[symbol] = order.cum_of.get(symbol, ZERO) + abs(qty) - before
        order.updated = self.now()
        execution = Execution(
            exec_id=f"{next(self._names):08d}", group=group, order=order, symbol=symbol, qty=qty,
            px=px, at=order.updated, fee=fee, net=net, busts=busts, cum=order.cum,
        )
        self.executions.append(execution)
        return execution

    def _hold(self, symbol: str, qty: Decimal, px: Decimal) -> None:
        had = self.positions.get(symbol, ZERO)
        self.positions[symbol] = now = had + qty
        if now and had * qty >= 0:
            self.costs[symbol] = (self.costs.get(symbol, px) * had + px * qty) / now
        elif had * now <= 0:
            self.costs[symbol] = px

    def _traded(self, order: VenueOrder, made: list[Execution]) -> list[Execution]:
        made = [replace(execution, cum=order.cum) for execution in made]
        self.executions[-len(made):] = made
        self._settle(order)
        self._tell(Happening(What.FILL, order, tuple(made)))
        return made

    def _settle(self, order: VenueOrder) -> None:
        """Let an order be filled when it is, and work again when it is not any more."""
        is_full = order.cum >= order.qty
        if is_full and order.is_working:
            order.status = Status.FILLED
        elif not is_full and order.status is Status.FILLED:
            order.status = Status.WORKING

    def _amend(self, old: Execution, qty: Decimal, px: Decimal, what: What) -> Execution:
        made = self._execute(old.order, old.symbol, qty, px, group=old.group, busts=old)
        self._settle(old.order)
        self._tell(Happening(what, old.order, (made,)))
        return made

    def _end(self, order: VenueOrder, status: Status) -> None:
        order.status, order.updated = status, self.now()
        self._tell(Happening(What(status.value), order))

    def _tell(self, happening: Happening) -> None:
        """Tell every listener, one thing after another, also of what a listener makes happen."""
        self._telling.append(happening)
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._telling:
                current = self._telling.popleft()
                for listener in list(self._listeners):
                    listener(current)
        finally:
            self._is_telling = False


def multiplier(symbol: str) -> Decimal:
    return Decimal(100 if names_option(symbol) else 1)
