"""Is nothing opened that ends too soon, or lives shorter or longer than its structure should?"""

from datetime import date, timedelta

import pytest
from tests.core.gates.asking import ask, holds, said
from tests.core.gates.desks import EXPIRY, PUTS, a_condor, a_desk, a_spread, option
from tests.makers import OPEN, an_intent

from tradebot.core.gates.expiry import days_to_expiry, near_expiry
from tradebot.core.model.desk_policy import StructureRule
from tradebot.core.model.instrument import Right
from tradebot.core.model.strategy_type import StrategyType


def ending_in(days: int) -> date:
    return OPEN.date() + timedelta(days)


@pytest.mark.parametrize(("days", "expected"), [
    (4, "ALLOW 3 against 4"), (3, "BLOCK 3 against 3"), (0, "BLOCK 0 against 3"),
])
def test_near_expiry_opens_nothing_and_lets_what_closes_go(days: int, expected: str) -> None:
    put = option(485, ends=ending_in(days))
    desk = a_desk(put, days_to_expiry_min=3)
    assert said(ask(near_expiry, desk, an_intent("buy", 1, put, price="2"))) == expected
    narrow, desk.book.settings = desk.book.settings, a_desk(days_to_expiry_min=-1).book.settings
    holds(desk, "buy", 1, symbol=put, price="2.10")
    desk.book.settings = narrow
    assert said(ask(near_expiry, desk, an_intent("sell", 1, put, price="2"))) == "ALLOW"
    assert said(ask(near_expiry, desk, an_intent("buy", 1))) == "ALLOW"


def test_near_expiry_is_that_of_the_first_leg_to_end() -> None:
    near, far = option(515, Right.CALL, ends=ending_in(2)), option(515, Right.CALL)
    calendar = a_spread(("sell", near), ("buy", far))
    assert ask(near_expiry, a_desk(near, far), calendar).answer == "BLOCK"


@pytest.mark.parametrize(("days_min", "days_max", "expected"), [
    (30, 39, "ALLOW 39 against 39"), (39, 45, "ALLOW 39 against 45"),
    (40, 45, "BLOCK 39 against 40"), (30, 38, "BLOCK 39 against 38"),
    (39, None, "ALLOW"), (40, None, "BLOCK 39 against 40"), (None, 38, "BLOCK 39 against 38"),
    (None, None, "ALLOW"),
])
def test_days_to_expiry_lie_in_the_band_of_the_structure(
    days_min: int | None, days_max: int | None, expected: str
) -> None:
    assert (EXPIRY - OPEN.date()).days == 39
    desk = a_desk(structures=(StructureRule(
        strategy=StrategyType.IRON_CONDOR, days_min=days_min, days_max=days_max
    ),))
    assert said(ask(days_to_expiry, desk, a_condor())) == expected
    assert said(ask(days_to_expiry, desk, an_intent("buy", 1, PUTS[0]))) == "ALLOW"


@pytest.mark.parametrize(("strategy", "band"), [
    ("iron_condor", (30, 45)), ("put_credit_spread", (25, 40)), ("call_credit_spread", (25, 40)),
    ("covered_call", (20, 35)), ("protective_put", (20, 45)), ("long_straddle", (20, 35)),
    ("long_call", (None, None)),
])
def test_days_to_expiry_have_the_bands_that_were_demanded(
    strategy: str, band: tuple[int | None, int | None]
) -> None:
    rule = a_desk().book.settings.desk.rule_for(StrategyType(strategy))
    assert rule is not None
    assert (rule.days_min, rule.days_max) == band
