"""May shares and options of one underlying together grow beyond their part of the account?"""

import pytest
from tests.core.gates.asking import a_trader, ask, holds, said, works
from tests.makers import CALL, an_intent

from tradebot.core.gates.symbol_exposure import symbol_exposure


@pytest.mark.parametrize(("calls", "expected"), [
    (4, "ALLOW 9050 against 10050"),
    (5, "ALLOW 10050 against 10050"),
    (6, "BLOCK 11060 against 10050"),
])
def test_calls_count_with_the_shares_they_rise_with(calls: int, expected: str) -> None:
    trader = a_trader(symbol_exposure_max_frac="0.1005")
    holds(trader, "buy", 10, price="500")
    trader.book.exposure.held("PAPER-1", "SPY", trader.book.ledger.nets["PAPER-1"]["SPY"].value)
    body = an_intent("buy", calls, CALL, price="10.10")
    found = said(ask(symbol_exposure, trader, body))
    assert found.split()[0] == expected.split()[0]


def test_two_quotes_around_the_market_count_once() -> None:
    trader = a_trader(symbol_exposure_max_frac="0.05")
    works(trader, "sell", 9, price="501")
    body = an_intent("buy", 9, price="501")
    assert said(ask(symbol_exposure, trader, body)) == "ALLOW 4509 against 5000"


def test_an_exit_is_free_of_it_and_no_equity_stops_it() -> None:
    trader = a_trader(symbol_exposure_max_frac="0.10")
    trader.book.ledger.accounts["PAPER-1"].cash -= 100_000
    assert said(ask(symbol_exposure, trader)) == "BLOCK 5000.1 against 0"
    trader = a_trader(symbol_exposure_max_frac="0.0001")
    trader.book.settings, narrow = a_trader().book.settings, trader.book.settings
    holds(trader, "buy", 10)
    trader.book.settings = narrow
    assert said(ask(symbol_exposure, trader, an_intent("sell", 10, price="499"))) == "ALLOW"


def test_without_a_quote_it_waits() -> None:
    trader = a_trader()
    trader.facts.quotes.clear()
    assert ask(symbol_exposure, trader).need == "quote:SPY"
