"""Is whatever a script does contained? Each file in hostile/ says first what people then read.

Beside it another strategy trades on every quote.
"""

import time
from decimal import Decimal
from pathlib import Path

import pytest
from tests.shell.strategies.test_strategies import QUOTE, EmptyMarket, FixedClock, Says, buy

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Command, StrategyState, SubmitIntent
from tradebot.plugins.strategies.lua.strategy import LuaSettings, LuaStrategy
from tradebot.shell.strategies.desk import StrategyDesk
from tradebot.shell.strategies.host import FAILURES_MAX, StrategyHost

pytest.importorskip("lupa.lua54")

HOSTILE = Path(__file__).parent / "hostile"
SCRIPTS = sorted(HOSTILE.glob("*.lua"))
BYTECODE = "attempt to load a binary chunk"  # a file that is none of text has no comment


class Floor:
    """A script and a well-behaved strategy at one host."""

    def __init__(self, script: Path, **settings: float) -> None:
        self.book, self.told, self.posted = Book(), list[str](), list[Command]()
        self.host = StrategyHost(
            book=self.book, post=self.post, tell=lambda name, text: self.told.append(text)
        )
        own = LuaSettings(**{"file": script, "time_ms": 300, "memory_mb": 8, **settings})
        self.script = LuaStrategy(own, strategy_id="bad", symbols=["SPY"])
        for name, strategy in (("bad", self.script), ("good", Says([buy("good")]))):
            self.host.add(name, strategy, StrategyDesk(
                name, book=self.book, market=EmptyMarket(), clock=FixedClock(),
                tell=self.told.append,
            ))
        self.host.start()

    def post(self, command: Command) -> None:
        self.posted.append(command)
        if isinstance(command, StrategyState):
            self.book.disabled[command.strategy_id] = command.reason

    def quotes(self, count: int) -> None:
        for _ in range(count):
            self.host.on_market(QUOTE)

    def orders(self, name: str) -> list[Decimal]:
        return [
            command.intent.order_qty for command in self.posted
            if isinstance(command, SubmitIntent) and command.intent.strategy_id == name
        ]


def expected(script: Path) -> str:
    first = script.read_bytes().splitlines()[0].decode()
    return first.removeprefix("-- told: ") if first.startswith("-- told: ") else BYTECODE


@pytest.mark.fault(96, 97)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_hostile_script_is_contained(script: Path) -> None:
    floor = Floor(script)
    floor.quotes(2)
    assert any(expected(script) in text for text in floor.told), floor.told
    assert all(len(text) < 1000 for text in floor.told)
    assert floor.orders("bad") == []
    assert floor.orders("good") == [Decimal(1)] * 2


@pytest.mark.fault(96)
def test_a_script_that_goes_on_failing_is_disabled_and_says_why() -> None:
    floor = Floor(HOSTILE / "loop.lua")
    floor.quotes(FAILURES_MAX + 3)
    (switched,) = [posted for posted in floor.posted if isinstance(posted, StrategyState)]
    assert switched.enabled is False
    assert "loop.lua: it gave no answer in time" in switched.reason
    assert len(floor.orders("good")) == FAILURES_MAX + 3


def test_a_script_that_loops_costs_its_time_and_not_more() -> None:
    floor = Floor(HOSTILE / "loop.lua")
    began = time.perf_counter()
    floor.host.on_market(QUOTE)
    assert 0.3 <= time.perf_counter() - began < 3


def test_a_script_that_ended_its_process_begins_anew_with_the_next_call(tmp_path: Path) -> None:
    script = tmp_path / "twice.lua"
    script.write_text("""
        function on_start(call) started = true end
        function on_quote(call)
          if count then while true do end end
          count = 1
          return { orders = { { side = "buy", qty = started and "7" or "1" } } }
        end""")
    floor = Floor(script)
    floor.quotes(3)
    assert floor.orders("bad") == [Decimal(7), Decimal(7)]
