"""Does a whole session through a real adapter lose or double anything, though so much fails?

The daemon as it is trades by an adapter with a fake of its broker on loopback: strategies, people,
the desk's combos, changes and cancels, a night's reset and a kill, while a part of all requests
fails. At the end the book, and an auditor's own sums over the raw journal, must equal the exchange.

    python tools/broker_session.py alpaca|ibkr [--minutes 390] [--speed 20] [--faults .05]
                                   [--seed 1] [--json FILE] [--keep DIR]
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import yaml  # noqa: E402
from tests.fakes.venue import Venue  # noqa: E402
from tests.fakes.venue_facts import What  # noqa: E402

import verify_books  # noqa: E402
from session_bench import BENCHES, Bench, cut, spoil  # noqa: E402
from session_people import SHARES, People  # noqa: E402
from tradebot.app import Assembly, assembled  # noqa: E402
from tradebot.core.model.events import (  # noqa: E402
    InstrumentHalted,
    OrderInDoubt,
    OrderSubmitted,
    TradeBooked,
)
from tradebot.core.model.facts import Quote  # noqa: E402
from tradebot.plugins.market_data.simulated import (  # noqa: E402
    SimulatedMarket,
    SimulatedSettings,
)
from tradebot.ports import Calendar, Clock, MarketEvent, MarketSite  # noqa: E402
from tradebot.shell.calendar import build_calendars  # noqa: E402
from tradebot.shell.clock import LoopClock  # noqa: E402
from tradebot.shell.journal.decision import Decision  # noqa: E402
from tradebot.shell.run_options import RunOptions  # noqa: E402
from tradebot.shell.settings.config import Config, load  # noqa: E402
from tradebot.shell.sim_loop import SimLoop  # noqa: E402

OPENS: Final = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # the session of a Monday
EARLY: Final = timedelta(seconds=10)
ACT_EVERY_S: Final = 5.0
NIGHT_AT, KILL_AT, OVER_AT = 0.35, 0.65, 0.9  # parts of the session
CUT_EVERY: Final = 20  # things that people do
SETTLED_WITHIN_S: Final = 1_200.0
TOLD_MAX: Final = 20
EVENTS: Final = (OrderSubmitted, TradeBooked, OrderInDoubt, InstrumentHalted)


@dataclass(frozen=True, kw_only=True)
class SessionOptions(RunOptions):
    """A daemon on the session's own clock, which the fake and its exchange follow, too."""

    session_clock: Clock | None = None
    ends: datetime | None = None
    runs: float = 1.0

    @property
    def pace(self) -> float:
        return self.runs

    def clock(self, primary: Calendar, last_at: datetime | None) -> tuple[Clock, datetime | None]:
        assert self.session_clock is not None
        return self.session_clock, self.ends


class Session:
    """One day of one daemon, and what there is to tell of it."""

    def __init__(self, asked: argparse.Namespace, home: Path) -> None:
        self._asked = asked
        self._home = home
        self._begins = OPENS - EARLY
        self._length = timedelta(minutes=asked.minutes)
        self._loop = asyncio.get_running_loop()
        assert isinstance(self._loop, SimLoop)
        self.clock = LoopClock(self._begins, self._loop)
        self.venue = Venue(cash=1_000_000, now=self.clock.now)
        self.happened: Counter[What] = Counter()
        self.venue.listen(lambda happening: self.happened.update([happening.what]))
        self.seen: Counter[str] = Counter()
        self.halts: list[str] = []
        self.market = SimulatedMarket(
            SimulatedSettings(symbols=SHARES, seed=asked.seed), MarketSite(
                clock=self.clock, calendars=build_calendars(self._config({}).schedule),
                until=None, state_dir=home, tell=lambda _: None,
            ))
        self._quoted = set(SHARES)
        self.market.subscribe(SHARES, self._mirror)

    async def live(self, bench: Bench) -> dict[str, Any]:
        """Trade the day, wait until it has settled, and judge."""
        log = (self._home / "log").open("w", encoding="utf-8")
        options = SessionOptions(
            log_format="text", session_clock=self.clock, runs=float(self._asked.speed),
            ends=OPENS + 2 * self._length + timedelta(seconds=2 * SETTLED_WITHIN_S),
        )
        playing = asyncio.create_task(self.market.run(), name="prices at the exchange")
        with log, assembled(self._config(bench.route), options, log) as built:
            built.engine.listeners.insert(0, self._on_decision)
            running = asyncio.create_task(built.daemon.run(), name="tradebot")
            started = asyncio.create_task(built.daemon.started.wait())
            await asyncio.wait({running, started}, return_when=asyncio.FIRST_COMPLETED)
            assert started.done(), built.daemon.failure
            people = People(self._home / "out" / "tradebot.sock", self._asked.seed, self._price)
            spoil(bench.faults, self._asked.seed, self._asked.faults)
            self._begins = self.clock.now()
            self._loop.pace(self._asked.speed)  # until here machines take the time they take
            await self._trade(people, bench)
            spoil(bench.faults, self._asked.seed, 0.0)
            await people.post("pause", {"reason": "the session is over"})
            settled_s = await self._settled(people, built)
            found = self._found(built, people, bench) | {"settled_s": settled_s}
            built.daemon.stop()
            await asyncio.wait({running})
            playing.cancel()
            return found | self._audited(found["in_doubt_and_never_there"])

    async def _trade(self, people: People, bench: Bench) -> None:
        """Do one thing after another; in between the broker has its night, and people a fright."""
        night, number, killed = None, 0, False
        while (part := self._passed()) < OVER_AT:
            await asyncio.sleep(ACT_EVERY_S)
            if part >= NIGHT_AT and night is None:
                night = asyncio.ensure_future(bench.night())
                self.seen["nights"] += 1
            if part >= KILL_AT and not killed:
                killed = True
                await people.pull_the_plug()
                await asyncio.sleep(6 * ACT_EVERY_S)
                self.seen["working behind the kill"] = len(self.venue.working())
                await people.plug_in()
            number += 1
            await people.act(number)
            if number % CUT_EVERY == 0 and self._asked.faults:
                cut(bench.faults, number // CUT_EVERY)
        if night is not None:
            await night

    def _passed(self) -> float:
        return (self.clock.now() - self._begins) / self._length

    async def _settled(self, people: People, built: Assembly) -> float | None:
        """Cancel what works until nothing does, and let book and broker be compared."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while loop.time() - began < SETTLED_WITHIN_S:
            await people.post("cancel-all", {})
            await asyncio.sleep(4 * ACT_EVERY_S)
            if not self._open(built) and not self.venue.working():
                await people.post("reconcile", {})
                if self._differences(built) == []:
                    return round(loop.time() - began, 1)
        return None

    def _found(self, built: Assembly, people: People, bench: Bench) -> dict[str, Any]:
        """Compare what the book holds with what is true at the exchange."""
        return {
            "adapter": self._asked.adapter, "seed": self._asked.seed,
            "minutes": self._asked.minutes, "faults_part": self._asked.faults,
            "people": dict(people.did), "answers": dict(people.answers),
            "orders": len([o for o in self.venue.orders.values() if o.replaces is None]),
            "combos": len([o for o in self.venue.orders.values() if o.is_combo]),
            "exchange": {what.value: count for what, count in self.happened.items()},
            "nights": self.seen.pop("nights", 0), "events": dict(self.seen),
            "faults": {kind.value: count for kind, count in bench.faults.fired.items()},
            "differ": self._differences(built), "halts": self.halts[:TOLD_MAX],
            "open": self._open(built), "open_at_the_exchange": len(self.venue.working()),
            "in_doubt_and_never_there": self._never_there(built),
        }

    def _open(self, built: Assembly) -> list[str]:
        """Name what is open in the book, but what waits for a person's word for ever."""
        never_there = self._never_there(built)
        return [name for name in built.engine.book.orders.working if name not in never_there]

    def _never_there(self, built: Assembly) -> list[str]:
        """Name orders in doubt that got lost on their way: no broker can prove that to us."""
        working = built.engine.book.orders.working
        return [n for n, state in working.items() if state.in_doubt and not self.venue.called(n)]

    def _differences(self, built: Assembly) -> list[str]:
        ledger, (cash, held) = built.engine.book.ledger, self.venue.truth()
        (account,) = {r.account for r in built.engine.book.routes.values()}
        ours = {symbol: ledger.net_qty(account, symbol) for symbol in {*held, *self._quoted}}
        told = [
            f"{symbol}: book {ours[symbol]}, exchange {held.get(symbol, Decimal(0))}"
            for symbol in sorted(ours) if ours[symbol] != held.get(symbol, Decimal(0))
        ]
        if (ours_is := ledger.accounts[account].cash) != cash:
            told.append(f"cash: book {ours_is}, exchange {cash}")
        return told

    def _audited(self, never_there: Sequence[str]) -> dict[str, Any]:
        """Hold the raw journal against the exchange: every order there once, and none unknown."""
        books = verify_books.read(self._home / "out")
        roots = [order for order in self.venue.orders.values() if order.replaces is None]
        at_exchange = Counter(order.client_id for order in roots if not order.is_external)
        came = {n for n, order in books.orders.items() if not order.has_never_left}
        came -= {*never_there, *self._refused(books)}
        return {
            "wrong": books.wrong[:TOLD_MAX],
            "lost": sorted(came - at_exchange.keys())[:TOLD_MAX],
            "doubled": sorted(n for n, count in at_exchange.items() if count > 1)[:TOLD_MAX],
            "unknown": sorted(at_exchange.keys() - books.orders.keys())[:TOLD_MAX],
            "booked": len(books.booked),
        }

    def _refused(self, books: verify_books.Books) -> set[str]:
        """Return what the broker turned away at its door: such an order is at no exchange."""
        return {name for name, order in books.orders.items() if order.has_ended and not order.fills}

    def _price(self, symbol: str) -> Quote | None:
        return self.market.last(symbol)

    def _mirror(self, event: MarketEvent) -> None:
        if isinstance(event, Quote):
            self.venue.quote(event.symbol, event.bid, event.ask)

    def _on_decision(self, decision: Decision) -> None:
        """Count what happened; what is traded for the first time is quoted at the exchange, too."""
        for event in decision.events:
            if isinstance(event, EVENTS):
                self.seen[type(event).__name__] += 1
            if isinstance(event, InstrumentHalted):
                told = f"{event.symbol}: {event.reason}: {event.detail}"
                self.halts.append(f"{decision.at:%T} {told}")
            if isinstance(event, OrderSubmitted):
                for leg in event.intent.legs:
                    if leg.symbol not in self._quoted:
                        self._begin_to_quote(leg.symbol)

    def _begin_to_quote(self, symbol: str) -> None:
        self._quoted.add(symbol)
        self.market.subscribe([symbol], self._mirror)
        if (quote := self.market.last(symbol)) is not None:
            self._mirror(quote)

    def _config(self, route: Mapping[str, Any]) -> Config:
        path = self._home / "c.yaml"
        path.touch(0o600)
        path.write_text(yaml.safe_dump({
            "schema_version": 1, "mode": "paper", "data_dir": str(self._home / "out"),
            "seed": self._asked.seed,
            "market_data": {"provider": "simulated", "symbols": list(SHARES)},
            "brokers": {"main": dict(route) or {"adapter": "paper"}},
            "strategies": [
                {"id": "cross", "plugin": "sma_cross", "symbols": ["SPY", "IBM"],
                 "parameters": {"fast": 2, "slow": 3, "order_qty": 3}},
                {"id": "quoter", "plugin": "mid_quoter", "symbols": ["QQQ"],
                 "parameters": {"order_qty": 2, "position_max": 40, "requote_every_s": 20}},
            ],
            "supervision": {"initial_backoff_s": 2, "cooldown_s": 10},
            "policy": POLICY, "orders": {"timeout_s": 120},
            "promotion": {"strategy": "disabled"}, "api": {"enabled": False},
        }), encoding="utf-8")
        return load(path, environ={})


POLICY: Final = {  # limits that a day of this kind would meet; no gate is taken out
    "orders_per_day_max": 100_000, "rejections_max": 100_000, "consecutive_losses_max": 100_000,
    "day_risk_max_frac": 1, "daily_loss_max_frac": 1, "drawdown_halt_frac": 1,
    "drawdown_entry_max_frac": 1, "drawdown_warn_frac": 1, "heat_max_frac": 1,
    "order_risk_max_frac": 1, "messages_per_minute_max": 100_000, "messages_per_second_max": 1_000,
    "correlation_unknown_frac": 0, "order_notional_max_usd": 1_000_000,
}


async def played(asked: argparse.Namespace, home: Path) -> dict[str, Any]:
    session = Session(asked, home)
    async with BENCHES[asked.adapter](session.venue) as bench:
        return await session.live(bench)


def is_sound(told: Mapping[str, Any]) -> bool:
    wrong = (
        "differ", "open", "open_at_the_exchange", "wrong", "lost", "doubled", "unknown", "halts",
    )
    return told["settled_s"] is not None and not any(told[name] for name in wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("adapter", choices=[*BENCHES])
    parser.add_argument("--minutes", type=float, default=390.0, help="how long the session is")
    parser.add_argument("--speed", type=Decimal, default=Decimal(20), help="times as fast as ours")
    parser.add_argument("--faults", type=float, default=.05, help="part of all requests that fail")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--keep", type=Path, help="leave journal and log there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, asyncio.Runner(
        loop_factory=partial(SimLoop, Decimal(1))
    ) as runner:
        home = asked.keep or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        told = runner.run(played(asked, home))
    text = json.dumps(told, indent=1)
    print(text)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    return 0 if is_sound(told) else 1


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
