"""Can every bug of the list still be planted? Whether each is noticed, the tool tells."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "tools" / "mutants.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    return module


MUTANTS = list(tool().mutants((ROOT / "tools" / "mutants.txt").read_text()))
SAMPLE = [mutant for mutant in MUTANTS if mutant.tests][8::24]


def test_there_are_enough_of_them_each_with_a_name_of_its_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_the_place_of_a_planted_bug_is_there_once(mutant: Any) -> None:
    path = ROOT / "src" / "tradebot" / mutant.path
    assert path.read_text().count(mutant.before) == 1


def test_a_planted_bug_breaks_a_promise() -> None:
    told = next(m for m in MUTANTS if m.name == "told before it is durable")
    assert tool().hunted(told, 5).by == "invariant 10"


@pytest.mark.parametrize("mutant", SAMPLE, ids=[mutant.name for mutant in SAMPLE])
def test_a_planted_bug_fails_the_tests_that_are_named_for_it(mutant: Any) -> None:
    assert tool().hunted(mutant, 0).by.startswith("test_")
