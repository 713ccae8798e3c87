"""Does a kill stop everything, and how soon? Many kills under load, by command, signal and file.

Orders rest with the paper broker, which takes its time for every message; intents keep coming
while the kill comes, and after it. Every other time the event loop stands still meanwhile.

    python tools/kill_drill.py [--trials 1000] [--rate 200] [--json FILE]
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench_orders import RAISED, SYMBOL, StillClock, StillMarket
from tradebot.core.book.book import Book
from tradebot.core.model.commands import (
    ActivateSettings,
    DefineInstruments,
    EnterSession,
    Phase,
    SetKillSwitch,
    SubmitIntent,
)
from tradebot.core.model.events import KillSwitchSet, OrderSubmitted
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.settings import Mode, RouteKind, Settings
from tradebot.plugins.brokers.paper.broker import PaperBroker
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.shell import kill_flag
from tradebot.shell.api.requests import Requests
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.kill_flag import Latch
from tradebot.shell.views.views import Views
from tradebot.shell.wire.link import Link
from tradebot.shell.wire.may_send import MaySend

WAYS = ("command", "signal", "file")
SPREAD_S = 0.03  # the kill comes somewhere in so long
STANDS_STILL_S = 0.04
GOES_ON_S = 0.03  # so long intents come after the kill was acknowledged
CONFIRMED_WITHIN_S = 30.0


class WatchedBroker(PaperBroker):
    """The paper broker, with the moment at which each order reached it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reached: list[float] = []

    async def submit(self, order: OrderSubmitted) -> None:
        self.reached.append(time.perf_counter())
        await super().submit(order)


class Drill:
    """A trading machine with all that a kill goes through, killed again and again."""

    def __init__(self, home: Path, rate: int) -> None:
        self._home, self._rate = home, rate
        self._clock, self._latch = StillClock(), Latch()
        facts = FactCache(self._latch)
        facts.quotes[SYMBOL] = StillMarket(self._clock).last(SYMBOL)
        self._journal = Journal.open(
            home / "journal", code="drill", settings_hash="drill", threaded=True
        )
        self._engine = Engine(
            book=Book(), journal=self._journal, facts=facts, clock=self._clock, last_seq=0
        )
        self._broker = WatchedBroker(
            WatchedBroker.settings_type(
                latency_ms_min=Decimal(1), latency_ms_max=Decimal(5),
                initial_balance=Decimal(10**12),
            ),
            route="paper", clock=self._clock, market=StillMarket(self._clock),
            state_dir=home / "broker", calendars={"XNYS": ExchangeCalendar()},
        )
        self._loop = asyncio.get_running_loop()
        may_send = MaySend(self._engine.book, self._latch, self._clock, self._loop.time)
        self._link = Link(
            "paper", RouteKind.PAPER, self._broker, engine=self._engine,
            may_send=may_send.why_not,
        )
        views = Views()
        self._engine.listeners += [
            may_send.on_decision, views.apply, self._on_decision, self._link.on_decision
        ]
        self._requests = Requests(views, self._engine.submit, self._latch.set)
        self._latch.heard += [self._on_latch, self._record_kill_soon]
        self._follower: asyncio.Task[None] | None = None
        self._sent = 0
        self._latched = self._acknowledged = 0.0

    async def run(self, trials: int) -> list[dict[str, float]]:
        submit = self._engine.submit
        tasks = [asyncio.create_task(self._engine.run())]
        await submit(ActivateSettings(
            settings=Settings(mode=Mode.PAPER, policy=RAISED), version="drill"
        ))
        await submit(DefineInstruments(instruments=(Instrument(symbol=SYMBOL),)))
        await submit(EnterSession(calendar="XNYS", phase=Phase.TRADING))
        tasks.append(asyncio.create_task(self._link.run()))
        await self._link.tried
        tasks.append(asyncio.create_task(self._send_all()))
        with kill_flag.FlagWatch(self._home, self._latch), self._signal_taken():
            found = [await self._trial(number) for number in range(trials)]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        self._journal.close()
        return found

    async def _trial(self, number: int) -> dict[str, float]:
        way = WAYS[number % len(WAYS)]
        await asyncio.sleep(SPREAD_S * (1 + number * 37 % 100 / 100))
        self._latched = self._acknowledged = 0.0
        killer = threading.Thread(target=getattr(self, f"_by_{way}"))
        asked = time.perf_counter()
        killer.start()
        if number % 2:
            time.sleep(STANDS_STILL_S)  # noqa: ASYNC251  # as a strategy that hangs would
        await self._until(lambda: self._acknowledged > 0)
        acknowledged = self._acknowledged
        await self._until(lambda: not self._engine.book.orders.working)
        assert (await self._link.statement()).working == (), "the broker's own word"
        confirmed = time.perf_counter()
        await asyncio.sleep(GOES_ON_S)
        killer.join()
        after = sum(reached > acknowledged for reached in self._broker.reached)
        self._broker.reached.clear()
        await self._engine.submit(SetKillSwitch(engaged=False, reason="next trial", by="drill"))
        (self._home / kill_flag.KILL_FILE).unlink(missing_ok=True)
        self._latch.clear()
        return {
            "latch_ms": (self._latched - asked) * 1e3,
            "acknowledged_ms": (acknowledged - asked) * 1e3,
            "confirmed_ms": (confirmed - asked) * 1e3, "sent_after": after,
        }

    def _by_command(self) -> None:
        asyncio.run_coroutine_threadsafe(
            self._requests.of(SetKillSwitch(engaged=True, reason="drill", by="drill")), self._loop
        ).result(CONFIRMED_WITHIN_S)

    def _by_signal(self) -> None:
        os.kill(os.getpid(), signal.SIGUSR1)

    def _by_file(self) -> None:
        kill_flag.drop(self._home, "drill")

    @contextmanager
    def _signal_taken(self) -> Iterator[None]:
        before = signal.signal(signal.SIGUSR1, lambda *_: self._latch.set("drill", "signal"))
        try:
            yield
        finally:
            signal.signal(signal.SIGUSR1, before)

    def _on_latch(self) -> None:
        self._latched = self._latched or time.perf_counter()

    def _record_kill_soon(self) -> None:
        self._loop.call_soon_threadsafe(self._record_kill)

    def _record_kill(self) -> None:
        if self._engine.book.kill_reason is None and self._latch.reason is not None:
            self._engine.post(SetKillSwitch(engaged=True, reason="drill", by=self._latch.by))

    def _on_decision(self, decision: Decision) -> None:
        if any(isinstance(e, KillSwitchSet) and e.engaged for e in decision.events):
            self._acknowledged = time.perf_counter()

    async def _send_all(self) -> None:
        due = time.perf_counter()
        while True:
            self._sent += 1
            self._engine.post(SubmitIntent(intent=Intent(
                legs=(Leg(symbol=SYMBOL, side=Side.BUY),), order_qty=Decimal(1),
                ord_type=OrdType.LIMIT, price=Decimal(400) + Decimal(self._sent % 5000) / 100,
                strategy_id="drill",
            )))
            due += 1 / self._rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async def _until(self, is_so: Any) -> None:
        async with asyncio.timeout(CONFIRMED_WITHIN_S):
            while not is_so():  # noqa: ASYNC110  # the very moment is not what is measured
                await asyncio.sleep(0.001)


def figures(found: list[dict[str, float]]) -> dict[str, Any]:
    told: dict[str, Any] = {"trials": len(found)}
    for key in ("latch_ms", "acknowledged_ms", "confirmed_ms"):
        told[key] = _spread([trial[key] for trial in found])
    for first, way in enumerate(WAYS):
        latched = [trial["latch_ms"] for trial in found[first::len(WAYS)]]
        told[f"latch_ms_by_{way}"] = _spread(latched)
    told["sent_after_acknowledgement"] = int(sum(trial["sent_after"] for trial in found))
    return told


def _spread(times: list[float]) -> dict[str, float]:
    """Tell the nearest ranks; of what never happened, nothing."""
    ranked, last = sorted(times), len(times) - 1
    return {
        name: round(ranked[round(last * part)], 3)
        for name, part in (("p50", 0.5), ("p99", 0.99), ("worst", 1)) if ranked
    }


async def drilled(home: Path, trials: int, rate: int) -> dict[str, Any]:
    return figures(await Drill(home, rate).run(trials))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--rate", type=int, default=200, help="intents a second")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        told = asyncio.run(drilled(Path(name), args.trials, args.rate))
    for key, value in told.items():
        print(f"{key:28} {value}")
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 1 if told["sent_after_acknowledgement"] else 0


if __name__ == "__main__":
    sys.exit(main())
