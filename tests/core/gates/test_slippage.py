"""Is an order without a limit refused where it would pay too much?"""

from decimal import Decimal

import pytest
from tests.core.gates.asking import a_trader, ask, holds, said
from tests.makers import Trader, a_quote, an_intent

from tradebot.core.gates.slippage import slippage


@pytest.mark.parametrize(("qty", "shown", "expected"), [
    (100, 100, "ALLOW 10 against 25"),  # half of 0.20 on 100
    (250, 100, "ALLOW 25 against 25"),
    (251, 100, "BLOCK 25.1 against 25"),
    (50, 0, "ALLOW 10 against 25"),  # a feed without sizes: a hundred assumed
    (300, 0, "BLOCK 30 against 25"),
])
def test_half_the_spread_and_as_much_for_each_further_size(
    qty: int, shown: int, expected: str
) -> None:
    trader = _quoted("99.90", "100.10", shown)
    assert said(ask(slippage, trader, an_intent("buy", qty, price=None))) == expected


def test_a_limit_is_the_collars_to_ask() -> None:
    assert said(ask(slippage, _quoted("50", "150", 1), an_intent("buy", 100))) == "ALLOW"


def test_an_exit_may_pay_more() -> None:
    trader = a_trader(slippage_max_bps="25")
    holds(trader, "buy", 50)
    trader.facts.quotes["SPY"] = a_quote("SPY", "90", "110", trader.now)
    assert ask(slippage, trader, an_intent("sell", 50, price=None)).answer == "ALLOW"
    assert ask(slippage, trader, an_intent("sell", 51, price=None)).answer == "BLOCK"


def test_without_a_quote_it_waits_and_without_any_size_nothing_passes() -> None:
    trader = _quoted("99.90", "100.10", 0)
    trader.facts.quotes.clear()
    assert ask(slippage, trader, an_intent("buy", 1, price=None)).need == "quote:SPY"


def _quoted(bid: str, ask_: str, shown: int) -> Trader:
    trader = a_trader(slippage_max_bps="25")
    size = Decimal(shown)
    trader.facts.quotes["SPY"] = a_quote(
        "SPY", bid, ask_, trader.now, bid_size=size, ask_size=size
    )
    return trader
