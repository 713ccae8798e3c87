"""May a position grow beyond its part of the account?"""

import pytest
from tests.core.gates.asking import a_trader, ask, holds, said, works
from tests.makers import CALL, HIGHER_CALL, an_intent

from tradebot.core.gates.position_size import position_size
from tradebot.core.model.reason import Reason


@pytest.mark.parametrize(("qty", "expected"), [
    (9, "ALLOW 4509 against 5010"),
    (10, "ALLOW 5010 against 5010"),
    (11, "BLOCK 5511 against 5010"),
])
def test_an_order_alone_may_be_as_large_as_the_limit(qty: int, expected: str) -> None:
    trader = a_trader(position_max_frac="0.0501")
    found = ask(position_size, trader, an_intent("buy", qty, price="501"))
    assert said(found) == expected
    assert found.reason in (None, Reason.RISK_POSITION_SIZE)


def test_what_is_held_and_what_works_on_that_side_counts() -> None:
    trader = a_trader(position_max_frac="0.10")
    holds(trader, "buy", 10, price="500.01")
    works(trader, "buy", 5, price="501")
    works(trader, "sell", 4, price="499")
    body = an_intent("buy", 4, price="501")
    assert said(ask(position_size, trader, body)) == "ALLOW 9509.1 against 10000"
    body = an_intent("buy", 5, price="501")
    assert said(ask(position_size, trader, body)) == "BLOCK 10010.1 against 10000"


def test_an_exit_is_free_of_it() -> None:
    trader = a_trader()
    holds(trader, "buy", 20)
    trader.book.settings = a_trader(position_max_frac="0").book.settings
    assert said(ask(position_size, trader, an_intent("sell", 20, price="499"))) == "ALLOW"


def test_each_leg_of_a_combo_is_a_position() -> None:
    trader = a_trader(position_max_frac="0.01")
    legs = (_leg("buy", CALL), _leg("sell", HIGHER_CALL))
    body = an_intent(qty=1, price="5", legs=legs)
    assert said(ask(position_size, trader, body)) == "ALLOW 750 against 1000"


def test_without_equity_nothing_opens_and_without_an_account_all_waits() -> None:
    trader = a_trader(position_max_frac="0.10")
    trader.book.ledger.accounts["PAPER-1"].cash -= 100_000
    assert said(ask(position_size, trader)) == "BLOCK 5000.1 against 0"
    trader.book.routes.clear()
    assert ask(position_size, trader).answer == "PAUSE"
    trader = a_trader(position_max_frac="0.10")
    trader.facts.quotes.clear()
    assert ask(position_size, trader).need == "quote:SPY"


def _leg(side: str, symbol: str) -> object:
    return an_intent(side, 1, symbol).legs[0]
