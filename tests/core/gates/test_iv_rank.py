"""Does the rank of volatility open and shut each structure, and does what is unknown not pass?"""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.core.gates.asking import answer, ask, holds, said
from tests.core.gates.desks import PUTS, a_condor, a_desk, a_spread, ranked
from tests.makers import an_intent, at

from tradebot.core.book.intents import IntentState
from tradebot.core.gates import panel
from tradebot.core.gates.iv_rank import iv_rank
from tradebot.core.gates.look import Look
from tradebot.core.model.desk_policy import StructureRule
from tradebot.core.model.ids import IntentId
from tradebot.core.model.reason import Reason, volatility_need
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.model.verdict import Refuse


@pytest.mark.parametrize(("rank", "expected"), [
    ("0.29", "BLOCK 0.29 against 0.3"), ("0.30", "ALLOW 0.3 against 0.8"),
    ("0.80", "ALLOW 0.8 against 0.8"), ("0.81", "BLOCK 0.81 against 0.8"),
])
def test_iv_rank_of_a_condor_lies_between_thirty_and_eighty(rank: str, expected: str) -> None:
    desk = a_desk()
    desk.facts.volatilities["SPY"] = ranked(rank, desk.now)
    assert said(ask(iv_rank, desk, a_condor())) == expected


@pytest.mark.parametrize(("strategy", "band"), [
    ("iron_condor", ("0.30", "0.80")), ("put_credit_spread", ("0.25", None)),
    ("call_credit_spread", ("0.25", None)), ("protective_put", (None, "0.35")),
    ("long_straddle", ("0.55", None)), ("covered_call", (None, None)),
])
def test_iv_rank_has_the_bands_that_were_demanded(
    strategy: str, band: tuple[str | None, str | None]
) -> None:
    rule = a_desk().book.settings.desk.rule_for(StrategyType(strategy))
    assert rule is not None
    found = rule.iv_rank_min, rule.iv_rank_max
    assert found == tuple(None if told is None else Decimal(told) for told in band)


def test_iv_rank_that_may_only_be_low_blocks_what_is_dear() -> None:
    desk = a_desk(structures=(
        StructureRule(strategy=StrategyType.LONG_PUT, iv_rank_max=Decimal("0.35")),
    ))
    body = an_intent("buy", 1, PUTS[0], price="2")
    for rank, expected in (("0.35", "ALLOW"), ("0.36", "BLOCK")):
        desk.facts.volatilities["SPY"] = ranked(rank, desk.now)
        assert ask(iv_rank, desk, body).answer == expected


@pytest.mark.parametrize("age", [None, -1, 901])
def test_iv_rank_waits_for_a_fact_that_misses_or_is_old(age: int | None) -> None:
    desk = a_desk()
    if age is None:
        del desk.facts.volatilities["SPY"]
    else:
        desk.facts.volatilities["SPY"] = ranked("0.5", desk.now - timedelta(seconds=age))
    told = ask(iv_rank, desk, a_condor())
    assert (told.answer, told.need) == ("PAUSE", volatility_need("SPY"))


def test_iv_rank_that_no_history_tells_blocks_and_is_no_number() -> None:
    desk = a_desk()
    desk.facts.volatilities["SPY"] = ranked(None, desk.now)
    told = ask(iv_rank, desk, a_condor())
    assert (told.answer, told.reason) == ("BLOCK", Reason.RISK_IV_RANK)
    desk.facts.volatilities["SPY"] = ranked("NaN", desk.now)
    state = IntentState(intent_id=IntentId("I"), body=a_condor(), expires=at(99_999))
    look = Look(desk.book, state, desk.facts, desk.now)
    assert isinstance(panel.ask((iv_rank,), look), Refuse)


def test_iv_rank_is_not_asked_without_a_band_nor_of_what_closes() -> None:
    desk = a_desk()
    desk.facts.volatilities.clear()
    assert ask(iv_rank, desk, an_intent("buy", 1, PUTS[0], price="2")).answer == "ALLOW"
    wide = a_desk(structures=tuple(
        StructureRule(strategy=s) for s in StrategyType
    )).book.settings
    narrow, desk.book.settings = desk.book.settings, wide
    holds(desk, "buy", 1, symbol=PUTS[1], price="2.10")
    desk.book.settings = narrow
    assert ask(iv_rank, desk, an_intent("sell", 1, PUTS[1], price="2")).answer == "ALLOW"
    spread = a_spread(("buy", PUTS[0]), ("sell", PUTS[1]))
    assert ask(iv_rank, desk, spread).answer == "ALLOW"  # what is bought is a single put
    assert ask(iv_rank, desk, an_intent("buy", 1)) == answer(iv_rank, Look(
        desk.book, IntentState(intent_id=IntentId("I"), body=an_intent("buy", 1), expires=at(9)),
        desk.facts, desk.now,
    ))
