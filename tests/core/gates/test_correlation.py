"""Is a bet that is nearly another one refused?"""

from decimal import Decimal

import pytest
from tests.core.gates.asking import a_trader, ask, holds, said, works
from tests.makers import CALL, an_intent

from tradebot.core.gates.correlation import correlation
from tradebot.core.model.settings import Correlated


@pytest.mark.parametrize(("known", "expected"), [
    ("0.79", "ALLOW 0.79 against 0.8"),
    ("0.80", "ALLOW 0.8 against 0.8"),
    ("0.81", "BLOCK 0.81 against 0.8"),
])
def test_two_bets_may_go_together_as_much_as_the_limit(known: str, expected: str) -> None:
    trader = a_trader(correlation_max_frac="0.80", correlated=_together(known))
    works(trader, "buy", 10)
    assert said(ask(correlation, trader, an_intent("buy", 5, "IBM", price="201"))) == expected


@pytest.mark.parametrize(("known", "side", "expected"), [
    ("0.95", "sell", "ALLOW 0 against 0.8"),  # a hedge
    ("-0.95", "buy", "ALLOW 0 against 0.8"),
    ("-0.95", "sell", "BLOCK 0.95 against 0.8"),
])
def test_the_direction_counts(known: str, side: str, expected: str) -> None:
    trader = a_trader(correlation_max_frac="0.80", correlated=_together(known))
    holds(trader, "buy", 10)
    price = "201" if side == "buy" else "199"
    assert said(ask(correlation, trader, an_intent(side, 5, "IBM", price=price))) == expected


def test_what_no_group_names_counts_as_unknown() -> None:
    trader = a_trader(correlation_max_frac="0.80", correlation_unknown_frac="0.85")
    assert said(ask(correlation, trader)) == "ALLOW 0 against 0.8"
    holds(trader, "buy", 5, symbol="IBM", price="201")
    assert said(ask(correlation, trader)) == "BLOCK 0.85 against 0.8"


def test_more_of_the_same_underlying_is_the_exposures_to_ask() -> None:
    trader = a_trader(correlation_max_frac="0.80")
    holds(trader, "buy", 10)
    body = an_intent("buy", 1, CALL, price="10.10")
    assert said(ask(correlation, trader, body)) == "ALLOW 0 against 0.8"


def test_an_exit_is_free_of_it_and_without_facts_it_waits() -> None:
    trader = a_trader(correlation_max_frac="0", correlation_unknown_frac="0.5")
    holds(trader, "buy", 10)
    assert said(ask(correlation, trader, an_intent("sell", 10, price="499"))) == "ALLOW"
    trader.facts.quotes.clear()
    assert ask(correlation, trader).need == "quote:SPY"


def _together(known: str) -> tuple[Correlated, ...]:
    return (Correlated(symbols=("SPY", "IBM"), correlation_frac=Decimal(known)),)
