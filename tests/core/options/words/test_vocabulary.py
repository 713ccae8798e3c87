"""Do the tables of words agree with one another?"""

from collections import Counter
from datetime import date

import pytest

from tradebot.core.model.strategy_type import Outlook, StrategyType
from tradebot.core.options.natures import NATURES
from tradebot.core.options.words import phrases, vocabulary
from tradebot.core.options.words.companies import COMPANIES
from tradebot.core.options.words.grammar import read

TODAY = date(2025, 12, 1)


def test_no_phrase_has_two_meanings() -> None:
    said = Counter(
        words
        for table in (
            vocabulary.STRATEGIES, vocabulary.OUTLOOKS, vocabulary.RISK_LEVELS,
            vocabulary.ACTIONS, vocabulary.SIDES, vocabulary.ROLES, COMPANIES,
        )
        for row in table.values() for words in phrases.words_of(row)
    )
    assert [words for words, times in said.items() if times > 1] == []


def test_every_structure_has_a_nature_and_a_name_of_its_own() -> None:
    assert set(NATURES) == set(StrategyType)
    for strategy in StrategyType:
        name = vocabulary.STRATEGIES.get((strategy,), strategy.replace("_", " ")).split("|")[0]
        assert read(f"{name} on SPY", {"SPY"}, TODAY).request.strategy_type is strategy


def test_every_structure_fits_some_outlook_and_every_outlook_some_structure() -> None:
    assert all(nature.fits for nature in NATURES.values())
    assert {one for nature in NATURES.values() for one in nature.fits} == set(Outlook)


def test_no_two_names_of_structures_are_a_slip_apart() -> None:
    for word in vocabulary.SPELLED.split("|"):
        assert phrases.respelled(f"{word}q") == word


@pytest.mark.parametrize("word", ["condro", "cndor", "condorr", "candor", "ocndor"])
def test_one_slip_is_forgiven(word: str) -> None:
    assert phrases.respelled(word) == "condor"


@pytest.mark.parametrize("word", ["cdnro", "condrrr", "strandle", "condor", ""])
def test_two_slips_and_a_slip_between_two_names_are_not(word: str) -> None:
    assert phrases.respelled(word) is None
