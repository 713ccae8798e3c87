"""What does a new plugin or gate begin with? A file that says what to fill in, registered."""

import re
import runpy
import textwrap
from collections.abc import Iterator
from pathlib import Path

GROUPS = {"broker": "brokers", "strategy": "strategies", "notifier": "notifiers"}
KINDS = (*GROUPS, "gate")

GATE = '''"""Is the {words} within its limit?"""

from tradebot.core.gates.answers import Said
from tradebot.core.gates.look import Look


def {name}(look: Look) -> Said:
    """Is the {words} within its limit?"""
    raise NotImplementedError("{name}")
'''

BROKER = '''"""How does {words} take an order? Translates; never decides."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from tradebot.core.model.capabilities import Capabilities, Takes
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import OrdType, TimeInForce
from tradebot.core.model.report import Report, Statement
from tradebot.ports import BrokerOrder, Calendar, Clock, MarketData


@fact
class {type}Settings:
    """What its section may say beside `adapter`.

    account: which account to trade
    """

    account: str


class {type}Broker:
    """One account at {words}."""

    settings_type = {type}Settings
    capabilities = Capabilities(
        takes=(
            Takes(
                asset_class=AssetClass.EQUITY, ord_type=OrdType.LIMIT,
                times_in_force=(TimeInForce.DAY,),
            ),
        ),
        real_money=None,  # until `connect` knows whose money the account holds, nothing trades
    )

    def __init__(
        self, settings: {type}Settings, *, route: str, clock: Clock, market: MarketData,
        state_dir: Path, calendars: Mapping[str, Calendar],
    ) -> None:
        self._settings = settings
        self._route = route
        self._clock = clock

    async def connect(self) -> None:
        raise NotImplementedError("log in, and say in `capabilities` if the money is real")

    async def disconnect(self) -> None:
        raise NotImplementedError("disconnect")

    async def submit(self, order: OrderSubmitted) -> None:
        raise NotImplementedError("return when handed over; raise one of the three wire errors")

    async def cancel(self, cl_ord_id: ClOrdID, request_id: ClOrdID) -> None:
        raise NotImplementedError("cancel")

    async def replace(
        self, cl_ord_id: ClOrdID, request_id: ClOrdID, order_qty: Decimal, price: Decimal | None
    ) -> None:
        raise NotImplementedError("replace")

    async def find(self, cl_ord_id: ClOrdID) -> BrokerOrder | None:
        raise NotImplementedError("None only where the broker states that it never saw the id")

    async def fills_since(self, since: datetime) -> Sequence[Report]:
        raise NotImplementedError("fills_since")

    async def statement(self) -> Statement:
        raise NotImplementedError("statement")

    def reports(self) -> AsyncIterator[Report]:
        raise NotImplementedError("everything the broker says, in its order, none dropped")
'''

BENCH = '''"""The bench of {words}: a server of yours, on the exchange that all cases know."""

from pathlib import Path
from typing import ClassVar

from tests.conformance.venue_bench import VenueBench
from tests.plugins.fake_market import FakeMarket
from tests.plugins.paper.bench import CALENDARS

from tradebot.plugins.brokers.{name} import {type}Broker, {type}Settings
from tradebot.ports import Broker


class {type}Bench(VenueBench):
    """Still to say: `cut`, `sent`, `stranger` and `outsider`, or in `cannot` why there is none."""

    name = "{name}"
    rejects: ClassVar = {{}}  # the broker's codes of refusal, and what each means
    cannot: ClassVar = {{}}  # the word of a case's decorator: why it is not supported

    async def open(self) -> None:
        raise NotImplementedError("start a server that speaks the broker's words to self.venue")

    async def close(self) -> None:
        raise NotImplementedError("stop it")

    def broker(self) -> Broker:
        return {type}Broker(
            {type}Settings(account=self.account), route=self.name, clock=self.clock,
            market=FakeMarket(self.clock, self.instruments), state_dir=Path(),
            calendars=CALENDARS,
        )
'''

BENCH_TEST = '''"""Does {words} keep every promise of a broker?"""

from tests.conformance.harness import conformance
from tests.conformance.{name} import {type}Bench

test_{name} = conformance({type}Bench)
'''

STRATEGY = '''"""When does {words} trade? Returns actions; never sends, sleeps or reads a clock."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.ports import Action, Desk


@fact
class {type}Settings:
    """What `parameters` of its section may say.

    order_qty: units to buy or sell at once
    """

    order_qty: Decimal = Decimal(10)


class {type}:
    settings_type = {type}Settings

    def __init__(
        self, settings: {type}Settings, *, strategy_id: str, symbols: Sequence[str]
    ) -> None:
        self.symbols = symbols
        self._settings = settings
        self._strategy_id = StrategyId(strategy_id)

    def on_start(self, desk: Desk) -> Iterable[Action]:
        return ()

    def on_quote(self, quote: Quote, desk: Desk) -> Iterable[Action]:
        return ()

    def on_bar(self, bar: Bar, desk: Desk) -> Iterable[Action]:
        # For example: return (self._order(Side.BUY, bar.symbol),)
        return ()

    def on_fill(self, symbol: str, qty: Decimal, px: Decimal, desk: Desk) -> Iterable[Action]:
        return ()

    def _order(self, side: Side, symbol: str) -> Intent:
        return Intent(
            legs=(Leg(symbol=symbol, side=side),), order_qty=self._settings.order_qty,
            strategy_id=self._strategy_id,
        )
'''

NOTIFIER = '''"""How does {words} hear of an alert? Delivers; never decides what is told."""

from tradebot.core.model.alert import Alert
from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.ports import NotDelivered


@fact
class {type}Settings:
    """What its channel may say beside `plugin`.

    token: who has it can write there
    """

    token: Secret


class {type}Notifier:
    """One receiver at {words}."""

    settings_type = {type}Settings

    def __init__(self, settings: {type}Settings) -> None:
        self._settings = settings

    async def notify(self, alert: Alert) -> None:
        raise NotDelivered("{name} tells nothing yet", is_final=True)

    async def close(self) -> None:
        """Have nothing to let go of."""
'''

NEXT = {
    "gate": "say what it asks; `python tools/dev.py docs` lists it, the gates' tests find it",
    "broker": "fill in what raises, its bench too; `make install` registers it;"
    " then a route names it: brokers: {{NAME: {{adapter: {name}}}}}",
    "strategy": "say when it trades; `make install` registers it; then a"
    " configuration names it: strategies: [{{id: {name}, plugin: {name}, symbols: [SPY]}}]",
    "notifier": "fill in what raises; `make install` registers it; then a channel names it:"
    " notifications: {{channels: {{NAME: {{plugin: {name}}}}}}}",
}
BODIES = {"gate": GATE, "broker": BROKER, "strategy": STRATEGY, "notifier": NOTIFIER}
SUFFIX = {"broker": "Broker", "strategy": "", "notifier": "Notifier"}


def begin(root: Path, kind: str, name: str) -> Iterator[Path]:
    """Write the file and register it; yield every path that changed."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise SystemExit(f"{name!r}: expected snake_case, e.g. {kind} price_band")
    package = root / "src" / "tradebot"
    folder = package / "core" / "gates" if kind == "gate" else package / "plugins" / GROUPS[kind]
    path = folder / f"{name}.py"
    if path.exists():
        raise SystemExit(f"{path.relative_to(root)} exists already")
    type_name = "".join(word.capitalize() for word in name.split("_"))
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    path.write_text(BODIES[kind].format(name=name, words=name.replace("_", " "), type=type_name))
    yield path
    if kind == "gate":
        yield _require(folder / "__init__.py", name)
        yield _list(folder / "lists.py", name)
    else:
        target = f"tradebot.plugins.{GROUPS[kind]}.{name}:{type_name}{SUFFIX[kind]}"
        yield _enter(root / "pyproject.toml", GROUPS[kind], f'{name} = "{target}"')
    if kind == "broker":
        words = {"name": name, "words": name.replace("_", " "), "type": type_name}
        for file, text in ((f"{name}.py", BENCH), (f"test_{name}.py", BENCH_TEST)):
            bench = root / "tests" / "conformance" / file
            bench.parent.mkdir(parents=True, exist_ok=True)
            bench.write_text(text.format(**words))
            yield bench


def _require(path: Path, gate: str) -> Path:
    """Ask the gate last; its place in the list is for the author to choose."""
    text = path.read_text()
    wanted = f"from tradebot.core.gates.{gate} import {gate}"
    imports = [line for line in text.splitlines() if line.startswith("from tradebot.")]
    after = max((line for line in imports if line < wanted), default=None)
    text = (
        text.replace(f"{after}\n", f"{after}\n{wanted}\n", 1) if after
        else text.replace(imports[0], f"{wanted}\n{imports[0]}", 1)
    )
    head, end, rest = text.rpartition("\n)")
    path.write_text(f"{head}\n    {gate},{end}{rest}")
    return path


def _list(path: Path, gate: str) -> Path:
    """Write a new list after the newest: the journal holds readings by their place in one."""
    known = runpy.run_path(str(path))
    lists: dict[int, tuple[str, ...]] = known["GATE_LISTS"]
    number = max(lists)
    before = lists[number][:-len(known["_DESK"])]  # of options alone are the last
    names = ", ".join([*(f'"{name}"' for name in (*before, gate)), "*_DESK"])
    wrapped = textwrap.fill(f"{names},", 92, break_on_hyphens=False)
    entry = f"    {number + 1}: (\n{textwrap.indent(wrapped, ' ' * 8)}\n    ),\n"
    head, end, rest = path.read_text().partition("}\nGATE_LIST: ")
    path.write_text(f"{head}{entry}{end}{rest}")
    return path


def _enter(path: Path, group: str, line: str) -> Path:
    """Add the entry point; `pip install` must run once more before it is found."""
    text = path.read_text()
    header = f'[project.entry-points."tradebot.{group}"]'
    if header in text:
        text = text.replace(header, f"{header}\n{line}", 1)
    else:
        text = text.replace("[tool.hatch", f"{header}\n{line}\n\n[tool.hatch", 1)
    path.write_text(text)
    return path
