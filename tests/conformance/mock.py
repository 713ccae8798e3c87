"""The mock broker's bench: its script is written as orders arrive, by a market and by faults."""

from collections import deque
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Final

from tests.conformance.bench import PRICES, Bench, Terms
from tests.fakes.faults import FaultKind, Faults, Request
from tests.plugins.fake_market import FakeMarket

from tradebot.core.model.combo import net_price
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.settings import RouteKind
from tradebot.plugins.brokers.mock import MockBroker, MockOrder, MockSettings
from tradebot.ports import Broker, Clock

_LINES: Final = {
    FaultKind.ACCEPT_DROP: "drop_reply accept", FaultKind.HANG: "hang accept",
    FaultKind.DROP_BEFORE: "lose", FaultKind.ERROR_BEFORE: "not_sent",
}
_SAID: Final = {
    FaultKind.DUPLICATE_ACK: "accept accept fill duplicate",
    FaultKind.FILL_BEFORE_ACK: "fill accept",
}
_WIRED: Final = frozenset(FaultKind) - set(_LINES) - set(_SAID)
_NO_WIRE: Final = "it lives in this process: nothing lies between it and us"
_NO_WORD: Final = "its script has no word for it"


class MockBench(Bench):
    name = "mock"
    speed = None
    kind = RouteKind.MOCK
    cannot: ClassVar = {
        **dict.fromkeys(("cut", "sent", "confuse", *_WIRED), _NO_WIRE),
        **dict.fromkeys(("correct", "trade_leg"), _NO_WORD),
        **dict.fromkeys((
            "a_cancel_that_is_never_answered_is_settled",
            "a_cancel_that_is_lost_is_asked_for_again",
            "a_change_whose_answer_is_lost_is_known_in_the_end",
        ), "its script is of orders, not of what is asked about them"),
        "what_another_program_has_working_is_stated": _NO_WORD,
        "plan": "a script refuses in its own words, without a code",
        "early": "it trades at any hour",
        "restart": "it forgets everything when the process ends",
        "stranger": "it has no credentials", "outsider": "its account is the one it is given",
    }
    account = "MOCK-1"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.faults = Faults({*_LINES, *_SAID})
        self.market = FakeMarket(clock, self.instruments)
        self._broker: _PlayedMock

    async def open(self) -> None:
        for symbol, bid, ask in PRICES:
            self.market.show(bid, ask, 0, symbol)

    async def close(self) -> None:
        """Have nothing to stop."""

    def broker(self) -> Broker:
        self._broker = _PlayedMock(self)
        return self._broker

    async def price(self, symbol: str, bid: str, ask: str) -> None:
        self.market.show(bid, ask, 0, symbol)
        for order in self._broker.working():
            if self.crosses(order.intent, order.price):
                self._broker.play(order, "fill")

    async def trade(self, cl_ord_id: str, qty: int, px: str = "99") -> None:
        self._broker.play(self._order(cl_ord_id), f"partial:{qty}")

    async def end(self, cl_ord_id: str) -> None:
        self._broker.play(self._order(cl_ord_id), "cancel")

    async def bust(self, cl_ord_id: str) -> None:
        self._broker.play(self._order(cl_ord_id), "bust")

    async def external(self, qty: int, limit: str | None = None) -> None:
        self._broker._ghost("SPY", Decimal(qty))

    def copies(self, cl_ord_id: str) -> int:
        return int(cl_ord_id in self._broker.orders)

    def filled(self, cl_ord_id: str) -> Decimal:
        return self._order(cl_ord_id).cum_qty

    def is_working(self, cl_ord_id: str) -> bool:
        return not self._order(cl_ord_id).is_done

    def terms(self, cl_ord_id: str) -> Terms:
        order = self._order(cl_ord_id)
        body = order.intent
        return Terms(
            ord_type=body.ord_type, time_in_force=body.time_in_force, qty=order.order_qty,
            limit=order.price, stop=body.stop_px,
        )

    def truth(self) -> tuple[Decimal, dict[str, Decimal]]:
        held = self._broker.holdings
        return self._broker.cash, {symbol: qty for symbol, qty in held.items() if qty}

    def arrivals(self) -> list[float]:
        return self._broker.arrivals

    def line(self, intent: Intent) -> str:
        """Write the line of the next order."""
        fault = self.faults.take(Request.SUBMIT)
        if fault is not None and fault.kind in _LINES:
            return _LINES[fault.kind]
        if fault is not None:
            return _SAID[fault.kind]
        return "accept fill" if self.crosses(intent, intent.price) else "accept"

    def crosses(self, intent: Intent, limit: Decimal | None) -> bool:
        """Tell whether it would trade now: at the far side of each leg's market."""
        if intent.stop_px is not None:
            return False
        far = [self._far(leg) for leg in intent.legs]
        touch = net_price(intent.legs, far, lambda _: Decimal(1)) if intent.is_combo else far[0]
        sign = 1 if intent.is_combo else intent.side.sign
        return limit is None or sign * (limit - touch) >= 0

    def _far(self, leg: Leg) -> Decimal:
        quote = self.market.last(leg.symbol)
        assert quote is not None
        return quote.ask if leg.side is Side.BUY else quote.bid

    def _order(self, cl_ord_id: str) -> MockOrder:
        return self._broker.orders[ClOrdID(cl_ord_id)]


class _PlayedMock(MockBroker):
    """A mock whose script is written order by order."""

    def __init__(self, bench: MockBench) -> None:
        super().__init__(
            MockSettings(), route=bench.name, clock=bench.clock, market=bench.market,
            state_dir=Path(), calendars={},
        )
        self.arrivals: list[float] = []
        self._bench = bench

    async def submit(self, order: OrderSubmitted) -> None:
        if order.cl_ord_id not in self.orders:
            self.arrivals.append(self._bench.clock.now().timestamp())
            self._script.append(self._bench.line(order.intent))
        await super().submit(order)

    def working(self) -> list[MockOrder]:
        orders = {id(order): order for order in self.orders.values()}.values()
        return [order for order in orders if not order.is_done]

    def play(self, order: MockOrder, word: str) -> None:
        self._play(order, deque((word,)))
