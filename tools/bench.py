"""How fast is it here, against what this machine can do at all? Ratios in one run, never absolutes.

One order runs from intent to booked fill: all eight stages, every gate on (limits raised, none
removed), the real engine, journal and wire, and the paper broker at zero latency.

    python tools/bench.py [--quick] [--json FILE] [--dir DIR]
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import msgspec

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
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.money import ZERO
from tradebot.core.model.report import ExecType
from tradebot.core.model.settings import Mode, Policy, RouteKind, Settings
from tradebot.plugins.brokers.paper.broker import PaperBroker
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.ports import Listener
from tradebot.shell.collector import collect_seldom
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache, Latch
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.verify import verify
from tradebot.shell.wire.link import Link

QTY = Decimal(10)
SYMBOL = "SPY"


class StillClock:
    """Time for stamps only; a bench measures with the machine's own counters."""

    longest_sleep_s = 60.0

    def __init__(self) -> None:
        self._start = datetime(2026, 8, 24, 15, tzinfo=UTC)
        self._origin = time.perf_counter()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.perf_counter() - self._origin)


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
        self.engine = engine
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._done: set[str] = set()
        engine.listeners.append(self._on_decision)

    async def trip(self, number: int) -> None:
        side = Side.BUY if number % 2 else Side.SELL
        leg = Leg(symbol=SYMBOL, side=side)
        intent = Intent(legs=(leg,), order_qty=QTY, strategy_id="bench")
        decision = await self.engine.submit(SubmitIntent(intent=intent))
        assert decision is not None
        last = decision.events[-1]
        assert isinstance(last, OrderSubmitted), last
        if last.cl_ord_id in self._done:
            self._done.discard(last.cl_ord_id)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[last.cl_ord_id] = future
        await future

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


async def measure(
    directory: Path, sink: str, concurrency: int, orders: int, tenths: bool = False
) -> dict[str, Any]:
    """Run a closed loop of `concurrency` clients; trips in us, cost in CPU us an order."""
    clock = StillClock()
    facts, book = FactCache(Latch()), Book()
    facts.quotes[SYMBOL] = StillMarket(clock).last(SYMBOL)
    journal: Any = Nowhere() if sink == "none" else Journal.open(
        directory / f"{sink}-{concurrency}-{orders}", code="bench", settings_hash="bench",
        threaded=True, sync=sink == "durable",
    )
    engine = Engine(book=book, journal=journal, facts=facts, clock=clock, last_seq=0)
    settings = PaperBroker.settings_type(
        latency_ms_min=ZERO, latency_ms_max=ZERO, initial_balance=Decimal(10**12)
    )
    broker = PaperBroker(
        settings, route="paper", clock=clock, market=StillMarket(clock),
        state_dir=directory / f"broker-{sink}-{concurrency}-{orders}",
        calendars={"XNYS": ExchangeCalendar()},
    )
    link = Link("paper", RouteKind.PAPER, broker, engine=engine, may_send=lambda order: None)
    engine.listeners.append(link.on_decision)
    desk = Desk(engine)
    tasks = [asyncio.create_task(engine.run()), asyncio.create_task(link.run())]
    raised = Policy(
        order_qty_max=Decimal(10**9), order_notional_max_usd=Decimal(10**12),
        quote_age_max_s=Decimal(10**6), duplicate_within_s=0,
        **dict.fromkeys((
            "messages_per_second_max", "messages_per_minute_max", "orders_per_day_max",
            "open_orders_max", "open_orders_symbol_max", "consecutive_losses_max",
        ), 10**9),
    )
    await engine.submit(ActivateSettings(
        settings=Settings(mode=Mode.PAPER, policy=raised), version="bench"
    ))
    await engine.submit(DefineInstruments(instruments=(Instrument(symbol=SYMBOL),)))
    await engine.submit(EnterSession(calendar="XNYS", phase=Phase.TRADING))
    await link.connect(None)
    trips: list[float] = []
    marks: list[float] = []
    counter = iter(range(1, orders + 1))

    async def client() -> None:
        for number in counter:
            began = time.perf_counter()
            await desk.trip(number)
            trips.append((time.perf_counter() - began) * 1e6)
            if tenths and number % (orders // 10) == 0:
                marks.append(time.process_time())

    gc.collect()
    collect_seldom()
    marks.append(time.process_time())
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client() for _ in range(concurrency)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await broker.disconnect()
    if sink != "none":
        journal.close()
    cuts = quantiles(trips, n=100)
    found: dict[str, Any] = {
        "orders_per_s": round(orders / wall), "cpu_us_per_order": round(cpu / orders * 1e6, 1),
        "p50_us": round(median(trips)), "p99_us": round(cuts[98]), "worst_us": round(max(trips)),
    }
    if tenths:
        spans = [b - a for a, b in pairwise(marks)]
        found["last_tenth_over_first"] = round(spans[-1] / spans[0], 2)
    return found


def raw_syncs(directory: Path, seconds: float = 1.0) -> dict[str, float]:
    """Measure what the disk does alone: 400 bytes over pre-written zeros, then fdatasync."""
    path = directory / "raw"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.write(file, bytes(16 << 20))
        os.fsync(file)
        took: list[float] = []
        began, offset, line = time.perf_counter(), 0, b"x" * 400
        while time.perf_counter() - began < seconds:
            at = time.perf_counter()
            os.pwrite(file, line, offset % (16 << 20))
            os.fdatasync(file)
            took.append((time.perf_counter() - at) * 1e6)
            offset += 400
    finally:
        os.close(file)
        path.unlink()
    return {"per_s": round(len(took) / seconds), "p50_us": round(median(took))}


def start_up() -> dict[str, float]:
    """Measure whole processes: `--help` against a bare interpreter, best of seven, interleaved."""
    def once(*command: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        return time.perf_counter() - began

    pairs = [
        (once("-c", "pass"), once("-m", "tradebot.cli.main", "--help")) for _ in range(7)
    ]
    bare, help_ = min(p[0] for p in pairs), min(p[1] for p in pairs)
    return {"pass_ms": round(bare * 1e3, 1), "help_ms": round(help_ * 1e3, 1),
            "help_over_pass": round(help_ / bare, 2)}


def reading(journal_dir: Path) -> dict[str, float]:
    """Measure verify and refold rates of a journal just written, against a bare decode of it."""
    lines = [
        line for path in sorted(journal_dir.glob("*.jsonl"))
        for line in path.read_bytes().split(b"\n") if line.startswith(b"{")
    ]
    bare = _timed(lambda: [msgspec.json.decode(line) for line in lines])
    checked = _timed(lambda: verify(journal_dir))

    def refold() -> None:
        journal, book = Journal.open(
            journal_dir, code="bench", settings_hash="bench", threaded=False
        ), Book()
        for decision in journal.decisions():
            book.fold(decision.at, decision.events)
        journal.close()

    folded = _timed(refold)
    count = len(lines)
    return {
        "lines": count, "bytes_per_order": round(sum(map(len, lines)) / (count / 3)),
        "bare_decode_per_s": round(count / bare), "verify_per_s": round(count / checked),
        "open_and_refold_per_s": round(count / folded),
        "open_and_refold_over_bare": round(folded / bare, 2),
    }


def _timed(call: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def run(directory: Path, *, quick: bool) -> dict[str, Any]:
    scale = 10 if quick else 1
    found: dict[str, Any] = {"raw_sync": raw_syncs(directory), "start_up": start_up()}
    for sink in ("none", "file", "durable"):
        for concurrency, orders in ((1, 3_000), (64, 20_000), (1024, 20_000)):
            name = f"{sink}, {concurrency} in flight"
            found[name] = asyncio.run(measure(directory, sink, concurrency, orders // scale))
    for orders in (1_000, 10_000, 100_000):
        name = f"cost at {orders:,} orders"
        found[name] = asyncio.run(measure(directory, "none", 64, orders // scale, tenths=True))
    found["reading"] = reading(directory / f"durable-64-{20_000 // scale}")
    raw = found["raw_sync"]
    found["ratios"] = {
        "one in flight over raw syncs": round(
            found["durable, 1 in flight"]["orders_per_s"] / raw["per_s"], 2
        ),
        "p50 of one in flight over one sync": round(
            found["durable, 1 in flight"]["p50_us"] / raw["p50_us"], 1
        ),
        "worst trip over p50, 64 in flight": round(
            found["durable, 64 in flight"]["worst_us"] / found["durable, 64 in flight"]["p50_us"], 1
        ),
    }
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the orders")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--dir", type=Path, help="a directory on the disk to measure")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.dir) as name:
        found = run(Path(name), quick=args.quick)
    for title, figures in found.items():
        print(f"{title:36}" + "  ".join(f"{key} {value}" for key, value in figures.items()))
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
