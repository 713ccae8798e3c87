"""Must every option that opens trade well enough, and is what nobody knows no pass?"""

from datetime import timedelta
from typing import Any

import pytest
from tests.core.gates.asking import ask, holds, said
from tests.core.gates.desks import CALLS, PUTS, a_condor, a_desk, a_fact
from tests.makers import Trader, a_quote, an_intent, number

from tradebot.core.gates.liquidity import open_interest, option_spread, option_volume
from tradebot.core.gates.panel import Gate
from tradebot.core.model.reason import Reason, option_need, quote_need


def knowing(**changes: Any) -> Trader:
    """Make a trader to whom one of the condor's options is another."""
    desk = a_desk(volume_min=number(10))
    desk.facts.options[CALLS[0]] = a_fact(CALLS[0], desk.now, **changes)
    return desk


@pytest.mark.parametrize(("gate", "fact", "count", "expected"), [
    (open_interest, "open_interest", 500, "ALLOW 500 against 500"),
    (open_interest, "open_interest", 499, "BLOCK 500 against 499"),
    (open_interest, "open_interest", 0, "BLOCK 500 against 0"),
    (option_volume, "volume", 10, "ALLOW 10 against 10"),
    (option_volume, "volume", 9, "BLOCK 10 against 9"),
])
def test_the_leg_that_trades_least_decides(
    gate: Gate, fact: str, count: int, expected: str
) -> None:
    assert said(ask(gate, knowing(**{fact: count}), a_condor())) == expected


@pytest.mark.parametrize(("gate", "fact"), [
    (open_interest, "open_interest"), (option_volume, "volume"),
])
def test_a_count_that_nobody_knows_is_waited_for(gate: Gate, fact: str) -> None:
    told = ask(gate, knowing(**{fact: None}), a_condor())
    assert (told.answer, told.need) == ("PAUSE", option_need(CALLS[0]))
    desk = knowing()
    del desk.facts.options[CALLS[0]]
    assert ask(gate, desk, a_condor()).need == option_need(CALLS[0])
    desk.facts.options[CALLS[0]] = a_fact(CALLS[0], desk.now - timedelta(seconds=901))
    told = ask(gate, desk, a_condor())
    assert (told.answer, told.actual, told.limit) == ("PAUSE", 901, 900)


def test_open_interest_is_asked_of_what_opens_alone() -> None:
    desk = knowing()
    holds(desk, "buy", 1, symbol=PUTS[0], price="2.10")
    desk.facts.options.clear()
    assert ask(open_interest, desk, an_intent("sell", 1, PUTS[0])).answer == "ALLOW"
    assert ask(open_interest, desk, an_intent("sell", 2, PUTS[0])).answer == "PAUSE"
    assert ask(open_interest, desk, an_intent("buy", 1)).answer == "ALLOW"


def test_option_volume_that_nobody_asks_for_needs_no_fact() -> None:
    desk = a_desk()
    desk.facts.options.clear()
    assert ask(option_volume, desk, a_condor()).answer == "ALLOW"


@pytest.mark.parametrize(("bid", "ask_px", "expected"), [
    ("1.90", "2.10", "ALLOW 0.1 against 0.1"), ("1.89", "2.10", "BLOCK 0.1053 against 0.1"),
    ("0.05", "0.10", "ALLOW 0.1 against 0.1"), ("0.05", "0.11", "BLOCK 0.75 against 0.1"),
])
def test_option_spread_is_a_part_of_the_middle_or_a_nickel(
    bid: str, ask_px: str, expected: str
) -> None:
    desk = a_desk()
    desk.facts.quotes[CALLS[0]] = a_quote(CALLS[0], bid, ask_px, desk.now)
    told = ask(option_spread, desk, a_condor())
    assert said(told) == expected
    assert told.reason in (None, Reason.RISK_LIQUIDITY)


def test_option_spread_of_no_market_is_waited_for() -> None:
    desk = a_desk()
    desk.facts.quotes[CALLS[0]] = a_quote(CALLS[0], "0", "0", desk.now)
    assert ask(option_spread, desk, a_condor()).need == quote_need(CALLS[0])
    del desk.facts.quotes[CALLS[0]]
    assert ask(option_spread, desk, a_condor()).need == quote_need(CALLS[0])
    assert ask(option_spread, desk, an_intent("buy", 1)).answer == "ALLOW"
