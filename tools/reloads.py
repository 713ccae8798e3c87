"""Does anything get lost while the configuration changes all the time? A storm, and its audit.

    python tools/reloads.py --reloads 1000 --seed 8 [--keep DIR]

A rehearsed daemon trades, by a strategy and by orders of its owner, while files good and broken,
tighter and looser are read between one decision and the next. Afterwards the journal's raw lines
are read without any of tradebot's code: every order obeys the limits in force where it was decided
on, no limit widens unless somebody approved it, every order comes to an end, no version is left
out. The auditor of the books and the replay have their say as well. Exit 0: all held; 8: not.
"""

import argparse
import asyncio
import io
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from tradebot.app import Assembly, assembled
from tradebot.core.model.commands import (
    ApproveSettings,
    Control,
    RejectSettings,
    RequestCancelAll,
    SetControl,
    SubmitIntent,
)
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.shell.run_options import RunOptions
from tradebot.shell.settings.config import ConfigError, load
from tradebot.shell.sim_loop import SimLoop

STARTS: Final = datetime(2026, 11, 24, 14, 31, tzinfo=UTC)
CALM_S: Final = 60
HERE: Final = Path(__file__).parent
FILE: Final = """\
# written {number}
mode: paper
data_dir: {home}
market_data: {{provider: simulated, symbols: [SPY, QQQ]}}
strategies:
  - {{id: quoter, plugin: mid_quoter, symbols: [SPY, QQQ], parameters: {{order_qty: 3}}}}
promotion: {{loosen: approved}}
reload: {{versions_max: 20}}
orders: {{intent_ttl_s: 60}}
policy:
  order_qty_max: {qty}
  order_notional_max_usd: {notional}
  orders_per_day_max: 100000
  correlation_unknown_frac: 0
  day_risk_max_frac: 1
  position_max_frac: 1
  symbol_exposure_max_frac: 1
  sector_exposure_max_frac: 1
"""
BROKEN: Final = (
    "", "mode: paper\npolicy: {order_qty", "mode: paper\npolcy: {}\n", "mode: 7\n", "\0",
    "a: &a [x]\nb: [*a, *a]\n", "mode: !!python/name:os.system\n", "policy: nowhere.yaml\n",
    "mode: paper\npolicy: {order_qty_max: many}\n", "# " + "x" * 1_100_000,
)


class Storm:
    """Writes files, has them read, asks for orders and answers proposals; from one seed."""

    def __init__(self, path: Path, seed: int) -> None:
        self.count: Counter[str] = Counter()
        self._path = path
        self._rng = Random(seed)
        self._asked: list[asyncio.Task[Any]] = []

    def write(self) -> None:
        """Write a good file: its limits are anybody's guess."""
        self.count["files"] += 1
        self._path.write_text(FILE.format(
            number=self.count["files"], home=self._path.parent / "data",
            qty=self._rng.choice([5, 9, 15, 30, 60]), notional=self._rng.choice([9_000, 50_000]),
        ))

    async def blow(self, built: Assembly, reloads: int) -> None:
        for _ in range(reloads):
            await asyncio.sleep(self._rng.uniform(0, 2))
            for _ in range(self._rng.randrange(3)):
                self._order(built)
            await self._reload(built)
            await self._answer(built)
        await asyncio.wait(self._asked)
        await built.engine.submit(SetControl(
            control=Control.PAUSE, engaged=True, reason="the storm is over", by="storm"
        ))
        await built.engine.submit(RequestCancelAll(by="storm"))
        await asyncio.sleep(CALM_S)

    def _order(self, built: Assembly) -> None:
        rng, number = self._rng, len(self._asked)
        body = Intent(
            legs=(Leg(symbol=rng.choice(["SPY", "QQQ"]), side=rng.choice(list(Side))),),
            order_qty=Decimal(rng.choice([1, 7, 12, 40])), ord_type=OrdType.MARKET,
            key=f"storm {number}",
        )
        asked = built.engine.submit(SubmitIntent(intent=body))
        self._asked.append(asyncio.create_task(asked, name=f"order {number}"))

    async def _reload(self, built: Assembly) -> None:
        dice = self._rng.random()
        if dice < 0.6:
            self.write()
        elif dice < 0.65:
            self._path.unlink(missing_ok=True)
        elif dice < 0.95:
            self._path.write_text(self._rng.choice(BROKEN))
        try:
            found = await built.reloader.reload("storm", "api")
        except ConfigError:
            self.count["refused"] += 1
        else:
            self.count["accepted"] += found["accepted"]

    async def _answer(self, built: Assembly) -> None:
        waits, dice = built.engine.book.config.proposal, self._rng.random()
        if waits is None or dice < 0.2:
            return
        is_yes = dice < 0.8
        self.count["approved" if is_yes else "rejected"] += 1
        yes = ApproveSettings(target=waits.digest, by="owner")
        no = RejectSettings(target=waits.digest, by="owner", reason="no")
        await built.engine.submit(yes if is_yes else no)

    @property
    def asked(self) -> int:
        return len(self._asked)


class Audit:
    """What the raw lines say, and what is wrong with it."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.count: Counter[str] = Counter()
        self._limits: Mapping[str, Decimal] = {}
        self._approved: set[str] = set()
        self._open: set[str] = set()

    def take(self, line: Any) -> None:
        _, command = line["command"]
        said = {"at": line["at"], **command}
        for name, told in line["events"]:
            event = said | told
            said |= told
            self.count[name] += 1
            match name:
                case "ConfigAccepted":
                    self._must(event["number"] == self.count[name], f"a gap before {event}")
                case "SettingsApproved":
                    self._approved.add(event["digest"])
                case "SettingsActivated":
                    self._activated(event)
                case "OrderSubmitted":
                    self._submitted(event)
                case "IntentRefused":
                    self._refused(event)
                case "ReconRequested":
                    self._open.discard(event["cl_ord_id"])

    def judge(self, asked: int, accepted: int) -> None:
        """Compare with what whoever made the storm knows."""
        self._must(not self._open, f"orders without an end: {sorted(self._open)[:5]}")
        self._must(self.count["ConfigAccepted"] == accepted + 1, f"{accepted} were accepted")
        self._must(self.count["IntentReceived"] >= asked, f"{asked} orders were asked for")
        for name in ("OrderSubmitted", "SettingsProposed", "SettingsApproved", "IntentRefused"):
            self._must(self.count[name] > 0, f"no {name}: nothing was tried")

    def _activated(self, event: Any) -> None:
        policy = event["settings"]["policy"]
        limits = {name: Decimal(policy[name]) for name in (
            "order_qty_max", "order_notional_max_usd"
        )}
        is_wider = any(limits[name] > self._limits.get(name, limits[name]) for name in limits)
        is_let = event.get("proposal", "") in self._approved
        self._must(is_let or not is_wider, f"limits widened to {limits}, and nobody approved it")
        self._limits = limits

    def _submitted(self, event: Any) -> None:
        qty, limit = Decimal(event["intent"]["order_qty"]), self._limits["order_qty_max"]
        self._must(qty <= limit, f"{event['cl_ord_id']} of {qty} went out under {limit}")
        worth, limit = Decimal(event["reserved"]), self._limits["order_notional_max_usd"]
        self._must(worth <= limit, f"{event['cl_ord_id']} of {worth} USD went out under {limit}")
        self._open.add(event["cl_ord_id"])

    def _refused(self, event: Any) -> None:
        """What was too large was so for the limit in force, and not for another one."""
        for gate in event.get("gates", ()):
            if gate["gate"] == "order_quantity":
                told, limit = Decimal(gate["limit"]), self._limits["order_qty_max"]
                self._must(told == limit, f"{event['intent_id']} was held against {told}")

    def _must(self, is_so: bool, told: str) -> None:
        if not is_so:
            self.wrong.append(told)


def lines_of(home: Path) -> Iterable[Any]:
    """Yield the body of every line."""
    for path in sorted((home / "journal").glob("*.jsonl")):
        for line in path.read_bytes().rstrip(b"\0").splitlines():
            body = json.loads(line)["d"]
            if "command" in body:
                yield body


def played(where: Path, reloads: int, seed: int) -> tuple[Storm, Path]:
    """Play the storm; return it, and the data directory that is left."""
    path = where / "config.yaml"
    storm = Storm(path, seed)
    storm.write()

    async def play() -> None:
        options = RunOptions(rehearse=True, speed=None, start=STARTS, log_format="json")
        with assembled(load(path, environ={}), options, io.StringIO()) as built:
            running = asyncio.create_task(built.daemon.run(), name="daemon")
            await built.daemon.started.wait()
            await storm.blow(built, reloads)
            built.daemon.stop()
            await running

    with asyncio.Runner(loop_factory=partial(SimLoop, None)) as runner:
        runner.run(play())
    return storm, where / "data" / "rehearsal"


def audited(storm: Storm, home: Path) -> Audit:
    audit = Audit()
    for line in lines_of(home):
        audit.take(line)
    audit.judge(storm.asked, storm.count["accepted"])
    for told, words in {
        "the books": ("-I", str(HERE / "verify_books.py"), str(home)),
        "the replay": ("-m", "tradebot.cli.main", "replay", "--data-dir", str(home)),
    }.items():
        done = subprocess.run((sys.executable, *words), capture_output=True, text=True, check=False)
        if done.returncode:
            audit.wrong.append(f"{told}: exit {done.returncode}: {done.stdout}{done.stderr}"[:500])
    return audit


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reloads", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--keep", type=Path, help="a folder that keeps what is left")
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        storm, home = played(args.keep or Path(made), args.reloads, args.seed)
        audit = audited(storm, home)
    for name, number in (*sorted(storm.count.items()), ("orders asked for", storm.asked)):
        print(f"{name:22}{number}")
    for name in ("OrderSubmitted", "TradeBooked", "IntentRefused", "SettingsActivated"):
        print(f"{name:22}{audit.count[name]}")
    with suppress(IndexError):
        print(f"NOT WELL: {audit.wrong[0]} ({len(audit.wrong)} in all)")
        return 8
    print("no order was lost, and each was decided on under the limits in force")
    return 0


if __name__ == "__main__":
    sys.exit(main())
