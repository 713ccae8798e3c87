"""Are positions counted, and is one too many refused?"""

import pytest
from tests.core.gates.asking import a_trader, ask, holds, said, works
from tests.makers import CALL, HIGHER_CALL, an_intent

from tradebot.core.gates.positions import positions, positions_symbol


@pytest.mark.parametrize(("limit", "expected"), [
    (3, "ALLOW 3 against 3"), (2, "BLOCK 3 against 2"),
])
def test_what_is_held_and_what_works_are_positions(limit: int, expected: str) -> None:
    trader = a_trader(positions_max=limit)
    holds(trader, "buy", 10)
    works(trader, "buy", 1, symbol="IBM", price="200")
    body = an_intent("buy", 1, "BTC/USD", price="60010")
    assert said(ask(positions, trader, body)) == expected
    assert said(ask(positions, trader, an_intent("buy", 1))) == "ALLOW 2 against " + str(limit)


@pytest.mark.parametrize(("limit", "expected"), [
    (3, "ALLOW 3 against 3"), (2, "BLOCK 3 against 2"),
])
def test_each_instrument_on_one_underlying_is_a_position(limit: int, expected: str) -> None:
    trader = a_trader(positions_symbol_max=limit)
    holds(trader, "buy", 10)
    works(trader, "buy", 1, symbol=CALL, price="10.10")
    body = an_intent("buy", 1, HIGHER_CALL, price="5.10")
    assert said(ask(positions_symbol, trader, body)) == expected


def test_an_exit_is_free_of_both_and_without_an_account_both_wait() -> None:
    trader = a_trader(positions_max=0, positions_symbol_max=0)
    trader.book.settings, narrow = a_trader().book.settings, trader.book.settings
    holds(trader, "buy", 10)
    trader.book.settings = narrow
    for gate in (positions, positions_symbol):
        assert said(ask(gate, trader, an_intent("sell", 10, price="499"))) == "ALLOW"
        assert ask(gate, trader).answer == "BLOCK"
    trader.book.routes.clear()
    for gate in (positions, positions_symbol):
        assert ask(gate, trader).answer == "PAUSE"
