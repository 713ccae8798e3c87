"""Does a real paper account do what servers of ours believe? One order, far from the market."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, StrategyId, derive_cl_ord_id, keyed_intent_id
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.money import ONE
from tradebot.core.model.report import ExecType, Report, Statement
from tradebot.core.model.settings import RouteKind
from tradebot.ports import Broker, Clock, MarketData, OptionData
from tradebot.shell.calendar import build_calendars
from tradebot.shell.clock import WallClock
from tradebot.shell.settings.config import Config
from tradebot.shell.vendors import Vendors

FAR: Final = Decimal("0.5")  # of the market's price: no order waits there for anybody
WITHIN_S: Final = 60.0
CENT: Final = Decimal("0.01")


class Smoke:
    """One route of a configuration, and all that is done there; `told` is what came of it."""

    def __init__(
        self, config: Config, route: str, home: Path, clock: Clock | None = None
    ) -> None:
        self._config = config
        self._route = route
        self._clock = clock or WallClock()
        vendors = Vendors(
            config=config, home=home, clock=self._clock, tell=lambda _: None,
            calendars=build_calendars(config.schedule),
        )
        self._market: MarketData = vendors.market()
        self._broker: Broker = vendors.broker(route, self._market)
        self._reports: list[Report] = []
        self._connected = asyncio.Event()
        self.told: dict[str, Any] = {}

    async def run(self) -> dict[str, Any]:
        """Look, order, find, cancel, look again; whatever happens, nothing is left working."""
        assert self._config.route_kind(self._route) is RouteKind.PAPER, "a route of paper money"
        feed = asyncio.create_task(self._market.run(), name="quotes")
        hearing = asyncio.create_task(self._hear(), name="reports")
        try:
            await asyncio.wait_for(self._broker.connect(), WITHIN_S)
            assert self._broker.capabilities.real_money is False, "REAL MONEY: nothing was sent"
            self._connected.set()
            before = await self._stated()
            self.told["account"] = before.account
            await self._order(before)
            await self._chain()
        finally:
            for task in (feed, hearing):
                task.cancel()
            await asyncio.wait({feed, hearing})
            await asyncio.wait_for(self._broker.disconnect(), WITHIN_S)
        return self.told

    async def _order(self, before: Statement) -> None:
        symbol = self._market.instruments()[0].symbol
        await _until(lambda: self._market.last(symbol) is not None, f"a quote of {symbol}")
        quote = self._market.last(symbol)
        assert quote is not None
        price = (quote.bid * FAR).quantize(CENT, ROUND_FLOOR)
        order = self._written(symbol, price, before.account)
        name = order.cl_ord_id
        await asyncio.wait_for(self._broker.submit(order), WITHIN_S)
        try:
            await _until(lambda: self._heard(name, ExecType.NEW), "word of the order")
            found = await asyncio.wait_for(self._broker.find(name), WITHIN_S)
            assert found is not None, "it is not found by its id"
            working = [o for o in (await self._stated()).working if o.cl_ord_id == name]
            assert [(o.symbols, o.leaves_qty, o.price) for o in working] == [
                ((symbol,), ONE, price)
            ], working
        finally:
            request = ClOrdID(name[:-1] + "C")
            await asyncio.wait_for(self._broker.cancel(name, request), WITHIN_S)
        await _until(
            lambda: self._heard(name, ExecType.CANCELED) or self._heard(request, ExecType.CANCELED),
            "word of its cancel",
        )
        after = await self._stated()
        assert name not in [o.cl_ord_id for o in after.working]
        assert (after.cash, after.holdings) == (before.cash, before.holdings)
        self.told["order"] = f"1 {symbol} at {price}: taken, found, canceled"

    async def _chain(self) -> None:
        """Ask for the options on the first share, where the feed knows any."""
        market = self._market
        if not isinstance(market, OptionData):
            self.told["chain"] = "the feed knows no options"
            return
        symbol = market.instruments()[0].symbol
        await _until(lambda: market.chain(symbol) is not None, f"a chain of {symbol}")
        chain = market.chain(symbol)
        assert chain is not None
        self.told["chain"] = f"{len(chain.expiries)} expiries on {symbol}"

    async def _hear(self) -> None:
        await self._connected.wait()
        async for report in self._broker.reports():
            self._reports.append(report)

    async def _stated(self) -> Statement:
        return await asyncio.wait_for(self._broker.statement(), WITHIN_S)

    def _heard(self, name: ClOrdID, exec_type: ExecType) -> bool:
        return any(
            report.exec_type is exec_type and name in (report.cl_ord_id, report.orig_cl_ord_id)
            for report in self._reports
        )

    def _written(self, symbol: str, price: Decimal, account: str) -> OrderSubmitted:
        now = self._clock.now()
        intent_id = keyed_intent_id(f"smoke {now.isoformat()}")
        intent = Intent(
            legs=(Leg(symbol=symbol, side=Side.BUY),), order_qty=ONE, ord_type=OrdType.LIMIT,
            price=price, strategy_id=StrategyId("smoke"),
        )
        return OrderSubmitted(
            cl_ord_id=derive_cl_ord_id(intent_id, self._route, account), intent_id=intent_id,
            intent=intent, route=self._route, account=account,
            send_by=now + timedelta(seconds=WITHIN_S), reserved=price,
        )


async def _until(is_so: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(WITHIN_S):
            while not is_so():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"no {what} within {WITHIN_S:g} s") from None
