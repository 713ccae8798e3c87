"""Do the examples run in a fresh place, and does their page show what they do?"""

import re
import shutil
import subprocess
import sys
from inspect import getmembers
from pathlib import Path
from textwrap import dedent

import pytest

from tradebot import embed

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {path.stem: path for path in sorted((ROOT / "docs" / "examples").glob("*.py"))}
PAGE = (ROOT / "docs" / "embedding.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
LINES = 60

# What each must say, as patterns in this order.
SAYS = {
    "kill_switch": (
        r"working: \['\w+'\]", "asked to cancel: True", "a new order: RISK_KILL_SWITCH",
        "after a restart: HALTED", "what was bought is kept: 5",
    ),
    "manual_order": (
        "buy 5 SPY market day: pass at stage recon, filled, 5 of 5 filled",
        "buy 5 SPY limit 1 gtc: pass at stage dispatch", "RISK_ORDER_QUANTITY: .*100000 against",
        "qty: expected a Decimal",
    ),
    "monitoring": ("PRE_MARKET", "ALARM refused .*RISK_ORDER_QUANTITY", "TRADING, equity"),
    "paper_trading": (
        r"14:\d\d:\d\d  sma_cross  buy 10 \w+ at [\d.]+, realised 0\n", "sma_cross  sell 10",
        "the market has closed", r"sma_cross: \d+ trades, net -?\d",
    ),
}


@pytest.mark.parametrize("name", SAYS)
def test_an_example_runs_from_a_fresh_place(name: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    ran = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES[name]], cwd=tmp_path, capture_output=True,
        text=True, timeout=60, check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.search(".*".join(SAYS[name]), ran.stdout, re.DOTALL), ran.stdout


def test_every_example_is_run_short_and_on_the_page() -> None:
    assert EXAMPLES.keys() == SAYS.keys()
    for name, path in EXAMPLES.items():
        assert len(path.read_text().splitlines()) < LINES, name
        assert f"(examples/{name}.py)" in PAGE


@pytest.mark.parametrize("block", BLOCKS)
def test_the_page_shows_lines_of_an_example(block: str) -> None:
    assert any(dedent(block) in dedent(path.read_text()) or block in path.read_text()
               for path in EXAMPLES.values())


def test_the_page_names_only_what_there_is_and_every_exception() -> None:
    named = set(re.findall(r"daemon\.(\w+)", PAGE))
    public = {name for name, _ in getmembers(embed.OpenDaemon) if not name.startswith("_")}
    assert named == public - {"stopped", "unless_stopped"}
    raised = {name for name in embed.__all__ if isinstance(found := getattr(embed, name), type)
              and issubclass(found, Exception)}
    assert raised == set(re.findall(r"`([A-Z]\w+)`", PAGE)) & set(embed.__all__)
