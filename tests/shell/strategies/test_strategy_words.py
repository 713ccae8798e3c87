"""What does a strategy tell people, and what is told of one that cannot run on this machine?"""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.config_texts import a_config
from tests.makers import an_instrument
from tests.plugins.fake_market import FakeMarket
from tests.shell.strategies.test_strategies import EmptyMarket, FixedClock, Says

from tradebot.core.book.book import Book
from tradebot.plugins.strategies.mid_quoter import MidQuoter
from tradebot.shell.checks.checks import Word
from tradebot.shell.checks.release_check import ReleaseCheck
from tradebot.shell.settings import plugins
from tradebot.shell.strategies.desk import FIGURES_MAX, TEXTS_MAX, StrategyDesk
from tradebot.shell.strategies.host import StrategyHost
from tradebot.shell.strategies.roster import add_strategies

CONFIG = """\
schema_version: 1
mode: paper
data_dir: data
market_data: {provider: simulated, symbols: [SPY]}
brokers: {paper: {adapter: paper}}
strategies:
  - {id: quoter, plugin: mid_quoter, symbols: [SPY]}
  - {id: cross, plugin: sma_cross, symbols: [SPY]}
"""
ABSENT = "not available without pip install 'tradebot[quotes]'"


class Floor:
    """A host, one desk at it, and what was told there."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.host = StrategyHost(
            book=Book(), post=lambda _: None, tell=lambda *said: self.told.append(said)
        )
        self.desk = StrategyDesk(
            "a", book=Book(), market=EmptyMarket(), clock=FixedClock(),
            tell=lambda text: self.host.tell("a", text),
        )
        self.host.add("a", Says(()), self.desk)


@pytest.fixture
def without_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(MidQuoter, "needs", {"quotes": "no_such_module"}, raising=False)


def test_a_text_is_told_once() -> None:
    floor = Floor()
    for text in ("calm", "calm", "wild\n", "calm"):
        floor.desk.tell(text)
    assert floor.told == [("a", "calm"), ("a", "wild\\x0a")]


def test_a_flood_of_texts_ends_with_a_word_about_it() -> None:
    floor = Floor()
    for number in range(10 * TEXTS_MAX):
        floor.desk.tell(f"bar {number}")
    assert len(floor.told) == TEXTS_MAX + 1
    assert floor.told[-1] == ("a", "told 100 texts, and is heard no more")


def test_figures_stand_beside_the_strategy_and_are_not_without_end() -> None:
    floor = Floor()
    for number in range(2 * FIGURES_MAX):
        floor.desk.measure(f"figure {number}", Decimal(number))
    floor.desk.measure("figure 1", Decimal("1.50"))
    (row,) = floor.host.rows()
    assert len(row["figures"]) == FIGURES_MAX
    assert row["figures"]["figure 1"] == "1.5"
    assert floor.told[0] == ("a", "measures more than 32 figures: figure 32 is not shown")


@pytest.mark.usefixtures("without_an_extra")
def test_a_strategy_without_its_library_is_left_out_and_told_of_and_listed() -> None:
    floor = Floor()
    market = FakeMarket(FixedClock(), [an_instrument("SPY")])
    add_strategies(a_config(CONFIG), floor.host, Book(), market, FixedClock())
    assert floor.told == [("quoter", ABSENT)]
    row = {row["strategy_id"]: row for row in floor.host.rows()}
    assert (row["quoter"]["is_enabled"], row["quoter"]["reason"]) == (False, ABSENT)
    assert (row["cross"]["is_enabled"], row["cross"]["reason"]) == (True, None)
    assert set(row["quoter"]) == set(row["cross"])


@pytest.mark.usefixtures("without_an_extra")
def test_the_release_check_warns_of_it() -> None:
    checks = ReleaseCheck(lambda: a_config(CONFIG), lambda _: "", FixedClock(), is_quick=True)
    found = {checked.name: checked for checked in checks.run()}["extras"]
    assert (found.word, found.said) == (Word.WARN, f"strategy quoter: {ABSENT}")


def test_a_strategy_that_needs_nothing_lacks_nothing() -> None:
    assert plugins.missing(Says) is None
