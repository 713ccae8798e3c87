"""What does one order cost, from intent to booked fill, through everything that is real?

All eight stages, every gate on (limits raised, none removed), the engine, the journal, the wire,
and the paper broker at zero latency.
"""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tradebot.core.book.book import Book
from tradebot.core.model.commands import (
    ActivateSettings,
    DefineInstruments,
    EnterSession,
    Phase,
    SubmitIntent,
)
from tradebot.core.model.events import OrderReported, OrderSubmitted, ReconRequested
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.money import ZERO
from tradebot.core.model.report import ExecType
from tradebot.core.model.settings import Mode, Policy, RouteKind, Settings
from tradebot.plugins.brokers.paper.broker import PaperBroker
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.ports import Listener
from tradebot.shell.collector import collect_seldom
from tradebot.shell.engine import Busy, Engine
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.kill_flag import Latch
from tradebot.shell.told.outlet import Outlet, to_file
from tradebot.shell.told.telemetry import JsonLog
from tradebot.shell.views.views import Views
from tradebot.shell.wire.link import Link

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
QTY = Decimal(10)
SYMBOL = "SPY"


class StillClock:
    """Time for stamps only; a bench measures with the machine's own counters."""

    longest_sleep_s = 60.0

    def __init__(self) -> None:
        self._ahead_s = datetime(2026, 8, 24, 15, tzinfo=UTC).timestamp() - time.perf_counter()

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.perf_counter() + self._ahead_s, UTC)


class StillMarket:
    """One quote that never grows old, so that every order can fill."""

    def __init__(self, clock: StillClock) -> None:
        self._clock = clock

    def instruments(self) -> Sequence[Instrument]:
        return (Instrument(symbol=SYMBOL),)

    def subscribe(self, symbols: Iterable[str], listener: Listener) -> None:
        """Nothing ever changes."""

    def last(self, symbol: str) -> Quote:
        return Quote(
            symbol=symbol, bid=Decimal("500.00"), ask=Decimal("500.02"), as_of=self._clock.now()
        )

    def history(self, symbol: str, count: int) -> Sequence[Bar]:
        return ()

    async def run(self) -> None:
        await asyncio.Event().wait()


class Nowhere:
    """A journal that keeps nothing: what the stages cost alone."""

    def append(self, decisions: Sequence[Decision]) -> "asyncio.Future[None]":
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future


class Desk:
    """Sends orders through a whole engine and hears when each is booked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._done: set[str] = set()
        engine.listeners.append(self._on_decision)

    async def trip(self, number: int) -> None:
        """Send a market order, buys and sells in turn, and wait until its fill is booked."""
        side = Side.BUY if number % 2 else Side.SELL
        cl_ord_id = await self._send(Intent(
            legs=(Leg(symbol=SYMBOL, side=side),), order_qty=QTY, strategy_id="bench"
        ))
        if cl_ord_id in self._done:
            self._done.discard(cl_ord_id)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[cl_ord_id] = future
        await future

    async def rest(self, number: int) -> None:
        """Send a limit order that will not trade: it stays open."""
        await self._send(Intent(
            legs=(Leg(symbol=SYMBOL, side=Side.BUY),), order_qty=QTY, strategy_id="bench",
            ord_type=OrdType.LIMIT, price=Decimal(400) + Decimal(number % 5_000) / 100,
        ))

    async def _send(self, intent: Intent) -> ClOrdID:
        decision = await self._engine.submit(SubmitIntent(intent=intent))
        assert decision is not None
        last = decision.events[-1]
        assert isinstance(last, OrderSubmitted), last
        return last.cl_ord_id

    def _on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, OrderReported):
                assert event.report.exec_type is not ExecType.REJECTED, event.report.text
            elif isinstance(event, ReconRequested):
                waiting = self._waiting.pop(event.cl_ord_id, None)
                if waiting is None:
                    self._done.add(event.cl_ord_id)
                else:
                    waiting.set_result(None)


RAISED = Policy(
    order_qty_max=Decimal(10**9), order_notional_max_usd=Decimal(10**12),
    quote_age_max_s=Decimal(10**6), duplicate_within_s=0,
    **dict.fromkeys((
        "messages_per_second_max", "messages_per_minute_max", "orders_per_day_max",
        "open_orders_max", "open_orders_symbol_max", "consecutive_losses_max",
    ), 10**9),
)


@asynccontextmanager
async def trading(
    directory: Path, sink: str, *, is_watched: bool = False, is_told: bool = False
) -> AsyncIterator[Desk]:
    """Open for trading: `durable` syncs, `file` only writes, `none` keeps no journal.

    `is_watched` adds the views that answer people, `is_told` the log, as the daemon has them.
    """
    clock = StillClock()
    facts, book = FactCache(Latch()), Book()
    facts.quotes[SYMBOL] = StillMarket(clock).last(SYMBOL)
    journal = None if sink == "none" else Journal.open(
        directory / "journal", code="bench", settings_hash="bench", threaded=True,
        sync=sink == "durable",
    )
    engine = Engine(book=book, journal=journal or Nowhere(), facts=facts, clock=clock, last_seq=0)
    settings = PaperBroker.settings_type(
        latency_ms_min=ZERO, latency_ms_max=ZERO, initial_balance=Decimal(10**12)
    )
    broker = PaperBroker(
        settings, route="paper", clock=clock, market=StillMarket(clock),
        state_dir=directory / "broker", calendars={"XNYS": ExchangeCalendar()},
    )
    link = Link("paper", RouteKind.PAPER, broker, engine=engine, may_send=lambda order: None)
    views = Views()
    if is_watched:
        engine.listeners.append(views.apply)
    lines = Outlet("log", to_file(directory / "log", bytes_max=1 << 30, files_max=1))
    if is_told:
        log = JsonLog(lines, views.ids_of)
        engine.listeners.append(lambda decision: lines.later(partial(log.told, decision)))
    engine.listeners.append(link.on_decision)
    desk = Desk(engine)
    tasks = [asyncio.create_task(engine.run())]
    await engine.submit(ActivateSettings(
        settings=Settings(mode=Mode.PAPER, policy=RAISED), version="bench"
    ))
    await engine.submit(DefineInstruments(instruments=(Instrument(symbol=SYMBOL),)))
    await engine.submit(EnterSession(calendar="XNYS", phase=Phase.TRADING))
    tasks.append(asyncio.create_task(link.run()))
    await link.tried
    gc.collect()
    collect_seldom()
    yield desk
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await broker.disconnect()
    lines.close()
    if journal is not None:
        journal.close()


async def closed_loop(
    directory: Path, sink: str, concurrency: int, orders: int, *, tenths: bool = False,
    resting: int = 0, is_whole: bool = False,
) -> dict[str, Any]:
    """Let so many clients send one order after another; trips in us, cost in CPU us an order.

    `is_whole` lets the views and the log listen, too.
    """
    async with trading(directory, sink, is_watched=is_whole, is_told=is_whole) as desk:
        for number in range(resting):
            await desk.rest(number)
        trips: list[float] = []
        marks = [time.process_time()]
        counter = iter(range(1, orders + 1))

        async def client() -> None:
            for number in counter:
                began = time.perf_counter()
                await desk.trip(number)
                trips.append((time.perf_counter() - began) * 1e6)
                if number % (orders // 10) == 0:
                    marks.append(time.process_time())

        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(client() for _ in range(concurrency)))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found = {
        "orders_per_s": round(orders / wall), "cpu_us_per_order": round(cpu / orders * 1e6, 1),
        **_spread(trips),
    }
    if resting:
        found["resting"] = resting
    if tenths:
        spans = [b - a for a, b in pairwise(marks)]
        found["last_tenth_over_first"] = round(spans[-1] / spans[0], 2)
    return found


async def open_loop(directory: Path, rate: int, seconds: float) -> dict[str, Any]:
    """Let orders come at a rate, whether the last ones are done or not; durable; trips in us.

    A trip begins when its order was due, so that waiting for a late start counts.
    """
    async with trading(directory, "durable") as desk:
        trips: list[float] = []
        refused = 0
        under_way: set[asyncio.Task[None]] = set()

        async def one(number: int, due: float) -> None:
            nonlocal refused
            try:
                await desk.trip(number)
            except Busy:
                refused += 1
            else:
                trips.append((time.perf_counter() - due) * 1e6)

        began = time.perf_counter()
        for number in range(1, round(rate * seconds) + 1):
            due = began + number / rate
            await asyncio.sleep(due - time.perf_counter())
            task = asyncio.create_task(one(number, due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
        wall = time.perf_counter() - began
    return {
        "rate": rate, "done_per_s": round(len(trips) / wall), "refused_as_busy": refused,
        **_spread(trips),
    }


async def memory(directory: Path, orders: int) -> dict[str, Any]:
    """Measure what an open and a finished order keep in memory, views included, in bytes."""
    async with trading(directory, "none", is_watched=True) as desk:
        for number in range(orders // 5):  # whatever grows only once has grown
            await desk.trip(number)
        before = _resident()
        for number in range(orders):
            await desk.trip(number)
        finished = _resident()
        for number in range(orders):
            await desk.rest(number)
        opened = _resident()
    return {
        "orders": orders, "bytes_a_finished_order": round((finished - before) / orders),
        "bytes_an_open_order": round((opened - finished) / orders),
    }


def _resident() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE_BYTES


def _spread(trips: Sequence[float]) -> dict[str, int]:
    cuts = quantiles(trips, n=100)
    return {"p50_us": round(median(trips)), "p99_us": round(cuts[98]),
            "worst_us": round(max(trips))}
