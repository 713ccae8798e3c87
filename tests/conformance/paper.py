"""The paper broker's bench: a market by hand, and no wire that could fail."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Final

from tests.conformance.bench import PRICES, Bench, Terms
from tests.fakes.faults import FaultKind
from tests.plugins.fake_market import FakeMarket
from tests.plugins.paper.bench import CALENDARS, paper_settings, reckon

from tradebot.core.model.ids import ClOrdID
from tradebot.plugins.brokers.paper.broker import PaperBroker
from tradebot.plugins.brokers.paper.order import PaperOrder
from tradebot.ports import Broker, Clock

_NO_WIRE: Final = "it lives in this process: nothing lies between it and us"
_NO_HAND: Final = "only its market makes it do anything"


class PaperBench(Bench):
    name = "paper"
    speed = None
    cannot: ClassVar = {
        **dict.fromkeys(("cut", "sent", "confuse", *FaultKind), _NO_WIRE),
        **dict.fromkeys(("bust", "correct", "end", "external", "late fill"), _NO_HAND),
        "early": "it trades in regular hours only",
        "plan": "its refusals are the house's own, each with a test in tests/plugins/paper",
        "stranger": "it has no credentials", "outsider": "its account is the one it is given",
        "trade_leg": "it trades the legs of a combo together",
    }

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._home = tempfile.TemporaryDirectory()
        self._broker: PaperBroker
        self._market: FakeMarket
        self._arrivals: list[float] = []

    async def open(self) -> None:
        """Have nothing to start: its market begins with the adapter."""

    async def close(self) -> None:
        self._home.cleanup()

    def broker(self) -> Broker:
        self._market = FakeMarket(self.clock, self.instruments)
        self._broker = PaperBroker(
            paper_settings(latency_ms_min=0, latency_ms_max=0), route=self.name, clock=self.clock,
            market=self._market, state_dir=Path(self._home.name), calendars=CALENDARS,
        )
        for symbol, bid, ask in PRICES:
            self._market.show(bid, ask, 0, symbol)
        return self._broker

    async def price(self, symbol: str, bid: str, ask: str) -> None:
        self._market.show(bid, ask, 0, symbol)

    async def trade(self, cl_ord_id: str, qty: int, px: str = "99") -> None:
        """Offer just so much at the price, then nothing near it."""
        side = self._order(cl_ord_id).intent.side
        far = Decimal(px) - side.sign
        bid, ask = sorted((Decimal(px), far))
        self._market.show(bid, ask, qty)
        self._market.show(*PRICES[0][1:], 0)

    def copies(self, cl_ord_id: str) -> int:
        """Count them in the broker's own book, as it stands on the disk."""
        lines = (Path(self._home.name) / "book.jsonl").read_text().splitlines()
        return sum('"OrderSubmitted"' in line and cl_ord_id in line for line in lines)

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
        """Work it out anew from every execution that it ever told of."""
        orders = list({id(o): o for o in self._broker._house.orders.values()}.values())
        sheet = reckon(
            {order.ids[0]: order.intent for order in orders},
            [report for order in orders for report in order.reports], self.instruments,
        )
        return sheet.cash, sheet.holdings

    def arrivals(self) -> list[float]:
        reports = [r for o in self._broker._house.orders.values() for r in o.reports]
        times = {r.transact_time for r in reports if r.transact_time is not None}
        return sorted(moment.timestamp() for moment in times)

    def _order(self, cl_ord_id: str) -> PaperOrder:
        return self._broker._house.orders[ClOrdID(cl_ord_id)]
