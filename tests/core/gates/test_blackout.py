"""May a symbol on the list only be closed?"""

import pytest
from tests.core.gates.asking import a_trader, ask, holds
from tests.makers import CALL, an_intent

from tradebot.core.gates.blackout import blackout


@pytest.mark.fault(72)
@pytest.mark.parametrize(("symbol", "price", "answer"), [
    ("SPY", "500", "BLOCK"), (CALL, "10.10", "BLOCK"), ("IBM", "200", "ALLOW"),
])
def test_a_listed_symbol_and_its_options_open_nothing(
    symbol: str, price: str, answer: str
) -> None:
    trader = a_trader(blackout_symbols=("SPY",))
    assert ask(blackout, trader, an_intent("buy", 1, symbol, price)).answer == answer


def test_an_exit_goes_and_nobody_knows_one_without_an_account() -> None:
    trader = a_trader()
    holds(trader, "buy", 10)
    trader.book.settings = a_trader(blackout_symbols=("SPY",)).book.settings
    assert ask(blackout, trader, an_intent("sell", 10, price="499")).answer == "ALLOW"
    trader.book.routes.clear()
    assert ask(blackout, trader, an_intent("sell", 10, price="499")).answer == "BLOCK"
