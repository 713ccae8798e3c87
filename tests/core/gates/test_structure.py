"""Does the desk open only structures that it knows by their legs, and few enough of them?"""

import pytest
from tests.core.gates.asking import ask, holds, said
from tests.core.gates.desks import CALLS, CONDOR, PUTS, a_condor, a_desk, a_spread, holding
from tests.makers import an_intent

from tradebot.core.gates.structure import structure, structure_quantity
from tradebot.core.model.desk_policy import USUAL, StructureRule
from tradebot.core.model.intent import Intent
from tradebot.core.model.reason import Reason
from tradebot.core.model.strategy_type import StrategyType

CONDORS = StructureRule(strategy=StrategyType.IRON_CONDOR, quantity_max=3)


@pytest.mark.parametrize(("body", "answer"), [
    (a_condor(), "ALLOW"),
    (a_spread(("buy", PUTS[0]), ("sell", PUTS[1])), "ALLOW"),
    (a_spread(("buy", PUTS[0]), ("sell", CALLS[0])), "BLOCK"),  # no structure has such legs
    (a_spread(("buy", PUTS[0]), ("buy", "IBM")), "BLOCK"),
    (an_intent("sell", 1, CALLS[0], price="2"), "BLOCK"),
    (an_intent("buy", 100), "ALLOW"),  # shares are none of it
])
def test_structure_is_told_by_the_legs_alone(body: Intent, answer: str) -> None:
    told = ask(structure, a_desk(), body)
    assert told.answer == answer
    assert told.reason in (None, Reason.RISK_STRUCTURE)


@pytest.mark.parametrize(("shares", "body", "answer"), [
    (100, an_intent("sell", 1, CALLS[0], price="2"), "ALLOW"),
    (99, an_intent("sell", 1, CALLS[0], price="2"), "BLOCK"),
    (199, an_intent("sell", 2, CALLS[0], price="2"), "BLOCK"),
    (-100, an_intent("sell", 1, CALLS[0], price="2"), "BLOCK"),
    (200, a_spread(("buy", PUTS[0]), ("sell", CALLS[0]), qty=2), "ALLOW"),
    (100, a_spread(("sell", PUTS[0]), ("buy", CALLS[0])), "BLOCK"),
])
def test_structure_counts_the_shares_that_are_held(
    shares: int, body: Intent, answer: str
) -> None:
    assert ask(structure, holding(("SPY", shares), desk=a_desk()), body).answer == answer


def test_structure_counts_shares_that_cover_a_call_for_no_other() -> None:
    desk = holding(("SPY", 100), (CALLS[1], -1), desk=a_desk())
    assert ask(structure, desk, an_intent("sell", 1, CALLS[0], price="2")).answer == "BLOCK"


def test_structure_must_have_a_rule_to_be_opened() -> None:
    others = tuple(rule for rule in USUAL if rule.strategy is not StrategyType.IRON_CONDOR)
    assert ask(structure, a_desk(structures=others), a_condor()).answer == "BLOCK"
    assert ask(structure, a_desk(structures=(CONDORS,)), a_condor()).answer == "ALLOW"
    assert ask(structure, a_desk(structures=(), unlisted=True), a_condor()).answer == "ALLOW"


@pytest.mark.parametrize(("qty", "expected"), [
    (3, "ALLOW 3 against 3"), (4, "BLOCK 4 against 3"),
])
def test_structure_quantity_is_bounded_for_each_structure(qty: int, expected: str) -> None:
    desk = a_desk(structures=(CONDORS,))
    assert said(ask(structure_quantity, desk, a_condor(qty))) == expected


def test_structure_quantity_counts_what_legs_and_ratios_come_to() -> None:
    desk = a_desk(structures=(StructureRule(strategy=StrategyType.LONG_PUT, quantity_max=3),))
    assert said(ask(structure_quantity, desk, an_intent("buy", 4, PUTS[0]))) == "BLOCK 4 against 3"
    assert said(ask(structure_quantity, desk, an_intent("buy", 400))) == "ALLOW"


def test_structure_that_closes_is_free_and_one_that_rolls_is_told_by_where_to() -> None:
    desk = a_desk(structures=())
    wide = desk.book.settings
    desk.book.settings = a_desk().book.settings
    for leg in CONDOR[:2]:
        holds(desk, "buy", 2, symbol=leg.symbol, price="2.10")
    desk.book.settings = wide
    sell = [("sell", leg.symbol) for leg in CONDOR[:2]]
    assert ask(structure, desk, a_spread(*sell, qty=2)).answer == "ALLOW"
    assert ask(structure, desk, a_spread(*sell, qty=3)).answer == "BLOCK"
    rolls = a_spread(*sell, ("sell", CALLS[0]), ("buy", CALLS[1]), qty=2)
    assert ask(structure, desk, rolls).answer == "BLOCK"
    desk.book.settings = a_desk(structures=(
        StructureRule(strategy=StrategyType.CALL_CREDIT_SPREAD),
    )).book.settings
    assert ask(structure, desk, rolls).answer == "ALLOW"
