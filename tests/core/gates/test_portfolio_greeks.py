"""Is an account kept from leaning too far, by what it holds, what works and what an order adds?

The account has 100,000; SPY stands at 500. One put of these tests has delta 0.2 and a multiplier of
100, so it moves with 10,000 of SPY.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.core.gates.asking import ask, said
from tests.core.gates.desks import CALLS, PUTS, a_condor, a_desk, a_fact, at_work, holding
from tests.makers import Trader, a_quote, an_intent

from tradebot.core.gates.panel import Gate
from tradebot.core.gates.portfolio_greeks import (
    portfolio_delta,
    portfolio_gamma,
    portfolio_theta,
    portfolio_vega,
)
from tradebot.core.model.desk_policy import Excess, GreekLimits
from tradebot.core.model.intent import Intent
from tradebot.core.model.reason import Reason, option_need, quote_need

ALL = (portfolio_delta, portfolio_gamma, portfolio_theta, portfolio_vega)
NONE = GreekLimits(
    delta_max_frac=None, gamma_max_frac=None, theta_max_frac=None, vega_max_frac=None
)


def limited(held: dict[str, int] | None = None, **limits: str) -> Trader:
    numbers = {name: Decimal(told) for name, told in limits.items() if name != "excess"}
    excess = Excess(limits.get("excess", "block"))
    desk = a_desk(greeks=replace(NONE, excess=excess, **numbers))
    return holding(*(held or {}).items(), desk=desk)


def buy(qty: int) -> Intent:
    return an_intent("buy", qty, PUTS[0], price="2")


@pytest.mark.parametrize(("gate", "limit", "one"), [
    (portfolio_delta, "delta_max_frac", "10000"),  # 0.2 x 500 x 100
    (portfolio_gamma, "gamma_max_frac", "2500"),  # 0.01 x 500 x 5 x 100
    (portfolio_theta, "theta_max_frac", "5"),  # -0.05 x 100, a day
    (portfolio_vega, "vega_max_frac", "40"),  # 0.4 x 100, a point
])
def test_each_greek_is_summed_in_currency(gate: Gate, limit: str, one: str) -> None:
    two = Decimal(one) * 2
    desk = limited(**{limit: str(two / 100_000)})
    assert said(ask(gate, desk, buy(2))) == f"ALLOW {two} against {two}"
    told = ask(gate, desk, buy(3))
    assert said(told) == f"BLOCK {two + Decimal(one)} against {two}"
    assert told.reason is Reason.RISK_GREEKS
    assert ask(gate, limited({PUTS[0]: 2}, **{limit: str(two / 100_000)}), buy(1)).answer == "BLOCK"


def test_portfolio_delta_counts_what_is_held_both_ways_and_shares_beside_options() -> None:
    assert said(ask(portfolio_delta, limited({CALLS[0]: -3}, delta_max_frac="1"), buy(1))) == (
        "ALLOW 20000 against 100000"
    )
    hedged = limited({"SPY": -40, "IBM": 500}, delta_max_frac="1")  # IBM has no options here
    assert said(ask(portfolio_delta, hedged, buy(1))) == "ALLOW 10000 against 100000"
    assert said(ask(portfolio_delta, limited(delta_max_frac="1"), a_condor(2))) == (
        "ALLOW 0 against 100000"
    )


def test_portfolio_delta_takes_what_works_at_its_worst() -> None:
    desk = limited({PUTS[0]: 1}, delta_max_frac="1")
    at_work(desk, an_intent("buy", 2, CALLS[0]))
    assert said(ask(portfolio_delta, desk, buy(1))) == "ALLOW 40000 against 100000"
    sold = an_intent("sell", 9, CALLS[0])
    at_work(desk, sold)  # may fill while the other does not
    assert said(ask(portfolio_delta, desk, buy(1))) == "ALLOW 70000 against 100000"


def test_what_leans_less_than_before_may_go_and_a_warning_lets_all_go() -> None:
    desk = limited({PUTS[0]: 9}, delta_max_frac="0.5")
    assert ask(portfolio_delta, desk, an_intent("sell", 1, CALLS[0])).answer == "ALLOW"
    assert ask(portfolio_delta, desk, buy(1)).answer == "BLOCK"
    warned = limited({PUTS[0]: 9}, delta_max_frac="0.5", excess="warn")
    assert said(ask(portfolio_delta, warned, buy(1))) == "ALLOW 100000 against 50000"


@pytest.mark.parametrize("gate", ALL)
def test_every_option_that_is_held_must_be_known(gate: Gate) -> None:
    wide = dict.fromkeys(
        ("delta_max_frac", "gamma_max_frac", "theta_max_frac", "vega_max_frac"), "9"
    )
    desk = limited({CALLS[1]: 1}, **wide)
    assert ask(gate, desk, buy(1)).answer == "ALLOW"
    known = desk.facts.options.pop(CALLS[1])
    assert ask(gate, desk, buy(1)).need == option_need(CALLS[1])
    nothing = dict.fromkeys(("delta", "gamma", "theta", "vega"))
    desk.facts.options[CALLS[1]] = a_fact(CALLS[1], desk.now, **nothing)
    assert ask(gate, desk, buy(1)).need == option_need(CALLS[1])
    desk.facts.options[CALLS[1]] = known
    desk.facts.quotes["SPY"] = a_quote("SPY", "0", "500", desk.now)
    assert ask(gate, desk, buy(1)).need == quote_need("SPY")
    del desk.facts.quotes["SPY"]
    assert ask(gate, desk, buy(1)).need == quote_need("SPY")


@pytest.mark.parametrize("gate", ALL)
def test_shares_exits_and_no_limit_know_nothing_of_it(gate: Gate) -> None:
    wide = dict.fromkeys(
        ("delta_max_frac", "gamma_max_frac", "theta_max_frac", "vega_max_frac"), "0"
    )
    desk = limited({PUTS[0]: 1}, **wide)
    desk.facts.options.clear()
    assert ask(gate, desk, an_intent("sell", 1, PUTS[0], price="2")).answer == "ALLOW"
    assert ask(gate, desk, an_intent("buy", 10)).answer == "ALLOW"
    assert ask(gate, limited(), buy(99)).answer == "ALLOW"
