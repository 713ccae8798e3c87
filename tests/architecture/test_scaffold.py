"""Does `dev.py new` begin files that keep the house rules and are registered?"""

import ast
import runpy
import tomllib
from functools import reduce
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from tools import scaffold

from tradebot.core.model.intent import Side
from tradebot.core.model.sound import flaw
from tradebot.shell.settings.plugins import lacking

ROOT = Path(__file__).resolve().parents[2]
GATES = "src/tradebot/core/gates"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for folder in (GATES, "src/tradebot/plugins"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("pyproject.toml", f"{GATES}/__init__.py", f"{GATES}/lists.py"):
        copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(("kind", "target"), [
    ("broker", "tradebot.plugins.brokers.two_words:TwoWordsBroker"),
    ("strategy", "tradebot.plugins.strategies.two_words:TwoWords"),
    ("notifier", "tradebot.plugins.notifiers.two_words:TwoWordsNotifier"),
])
def test_a_plugin_begins_with_its_class_and_its_entry(house: Path, kind: str, target: str) -> None:
    path, *_ = scaffold.begin(house, kind, "two_words")
    classes = [n.name for n in ast.parse(path.read_text()).body if isinstance(n, ast.ClassDef)]
    assert target.partition(":")[2] in classes
    project = tomllib.loads((house / "pyproject.toml").read_text())["project"]
    assert project["entry-points"][f"tradebot.{scaffold.GROUPS[kind]}"]["two_words"] == target


def test_a_strategy_begins_with_an_order_of_its_own(house: Path) -> None:
    path, *_ = scaffold.begin(house, "strategy", "two_words")
    begun: dict[str, Any] = {"__name__": "begun"}
    exec(compile(path.read_text(), path, "exec"), begun)
    made = begun["TwoWords"](begun["TwoWordsSettings"](), strategy_id="mine", symbols=["SPY"])
    assert flaw(made._order(Side.BUY, "SPY")) is None
    assert made._order(Side.BUY, "SPY").strategy_id == "mine"


@pytest.mark.parametrize("kind", scaffold.KINDS)
def test_whoever_begins_something_hears_what_comes_next(kind: str) -> None:
    told = scaffold.NEXT[kind].format(name="two_words")
    begun = ("{id:", "{NAME:", "{adapter:", "{channels:", "{plugin:")
    assert "{" not in reduce(lambda text, part: text.replace(part, ""), begun, told)
    assert kind == "gate" or "two_words" in told


@pytest.mark.parametrize("kind", ["broker", "strategy", "notifier"])
def test_a_plugin_begins_with_all_that_its_port_asks_for(house: Path, kind: str) -> None:
    path, *_ = scaffold.begin(house, kind, "two_words")
    found = runpy.run_path(str(path))
    plugin = found["TwoWords" + scaffold.SUFFIX[kind]]
    assert lacking(scaffold.GROUPS[kind], plugin) == []


def test_a_broker_begins_with_a_bench_on_which_every_promise_still_fails(house: Path) -> None:
    _, _, bench, tested = scaffold.begin(house, "broker", "two_words")
    assert "test_two_words = conformance(TwoWordsBench)" in tested.read_text()
    (made,) = (n for n in ast.parse(bench.read_text()).body if isinstance(n, ast.ClassDef))
    left = {n.name for n in made.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert left == {"open", "close", "broker"}
    assert max(map(len, bench.read_text().splitlines())) <= 100


def test_a_gate_is_asked_from_its_first_day(house: Path) -> None:
    path, listed, lists = scaffold.begin(house, "gate", "a_band")
    assert "def a_band(" in path.read_text()
    tree = ast.parse(listed.read_text())
    (required,) = [n.value for n in tree.body if isinstance(n, ast.AnnAssign)]
    assert isinstance(required, ast.Tuple)
    assert ast.unparse(required.elts[0]) == "kill_switch"
    assert ast.unparse(required.elts[-1]) == "a_band"
    known = runpy.run_path(str(lists))
    *before, newest = known["GATE_LISTS"].values()
    place = newest.index("a_band")  # after all that every intent is asked
    assert newest[place + 1:] == known["_DESK"]
    assert newest == (*before[-1][:place], "a_band", *before[-1][place:])
    assert max(map(len, lists.read_text().splitlines())) <= 100


@pytest.mark.parametrize("name", ["Two", "two-words", "", "2nd", "../up", "kill_switch"])
def test_a_name_that_is_no_name_or_taken_is_refused(house: Path, name: str) -> None:
    copy(ROOT / GATES / "kill_switch.py", house / GATES / "kill_switch.py")
    with pytest.raises(SystemExit):
        list(scaffold.begin(house, "gate", name))
