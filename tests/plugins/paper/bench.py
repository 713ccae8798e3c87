"""How does a test trade at the paper broker? On a bench: real broker, hand-made market, hand clock.

Everything waits on virtual time, so a test may sleep through a whole session at no cost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tests.makers import ACCOUNT, an_intent, at, number, some_instruments
from tests.plugins.fake_market import FakeMarket, Number

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, TimeInForce
from tradebot.core.model.report import ExecType, Report
from tradebot.plugins.brokers.paper.broker import PaperBroker
from tradebot.plugins.brokers.paper.settings import PaperSettings
from tradebot.plugins.calendars.always_open import AlwaysOpen
from tradebot.plugins.calendars.exchange import ExchangeCalendar, ExchangeSettings
from tradebot.shell.clock import LoopClock
from tradebot.shell.sim_loop import SimLoop

INITIAL: Final = Decimal(100_000)
FREE: Final = {"slippage_bps": 0, "commission_bps": 0, "commission_per_contract": 0}
CALENDARS: Final = {"XNYS": ExchangeCalendar(ExchangeSettings()), "24/7": AlwaysOpen()}
HUNDRED: Final = Decimal(100)  # of an option that nobody listed
EPOCH: Final = at(-10**6)


def paper_settings(**changes: Any) -> PaperSettings:
    """Make settings without costs; whole numbers and texts become Decimals."""
    kept = {"account", "currency", "short_allowed", "naked_options_allowed", "seed"}
    fields = {**FREE, **changes}
    return PaperSettings(**{
        name: value if name in kept else number(value) for name, value in fields.items()
    })


@dataclass(eq=False)
class Bench:
    """A broker in its market, and somebody who reads what it says."""

    home: Path
    start: datetime = field(default_factory=lambda: at(60))
    settings: PaperSettings = field(default_factory=paper_settings)
    instruments: tuple[Instrument, ...] = field(default_factory=some_instruments)
    told: list[Report] = field(default_factory=list)
    intents: dict[ClOrdID, Intent] = field(default_factory=dict)
    on_report: Callable[[Report], None] | None = None
    names: str = "T"

    def __post_init__(self) -> None:
        self.clock = LoopClock(self.start, asyncio.get_running_loop())
        self.market = FakeMarket(self.clock, self.instruments)
        self.broker = PaperBroker(
            self.settings, route="paper", clock=self.clock, market=self.market,
            state_dir=self.home, calendars=CALENDARS,
        )
        self.reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self.broker.connect()
        self.read()

    def read(self) -> None:
        self.reader = asyncio.create_task(self._read(), name="reader")

    async def close(self) -> None:
        if self.reader is not None:
            self.reader.cancel()
            await asyncio.wait({self.reader})

    async def _read(self) -> None:
        async for report in self.broker.reports():
            if self.on_report is not None:
                self.on_report(report)
            self.told.append(report)

    def order(self, intent: Intent, name: str | None = None) -> OrderSubmitted:
        cl_ord_id = ClOrdID(name or f"{self.names}{len(self.intents) + 1}")
        self.intents.setdefault(cl_ord_id, intent)
        return OrderSubmitted(
            cl_ord_id=cl_ord_id, intent_id=IntentId(f"intent of {cl_ord_id}"), intent=intent,
            route="paper", account=ACCOUNT, send_by=self.clock.now() + timedelta(hours=1),
            reserved=Decimal(0),
        )

    async def send(self, intent: Intent, name: str | None = None) -> ClOrdID:
        """Hand the order over; it is still on its way."""
        order = self.order(intent, name)
        await self.broker.submit(order)
        return order.cl_ord_id

    async def submit(self, intent: Intent, name: str | None = None) -> ClOrdID:
        """Hand the order over and wait until it has arrived."""
        cl_ord_id = await self.send(intent, name)
        await self.settle()
        return cl_ord_id

    async def buy(self, qty: Number = 10, price: Number | None = None, **more: Any) -> ClOrdID:
        return await self.submit(an_order("buy", qty, price, **more))

    async def sell(self, qty: Number = 10, price: Number | None = None, **more: Any) -> ClOrdID:
        return await self.submit(an_order("sell", qty, price, **more))

    async def cancel(self, cl_ord_id: str, request: str = "C1") -> None:
        await self.broker.cancel(ClOrdID(cl_ord_id), ClOrdID(request))
        await self.settle()

    async def replace(
        self, cl_ord_id: str, request: str, qty: Number, price: Number | None = None
    ) -> None:
        await self.broker.replace(
            ClOrdID(cl_ord_id), ClOrdID(request), number(qty),
            None if price is None else number(price),
        )
        await self.settle()

    async def settle(self, seconds: float = 0.2) -> None:
        """Let everything arrive that is on its way."""
        await asyncio.sleep(seconds)

    async def until(self, when: datetime) -> None:
        await asyncio.sleep((when - self.clock.now()).total_seconds())

    async def show(
        self, bid: Number, ask: Number, size: Number = 0, symbol: str = "SPY"
    ) -> None:
        """Let a second pass, then show a quote."""
        await asyncio.sleep(1)
        self.market.show(bid, ask, size, symbol)
        await asyncio.sleep(0)

    async def bar(self, prices: str, **more: Any) -> None:
        """Let a minute pass, then tell what traded in it."""
        await asyncio.sleep(60)
        self.market.print_bar(prices, **more)
        await asyncio.sleep(0)

    def about(self, cl_ord_id: str) -> list[Report]:
        return [r for r in self.told if cl_ord_id in (r.cl_ord_id, r.orig_cl_ord_id)]

    def kinds(self, cl_ord_id: str) -> list[str]:
        """List what was said of the order, in few words; trades as "qty@px"."""
        return [words_of(report) for report in self.about(cl_ord_id)]

    def fills(self, cl_ord_id: str) -> list[str]:
        return [words_of(r) for r in self.about(cl_ord_id) if r.exec_type is ExecType.TRADE]

    def filled(self, cl_ord_id: str) -> Decimal:
        return sum((r.last_qty for r in self.about(cl_ord_id)), Decimal(0))

    def refusal(self, cl_ord_id: str) -> str:
        """Return why the order was refused; it must have been, and nothing else said."""
        (report,) = self.about(cl_ord_id)
        assert report.exec_type is ExecType.REJECTED, report
        return report.text

    async def cash(self) -> Decimal:
        return (await self.broker.statement()).cash

    async def holdings(self) -> dict[str, Decimal]:
        return {held.symbol: held.qty for held in (await self.broker.statement()).holdings}


def words_of(report: Report) -> str:
    if report.exec_type is ExecType.TRADE:
        return f"{report.last_qty.normalize():f}@{report.last_px.normalize():f}"
    return report.exec_type.value


def an_order(
    side: str, qty: Number = 10, price: Number | None = None, *, tif: str = "day",
    stop: Number | None = None, symbol: str = "SPY",
) -> Intent:
    """Make an order whose type follows from the prices it has."""
    kind = {
        (False, False): OrdType.MARKET, (True, False): OrdType.LIMIT,
        (False, True): OrdType.STOP, (True, True): OrdType.STOP_LIMIT,
    }[price is not None, stop is not None]
    return an_intent(
        side, qty, symbol, price, ord_type=kind, time_in_force=TimeInForce(tif),
        stop_px=None if stop is None else number(stop),
    )


def a_combo(
    *legs: str, qty: Number = 1, price: Number | None = None, tif: str = "day"
) -> Intent:
    """Make a combo of legs such as "buy SPY" or "sell SPY 2"."""
    made = []
    for leg in legs:
        side, symbol, *ratio = leg.split()
        made.append(Leg(symbol=symbol, side=Side(side), ratio_qty=number(*ratio or "1")))
    return Intent(
        legs=tuple(made), order_qty=number(qty), time_in_force=TimeInForce(tif),
        ord_type=OrdType.MARKET if price is None else OrdType.LIMIT,
        price=None if price is None else number(price),
    )


Story = Callable[[Bench], Awaitable[None]]


def play(home: Path, story: Story, start: datetime | None = None, **settings: Any) -> Bench:
    """Run one story from connect to the end of its loop: every timer dies, as in a kill."""
    async def whole() -> Bench:
        bench = Bench(home, start=start or at(60), settings=paper_settings(**settings))
        await bench.open()
        try:
            await story(bench)
            await asyncio.sleep(0)
        finally:
            await bench.close()
        return bench

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(whole())


def at_the_paper_broker(
    start: datetime | None = None, **settings: Any
) -> Callable[[Story], Callable[[Path], None]]:
    """Make a test of a story: `async def test_...(bench)`."""
    def make(story: Story) -> Callable[[Path], None]:
        def test(tmp_path: Path) -> None:
            play(tmp_path, story, start, **settings)

        test.__doc__ = story.__doc__
        return test

    return make


@dataclass
class Reckoning:
    """What an account must come to, if nothing but the reports were known."""

    cash: Decimal = INITIAL
    realized: Decimal = Decimal(0)
    held: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def holdings(self) -> dict[str, Decimal]:
        return {symbol: qty for symbol, (qty, _) in self.held.items() if qty}

    def trade(self, symbol: str, qty: Decimal, px: Decimal, multiplier: Decimal) -> None:
        """Average cost: first what closes, then what opens."""
        self.cash -= qty * px * multiplier
        had, cost = self.held.get(symbol, (Decimal(0), Decimal(0)))
        closing = Decimal(0)
        if had * qty < 0:
            closing = max(qty, -had) if qty < 0 else min(qty, -had)
            average = cost / had
            self.realized += -closing * (px - average) * multiplier
            cost += closing * average
            had += closing
        opening = qty - closing
        self.held[symbol] = (had + opening, cost + opening * px)

    def settle(self, report: Report) -> None:
        """An option ends; what comes for it costs or brings the strike, by its very symbol."""
        assert report.symbol is not None
        ended = report.last_qty if report.is_sell else -report.last_qty
        self.trade(report.symbol, -ended, report.last_px, HUNDRED)
        for leg in report.legs:
            came = ended * HUNDRED * (1 if report.symbol[-9] == "C" else -1)
            self.trade(leg.symbol, came, leg.last_px, Decimal(1))


def reckon(
    intents: dict[ClOrdID, Intent], reports: Iterable[Report],
    instruments: Iterable[Instrument], initial: Decimal = INITIAL,
) -> Reckoning:
    """Work the account out from the reports alone; follows ids through replaces."""
    sheet, owner = Reckoning(cash=initial), dict(intents)
    worth = {known.symbol: known.multiplier for known in instruments}
    for report in reports:
        if report.exec_type is ExecType.REPLACED:
            assert report.orig_cl_ord_id is not None
            owner[report.cl_ord_id] = owner[report.orig_cl_ord_id]
        sheet.cash -= report.fee
        if report.exec_type is ExecType.SETTLEMENT:
            sheet.settle(report)
        if report.exec_type is not ExecType.TRADE:
            continue
        intent = owner[report.cl_ord_id]
        prices = {leg.symbol: leg.last_px for leg in report.legs}
        for leg in intent.legs:
            qty = leg.side.sign * leg.ratio_qty * report.last_qty
            px = prices[leg.symbol] if intent.is_combo else report.last_px
            sheet.trade(leg.symbol, qty, px, worth.get(leg.symbol, HUNDRED))
    return sheet


async def check_account(bench: Bench) -> None:
    """The broker's statement must be what its own reports come to."""
    sheet = reckon(bench.intents, bench.told, bench.instruments, bench.settings.initial_balance)
    statement = await bench.broker.statement()
    assert statement.cash == sheet.cash
    assert {held.symbol: held.qty for held in statement.holdings} == sheet.holdings
    for held in statement.holdings:
        qty, cost = sheet.held[held.symbol]
        assert abs(held.avg_px - cost / qty) < Decimal("1e-9")
    assert abs(bench.broker.realized - sheet.realized) < Decimal("1e-9")
