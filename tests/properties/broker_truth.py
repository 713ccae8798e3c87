"""What did the broker really do? A broker with an account of its own, that says odd things.

It never reads the book: what it did is the truth that the book is measured by.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, TypeAlias

from tests.makers import CALL, a_report, a_trade

from tradebot.core.model.commands import Delivery, ReportDelivery
from tradebot.core.model.events import OrderSubmitted, ReplaceRequested
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import LegFill, Report

Execution: TypeAlias = list[tuple[str, Decimal, Decimal]]  # symbol, signed quantity, price
ODD = ("new", "pending_cancel", "cancel_rejected", "order_status", "suspended", "triggered")


@dataclass
class TrueOrder:
    """One order as the broker knows it; legs are (symbol, signed ratio)."""

    cl_ord_id: ClOrdID
    legs: tuple[tuple[str, Decimal], ...]
    qty: Decimal
    has_arrived: bool
    ended: str | None = None
    fills: dict[str, Decimal] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        return max(self.qty - sum(self.fills.values()), Decimal(0))


@dataclass
class BrokerTruth:
    rng: Random
    multipliers: dict[str, Decimal]
    orders: dict[ClOrdID, TrueOrder] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    fees: Decimal = Decimal(0)
    fee_of: dict[str, Decimal] = field(default_factory=dict)
    said: list[Report] = field(default_factory=list)
    requests: list[ReplaceRequested] = field(default_factory=list)
    count: int = 0

    def take(self, sent: OrderSubmitted) -> None:
        legs = tuple((leg.symbol, leg.side.sign * leg.ratio_qty) for leg in sent.intent.legs)
        self.orders[sent.cl_ord_id] = TrueOrder(
            sent.cl_ord_id, legs, sent.intent.order_qty, self.rng.random() < 0.9
        )

    def working(self) -> list[TrueOrder]:
        return [o for o in self.orders.values() if o.has_arrived and not o.ended and o.left]

    def live(self) -> list[ClOrdID]:
        return [order.cl_ord_id for order in self.working()]

    def cash(self) -> Decimal:
        """Return what all executions that stand, and all fees, did to the cash."""
        paid = sum(
            (qty * px * self.multipliers[symbol]
             for legs in self.executions.values() for symbol, qty, px in legs), Decimal(0),
        )
        return -paid - self.fees

    def positions(self) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for legs in self.executions.values():
            for symbol, qty, _ in legs:
                sums[symbol] = sums.get(symbol, Decimal(0)) + qty
        return {symbol: qty for symbol, qty in sums.items() if qty}

    def speak(self) -> Report | ReportDelivery | None:
        """Say the next thing about a recent order, or about one that is none of ours."""
        if self.rng.random() < 0.02:
            return self._external()
        if self.rng.random() < 0.02 and self.positions().get(CALL):
            return self._settlement(self.positions()[CALL])
        if self.said and self.rng.random() < 0.12:
            return self.rng.choice(self.said[-30:])  # brokers do say things twice
        if self.requests and self.rng.random() < 0.3:
            return self._answer(self.requests.pop(self.rng.randrange(len(self.requests))))
        if not self.orders:
            return None
        order = self.rng.choice(list(self.orders.values())[-10:])
        if not order.has_arrived:
            return self._about_lost(order)
        if self.rng.random() < 0.05:
            return ReportDelivery(cl_ord_id=order.cl_ord_id, delivery=Delivery.UNKNOWN)
        report = self._about(order)
        if report is not None:
            self.said.append(report)
        return report

    def _about_lost(self, order: TrueOrder) -> Report | ReportDelivery:
        """Of a lost order nobody knows, until someone proves that it never left."""
        if self.rng.random() < 0.2:
            return a_report("cancel_rejected", order.cl_ord_id)  # there is nothing to cancel
        is_proven = self.rng.random() < 0.5
        if is_proven:
            del self.orders[order.cl_ord_id]
        delivery = Delivery.NEVER_LEFT if is_proven else Delivery.UNKNOWN
        return ReportDelivery(cl_ord_id=order.cl_ord_id, delivery=delivery)

    def _about(self, order: TrueOrder) -> Report | None:
        dice = self.rng.random()
        if dice < 0.15:
            return a_report(self.rng.choice(ODD), order.cl_ord_id)
        if dice < 0.25 and order.ended is None and order.left > 0:
            order.ended = self.rng.choice(["canceled", "expired", "rejected"])
            return a_report(order.ended, order.cl_ord_id)
        if dice < 0.35 and order.fills:
            return self._take_back(order)
        if dice < 0.37:
            return a_report("trade", order.cl_ord_id, last_qty=1, last_px=1)  # it has no id
        if order.left > 0 and (order.ended is None or dice < 0.6):
            return self._fill(order)
        return None

    def _fill(self, order: TrueOrder) -> Report:
        qty = Decimal(self.rng.randint(1, max(int(order.left), 1)))
        if self.rng.random() < 0.02:
            qty = order.left + 1  # brokers do fill too much
        told = self._execution(order, qty)
        return a_trade(told.pop("exec_id"), qty, told.pop("last_px"), order.cl_ord_id, **told)

    def _take_back(self, order: TrueOrder) -> Report:
        """Bust or correct one execution."""
        old = self.rng.choice(sorted(order.fills))
        qty = order.fills.pop(old)
        del self.executions[old]
        self.fees -= self.fee_of.pop(old)
        if self.rng.random() < 0.5:
            told = {"exec_id": self._name(), "fee": self._fee()}
            return a_report("trade_cancel", order.cl_ord_id, exec_ref_id=old, **told)
        told = self._execution(order, qty)
        return a_report(
            "trade_correct", order.cl_ord_id, exec_ref_id=old, last_qty=qty, **told
        )

    def _execution(self, order: TrueOrder, qty: Decimal) -> dict[str, Any]:
        """Execute a quantity: note it, and return what the report says of it."""
        name = self._name()
        prices = {symbol: self._price() for symbol, _ in order.legs}
        net = sum((ratio * prices[symbol] for symbol, ratio in order.legs), Decimal(0))
        is_combo = len(order.legs) > 1
        self.executions[name] = [(s, ratio * qty, prices[s]) for s, ratio in order.legs]
        order.fills[name] = qty
        legs = tuple(LegFill(symbol=s, last_px=px) for s, px in prices.items())
        self.fee_of[name] = self._fee()
        return {
            "exec_id": name, "fee": self.fee_of[name], "legs": legs if is_combo else (),
            "last_px": net if is_combo else prices[order.legs[0][0]],
        }

    def _answer(self, asked: ReplaceRequested) -> Report:
        """Make a change, or refuse it."""
        names = {"cl_ord_id": asked.request_id, "orig_cl_ord_id": asked.cl_ord_id}
        order = next((o for o in self.orders.values() if o.cl_ord_id == asked.cl_ord_id), None)
        is_possible = order is not None and order.has_arrived and not order.ended and order.left
        if order is None or not is_possible or self.rng.random() < 0.3:
            report = a_report("cancel_rejected", **names)
        else:
            order.qty = max(asked.intent.order_qty, order.qty - order.left)
            order.cl_ord_id = asked.request_id
            report = a_report("replaced", order_qty=order.qty, **names)
        self.said.append(report)
        return report

    def _external(self) -> Report:
        name, qty, px = self._name(), self.rng.randint(1, 5), self._price()
        is_sell = self.rng.random() < 0.5
        self.executions[name] = [("IBM", Decimal(-qty if is_sell else qty), px)]
        report = a_trade(name, qty, px, f"OTHER{name}", symbol="IBM", is_sell=is_sell)
        self.said.append(report)
        return report

    def _settlement(self, held: Decimal) -> Report:
        """Have some of the calls exercised, or end them in cash."""
        name, qty = self._name(), Decimal(self.rng.randint(1, abs(int(held))))
        gone, px, spot = qty.copy_sign(held), self._price(), self._price()
        self.executions[name] = [(CALL, -gone, px)]
        legs: tuple[LegFill, ...] = ()
        if self.rng.random() < 0.7:
            legs = (LegFill(symbol="SPY", last_px=spot),)
            self.executions[name].append(("SPY", gone * 100, spot))
        report = a_report(
            "settlement", f"END{name}", exec_id=name, symbol=CALL, is_sell=held > 0, last_qty=qty,
            last_px=px, legs=legs, fee=self._fee(),
        )
        self.said.append(report)
        return report

    def _name(self) -> str:
        self.count += 1
        return f"X{self.count}"

    def _price(self) -> Decimal:
        return Decimal(self.rng.randint(1, 60_000)) / 100

    def _fee(self) -> Decimal:
        fee = Decimal(self.rng.choice([0, 0, 35, 100])) / 100
        self.fees += fee
        return fee
