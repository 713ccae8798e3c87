"""Is an order ever lost or doubled over a bad network? Judged by the broker's own book file.

The whole trading machine sends orders to a paper broker in another process, through a network
that loses, delays and cuts. In the end the broker's own book file says what really happened.

    python tools/soak.py [--orders 50000] [--minutes 30] [--json FILE]
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from statistics import linear_regression
from typing import Any, Final

import verify_books
from bench_orders import PAGE_BYTES, RAISED, StillClock
from soak_line import SocketBroker
from soak_venue import SYMBOLS, StillPrices
from tradebot.core.book.book import Book
from tradebot.core.model.capabilities import Capabilities, IdMemory, ReplaceKind, takes_all
from tradebot.core.model.commands import (
    ActivateSettings,
    DefineInstruments,
    EnterSession,
    Phase,
    RequestCancel,
    RetryDeadLetter,
    SubmitIntent,
)
from tradebot.core.model.events import InstrumentHalted, IntentRefused, OrderSubmitted
from tradebot.core.model.ids import keyed_intent_id
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import ExecType
from tradebot.core.model.settings import Mode, RouteKind, Settings
from tradebot.plugins.brokers.paper.file import BookFile, Said
from tradebot.shell.collector import collect_seldom
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.kill_flag import Latch
from tradebot.shell.reconcile import Reconciler, ReconcileSection
from tradebot.shell.supervisor import Limits, Notice, Supervisor
from tradebot.shell.views.views import Views
from tradebot.shell.wire.link import Link
from tradebot.shell.wire.may_send import MaySend
from tradebot.shell.wire.patience import Patience

CAPABILITIES: Final = Capabilities(  # a greeting ends the last connection: absence is proof
    takes=takes_all(), replaces=ReplaceKind.IN_PLACE, id_memory=IdMemory.FOREVER, real_money=False,
    absence_is_proof=True,
)
POLICY: Final = replace(
    RAISED, correlation_unknown_frac=Decimal(0), rejections_max=10**9,
    drawdown_halt_frac=Decimal(1), daily_loss_max_frac=Decimal(1),
)
CANCEL_AFTER_S: Final = 1.0
SETTLED_WITHIN_S: Final = 120.0
LAG_EVERY_S: Final = 0.01
TOLD_MAX: Final = 5
LAG_STEP_S: Final = 0.0005


class Lag:
    """How late does the event loop wake up? Counted in steps of half a millisecond."""

    def __init__(self) -> None:
        self._counts = [0] * 4_000
        self._worst_s = 0.0

    async def watch(self) -> None:
        while True:
            due = time.perf_counter() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            late_s = time.perf_counter() - due
            self._worst_s = max(self._worst_s, late_s)
            self._counts[min(int(max(late_s, 0) / LAG_STEP_S), len(self._counts) - 1)] += 1

    def told(self) -> dict[str, float]:
        return {
            "p50": self._below(.5), "p99.9": self._below(.999),
            "worst": round(self._worst_s * 1e3, 1),
        }

    def _below(self, part: float) -> float:
        left = part * sum(self._counts)
        for step, count in enumerate(self._counts):
            left -= count
            if left <= 0:
                return round((step + 1) * LAG_STEP_S * 1e3, 1)
        return round(self._worst_s * 1e3, 1)


class Soak:
    """The trading machine, and a desk that sends it one order after another."""

    def __init__(self, home: Path, port: int) -> None:
        self.clock, self.latch = StillClock(), Latch()
        self.facts = FactCache(self.latch)
        self.refused: dict[str, str] = {}  # intent -> reason
        self.failures = 0  # of the route
        self.halts: list[str] = []
        prices = StillPrices(self.clock)
        self.facts.quotes.update({symbol: prices.last(symbol) for symbol in SYMBOLS})
        self.journal = Journal.open(home, code="soak", settings_hash="soak", threaded=True)
        self.engine = Engine(
            book=Book(), journal=self.journal, facts=self.facts, clock=self.clock, last_seq=0
        )
        self.broker = SocketBroker(CAPABILITIES, port)
        may_send = MaySend(
            self.engine.book, self.latch, self.clock, asyncio.get_running_loop().time
        )
        self.link = Link(
            "paper", RouteKind.PAPER, self.broker, engine=self.engine,
            may_send=may_send.why_not,
            patience=Patience(initial_backoff_s=.2, breaker_timeout_s=1),
        )
        self.reconciler = Reconciler(
            self.engine, [self.link], ReconcileSection(every_s=5.0), lambda text: None
        )
        self.engine.listeners += [
            may_send.on_decision, Views().apply, self.link.on_decision,
            self.reconciler.on_decision, self._on_decision,
        ]
        limits = Limits(initial_backoff_s=.1, backoff_multiplier=1.0, cooldown_s=5.0)
        self.supervisor = Supervisor(limits, self._on_notice)

    async def begin(self) -> None:
        submit = self.engine.submit
        self.supervisor.core("engine", self.engine.run)
        await submit(ActivateSettings(settings=Settings(
            mode=Mode.PAPER, policy=POLICY, intent_ttl_s=3_600,
        ), version="soak"))
        await submit(DefineInstruments(instruments=tuple(StillPrices(self.clock).instruments())))
        await submit(EnterSession(calendar="XNYS", phase=Phase.TRADING))
        self.supervisor.restartable("route", self.link.run, self.link.was_good)
        await self.link.tried
        self.supervisor.core("reconciliation", self.reconciler.run)
        collect_seldom()

    async def send(self, number: int) -> None:
        """Send one order: buys and sells in turn; every fourth is to rest, and to be cancelled."""
        price = Decimal(400) + Decimal(number % 5_000) / 100 if number % 4 == 0 else None
        side = Side.BUY if price or number // len(SYMBOLS) % 2 == 0 else Side.SELL
        await self.engine.submit(SubmitIntent(intent=Intent(
            legs=(Leg(symbol=SYMBOLS[number % len(SYMBOLS)], side=side),), order_qty=Decimal(1),
            ord_type=OrdType.LIMIT if price else OrdType.MARKET, price=price,
            strategy_id="soak", key=_key(number),
        )))

    async def settled(self) -> bool:
        """Wait until nothing is open, within the bound."""
        until = time.monotonic() + SETTLED_WITHIN_S
        while time.monotonic() < until:
            await self.engine.drain()
            book = self.engine.book
            if not book.intents.open and not book.orders.working:
                return True
            await asyncio.sleep(.1)
        return False

    async def end(self) -> None:
        await self.supervisor.close()
        await self.link.disconnect()
        self.journal.close()

    def _on_decision(self, decision: Decision) -> None:
        loop = asyncio.get_running_loop()
        for event in decision.events:
            if isinstance(event, OrderSubmitted) and event.intent.price is not None:
                cancel = RequestCancel(target=event.intent_id, by="soak")
                loop.call_later(CANCEL_AFTER_S, self.engine.post, cancel)
            elif isinstance(event, IntentRefused) and event.reason is Reason.ADAPTER_UNDELIVERED:
                retry = RetryDeadLetter(target=event.intent_id, by="soak", ttl_s=3_600)
                loop.call_soon(self.engine.post, retry)
            elif isinstance(event, InstrumentHalted) and len(self.halts) < TOLD_MAX:
                self.halts.append(f"decision {decision.seq}: {event.reason}: {event.detail}")
            elif isinstance(event, IntentRefused):
                self.refused[event.intent_id] = event.reason

    def _on_notice(self, notice: Notice) -> None:
        self.failures += 1



@asynccontextmanager
async def venue(home: Path, asked: argparse.Namespace) -> AsyncIterator[tuple[int, Counter[str]]]:
    """Start the broker's process; yield its port, and what its network did, counted."""
    tool = Path(__file__).with_name("soak_venue.py")
    options = (f"--{name}={getattr(asked, name)}" for name in ("seed", "drops", "resets", "delays"))
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(tool), str(home), *options,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None and process.stdout is not None
    did = Counter[str]()

    async def hear(told: asyncio.StreamReader) -> None:
        async for line in told:
            did[line.decode().strip()] += 1

    port = int(await process.stdout.readline())
    hearing = asyncio.create_task(hear(process.stdout))
    try:
        yield port, did
    finally:
        process.stdin.close()
        await process.wait()
        await hearing


async def soaked(home: Path, asked: argparse.Namespace) -> dict[str, Any]:
    lag, sizes = Lag(), list[tuple[float, int]]()
    async with venue(home / "venue", asked) as (port, did):
        running = Soak(home / "journal", port)
        await running.begin()
        watch = asyncio.create_task(lag.watch())
        began, every_s = time.perf_counter(), asked.minutes * 60 / asked.orders
        for number in range(asked.orders):
            await asyncio.sleep(max(0.0, began + number * every_s - time.perf_counter()))
            await running.send(number)
            if number % max(1, asked.orders // 100) == 0:
                sizes.append((time.perf_counter() - began, _resident()))
        took_s = time.perf_counter() - began
        is_settled = await running.settled()
        settling_s = time.perf_counter() - began - took_s
        watch.cancel()
        differences = await running.reconciler.compare_all("the end")
        await running.end()
    return {
        "orders": asked.orders, "seconds": round(took_s), "settling_s": round(settling_s, 1),
        "is_settled": is_settled,
        **judged(home / "venue" / "book.jsonl", running, asked.orders),
        "audit": audit(home)[:TOLD_MAX],
        "differences": dict(differences), "halted": running.halts,
        "network": dict(did), "connections": running.broker.connections,
        "lag_ms": lag.told(), "memory_mb_per_hour": _growth(sizes),
        "memory_mb": round(sizes[-1][1] / 1e6),
    }


def audit(home: Path) -> list[str]:
    """Let the auditor hold the raw journal against the broker's raw file."""
    books = verify_books.read(home)
    return [*books.wrong, *verify_books.against_broker(
        books, home / "venue" / "book.jsonl", is_dead=False
    )]


def judged(path: Path, running: Soak, orders: int) -> dict[str, Any]:
    """Compare what was wanted, what the broker's file says, and what our book holds."""
    placed, sides = Counter[str](), dict[str, tuple[str, int]]()
    positions, fills = Counter[str](), 0
    for line in BookFile(path).load():
        if isinstance(line, OrderSubmitted):
            placed[line.intent_id] += 1
            sides[line.cl_ord_id] = line.intent.symbol, line.intent.side.sign
        elif isinstance(line, Said) and line.report.exec_type is ExecType.TRADE:
            symbol, sign = sides[line.cl_ord_id]
            positions[symbol] += sign * int(line.report.last_qty)
            fills += 1
    wanted = {keyed_intent_id(_key(number)) for number in range(orders)}
    refused = {intent_id for intent_id in wanted if intent_id in running.refused}
    book = running.engine.book
    account = book.routes["paper"].account
    return {
        "lost": sum(not placed[intent_id] for intent_id in wanted - refused),
        "doubled": sum(count > 1 for count in placed.values()),
        "strangers": len(placed.keys() - wanted),
        "refused": dict(Counter(running.refused.values())),
        "refused_yet_placed": sum(placed[intent_id] > 0 for intent_id in refused),
        "fills": fills, "positions_differ": sorted(
            symbol for symbol in SYMBOLS
            if book.ledger.net_qty(account, symbol) != positions[symbol]
        ),
    }


def is_sound(told: dict[str, Any]) -> bool:
    wrong = (
        "lost", "doubled", "strangers", "refused_yet_placed", "positions_differ", "halted", "audit",
    )
    withdrawn = set(told["refused"]) <= {Reason.OMS_CANCELED}
    return told["is_settled"] and withdrawn and not any(told[name] for name in wrong)


def _key(number: int) -> str:
    return f"soak-{number}"


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES


def _growth(sizes: Sequence[tuple[float, int]]) -> float:
    """Return how memory grew in the second half, in megabytes an hour."""
    late = sizes[len(sizes) // 2:]
    slope = linear_regression([at for at, _ in late], [size for _, size in late]).slope
    return round(slope * 3_600 / 1e6, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=50_000)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drops", type=float, default=.0005, help="part of the lines lost")
    parser.add_argument("--resets", type=float, default=.0002, help="part cut in mid-line")
    parser.add_argument("--delays", type=float, default=.02, help="part delayed")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        told = asyncio.run(soaked(Path(name), asked))
    for key, value in told.items():
        print(f"{key:20} {value}")
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0 if is_sound(told) else 1


if __name__ == "__main__":
    sys.exit(main())
