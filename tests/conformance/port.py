"""How does a case speak to an adapter? Through its port alone, and it hears all that is told."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from tests.conformance.bench import SPY, Bench
from tests.makers import CALL, HIGHER_CALL, an_intent
from tests.plugins.playing import is_outside_hours

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, IntentId, derive_cl_ord_id
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.report import ExecType, Report
from tradebot.ports import WIRE_TROUBLE, Broker

WITHIN_S: Final = 30.0  # on the loop's clock: nothing that was asked for takes longer
QUIET_S: Final = 1.0  # long enough for what would be said a second time to arrive
POLL_S: Final = 0.1


class Port:
    """An adapter, and somebody who reads what it says. Orders rest at 99 unless told otherwise."""

    def __init__(self, bench: Bench, broker: Broker) -> None:
        self.bench = bench
        self.broker = broker
        self.told: list[Report] = []
        self.ended: list[BaseException] = []
        self._reader: asyncio.Task[None] | None = None
        self._count = 0

    async def connect(self) -> None:
        await self.broker.connect()
        self.listen()

    def listen(self) -> None:
        self._reader = asyncio.create_task(self._read(), name="reader")

    async def deafen(self) -> None:
        """Read no more of what it says."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait({self._reader})

    async def reconnect(self) -> None:
        """Hang up and connect anew, as a link does."""
        await self.deafen()
        await self.broker.disconnect()
        await self.connect()

    async def restart(self) -> None:
        """End this process and begin another, which knows nothing but its journal."""
        await self.deafen()
        await self.broker.disconnect()
        self.broker = self.bench.broker()
        await self.connect()

    async def close(self) -> None:
        await self.deafen()
        await self.broker.disconnect()

    def order(self, intent: Intent | None = None, **terms: Any) -> OrderSubmitted:
        """Make an order under an id of its own: usually one to buy ten SPY at 99."""
        self._count += 1
        intent_id = IntentId(f"intent {self._count}")
        return OrderSubmitted(
            cl_ord_id=derive_cl_ord_id(intent_id, self.bench.name, self.bench.account),
            intent_id=intent_id, intent=intent or resting(**terms), route=self.bench.name,
            account=self.bench.account, send_by=self.bench.clock.now() + timedelta(hours=1),
            reserved=Decimal(0), outside_hours=is_outside_hours(self.bench.clock),
        )

    async def submit(self, intent: Intent | None = None, **terms: Any) -> ClOrdID:
        """Send an order, and return when the broker has said something of it."""
        order = self.order(intent, **terms)
        await self.broker.submit(order)
        await self.until(lambda: self.about(order.cl_ord_id), "an answer to an order")
        return order.cl_ord_id

    async def submit_unheard(self) -> None:
        """Send an order though nothing may come back."""
        with suppress(*WIRE_TROUBLE):
            await self.broker.submit(self.order())

    async def until(self, is_so: Callable[[], object], what: str) -> None:
        await until(is_so, what, lambda: f"; told: {self.words()}; ended: {self.ended}")

    async def quiet(self) -> None:
        """Let everything arrive that is on its way."""
        await asyncio.sleep(QUIET_S)

    def about(self, cl_ord_id: str) -> list[Report]:
        return [r for r in self.told if cl_ord_id in (r.cl_ord_id, r.orig_cl_ord_id)]

    def of(self, cl_ord_id: str, kind: ExecType) -> list[Report]:
        return [report for report in self.about(cl_ord_id) if report.exec_type is kind]

    def fills(self, cl_ord_id: str) -> list[tuple[Decimal, Decimal]]:
        return [(r.last_qty, r.last_px) for r in self.of(cl_ord_id, ExecType.TRADE)]

    def words(self) -> list[str]:
        return [f"{report.exec_type} {report.cl_ord_id[-4:]} {report.text}" for report in self.told]

    async def _read(self) -> None:
        try:
            async for report in self.broker.reports():
                self.told.append(report)
        except OSError as error:  # how an adapter says that it trusts its stream no more
            self.ended.append(error)


def resting(qty: int | str = 10, price: str | None = "99", **terms: Any) -> Intent:
    """Ask for ten SPY below the market, or what is said."""
    side = terms.pop("side", "buy")
    return an_intent(side, qty, terms.pop("symbol", SPY), price, **terms)


def spread(price: str, qty: int = 2) -> Intent:
    """Buy a call and sell a higher one."""
    return Intent(
        legs=(Leg(symbol=CALL, side=Side.BUY), Leg(symbol=HIGHER_CALL, side=Side.SELL)),
        order_qty=Decimal(qty), ord_type=OrdType.LIMIT, price=Decimal(price),
    )


async def until(
    is_so: Callable[[], object], what: str, told: Callable[[], str] = str,
    within_s: float = WITHIN_S,
) -> None:
    """Wait until something is so; that it never comes to be is the failure of a case."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within_s
    while not is_so():
        assert loop.time() < end, f"{what} never came{told()}"
        await asyncio.sleep(POLL_S)
