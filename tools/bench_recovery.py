"""What does the journal cost: in bytes, at a start over everything, and at one from a snapshot?

The lines are those of a trading day: the real core decides each order, and a broker that answers
with an acknowledgement and one fill. All is read by the daemon's own way of starting.
"""

import gc
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

import bench_orders
from tradebot.core.book.book import Book
from tradebot.core.model.capabilities import Capabilities, takes_all
from tradebot.core.model.commands import (
    ActivateSettings,
    Command,
    ConnectRoute,
    DefineInstruments,
    EnterSession,
    Phase,
    SubmitIntent,
)
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ExecID, OrderID
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.report import ExecType, Report, Statement
from tradebot.core.model.settings import Mode, RouteKind, Settings
from tradebot.core.pipeline.handle import handle
from tradebot.shell import recovery
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.chain import Stand
from tradebot.shell.journal.codec import decode, encode
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal, Take
from tradebot.shell.kill_flag import Latch

LINES_AN_ORDER = 3
TAIL = 1_000
BATCH = 256


class Day:
    """Decides commands one by one, and hands out what the journal would hold."""

    def __init__(self) -> None:
        self.clock = bench_orders.StillClock()
        self.book = Book()
        self.facts = FactCache(Latch())
        market = bench_orders.StillMarket(self.clock)
        self.facts.quotes[bench_orders.SYMBOL] = market.last(bench_orders.SYMBOL)
        self.seq = 0

    def decide(self, command: Command) -> Decision:
        at, view = self.clock.now(), self.facts.view()
        events = tuple(handle(self.book, command, view, at))
        self.seq += 1
        return Decision(self.seq, at, command, events, view.reads())

    def morning(self) -> Iterator[Decision]:
        settings = Settings(mode=Mode.PAPER, policy=bench_orders.RAISED)
        yield self.decide(ActivateSettings(settings=settings, version="bench"))
        symbol = Instrument(symbol=bench_orders.SYMBOL)
        yield self.decide(DefineInstruments(instruments=(symbol,)))
        yield self.decide(EnterSession(calendar="XNYS", phase=Phase.TRADING))
        yield self.decide(ConnectRoute(
            route="paper", kind=RouteKind.PAPER,
            capabilities=Capabilities(takes=takes_all(), real_money=False),
            statement=Statement(
                account="PAPER-1", as_of=self.clock.now(), cash=Decimal(10**12)
            ),
        ))

    def order(self, number: int) -> Iterator[Decision]:
        side = Side.BUY if number % 2 else Side.SELL
        leg = Leg(symbol=bench_orders.SYMBOL, side=side)
        body = Intent(legs=(leg,), order_qty=Decimal(10), strategy_id="bench")
        taken = self.decide(SubmitIntent(intent=body))
        sent = taken.events[-1]
        assert isinstance(sent, OrderSubmitted), sent
        yield taken
        for kind, more in (
            (ExecType.NEW, {}),
            (ExecType.TRADE, {
                "exec_id": ExecID(f"E{number}"), "last_qty": body.order_qty,
                "last_px": Decimal("500.02"),
            }),
        ):
            yield self.decide(Report(
                route="paper", cl_ord_id=sent.cl_ord_id, exec_type=kind,
                order_id=OrderID(f"O{number}"), transact_time=self.clock.now(), **more,
            ))


def lines(_: Path, orders: int) -> dict[str, Any]:
    """Measure the lines of orders: their bytes, and what writing and reading one costs in us."""
    day, made = Day(), list[Decision]()
    made.extend(day.morning())
    for number in range(orders):
        made.extend(day.order(number))
    made = made[-orders * LINES_AN_ORDER :]
    bodies = [encode(decision) for decision in made]
    framing = 75
    us = 1e6 / len(made)
    return {
        "bytes_an_order": round(sum(map(len, bodies)) / orders) + LINES_AN_ORDER * framing,
        "encode_us": round(_timed(lambda: [encode(decision) for decision in made]) * us, 2),
        "decode_us": round(_timed(lambda: [decode(body) for body in bodies]) * us, 2),
        "bare_decode_us": round(
            _timed(lambda: [msgspec.json.decode(body) for body in bodies]) * us, 2
        ),
    }


def starts(home: Path, decisions: int) -> dict[str, Any]:
    """Measure a start over everything, and one from a snapshot with the last thousand behind it."""
    day = Day()
    _write(home, day, day.morning())
    _write(home, day, _orders(day, decisions - TAIL))
    kept_s = _timed(lambda: recovery.keep(home))
    _write(home, day, _orders(day, TAIL))
    snapshot_s = _timed(lambda: _start(home))
    size = (home / recovery.SNAPSHOT).stat().st_size
    (home / recovery.SNAPSHOT).unlink()
    whole_s = _timed(lambda: _start(home))
    bare_s = _timed(lambda: _bare(home / "journal"))
    return {
        "decisions": day.seq, "bare_decode_s": round(bare_s, 2), "start_s": round(whole_s, 2),
        "start_over_bare": round(whole_s / bare_s, 2), "keep_s": round(kept_s, 2),
        "snapshot_kb": size // 1000, "snapshot_start_ms": round(snapshot_s * 1e3),
    }


def _orders(day: Day, decisions: int) -> Iterator[Decision]:
    for number in range(day.seq, day.seq + decisions // LINES_AN_ORDER):
        yield from day.order(number)


def _write(home: Path, day: Day, decisions: Iterator[Decision]) -> None:
    journal = _opened(home, None, None)
    batch = list[Decision]()
    for decision in decisions:
        batch.append(decision)
        if len(batch) == BATCH:
            journal.write(batch)
            batch = []
    journal.write(batch)
    journal.close()


def _start(home: Path) -> None:
    def over(take: Take, since: Stand | None) -> Journal:
        return _opened(home, take, since)

    journal, past = recovery.recover(home, over)
    assert past.book().ledger.accounts
    assert past.seq == journal.last_seq
    journal.close()


def _opened(home: Path, take: Take | None, since: Stand | None) -> Journal:
    return Journal.open(
        home / "journal", code="bench", settings_hash="bench", threaded=False, sync=False,
        take=take, since=since,
    )


def _bare(journal: Path) -> None:
    """Decode every line, and nothing else."""
    for path in sorted(journal.glob("*.jsonl")):
        with path.open("rb") as file:
            for line in file:
                msgspec.json.decode(line)


def _timed(call: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
