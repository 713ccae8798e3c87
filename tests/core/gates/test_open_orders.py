"""Are orders at work counted, in all and by symbol?"""

import pytest
from tests.core.gates.asking import a_trader, ask, holds, said, works
from tests.makers import a_report, an_intent

from tradebot.core.gates.open_orders import open_orders, open_orders_symbol
from tradebot.core.model.commands import RequestCancelAll
from tradebot.core.model.report import ExecType


@pytest.mark.promise(13)
@pytest.mark.parametrize(("limit", "expected"), [
    (4, "ALLOW 3 against 4"), (3, "ALLOW 3 against 3"), (2, "BLOCK 3 against 2"),
])
def test_all_of_them_count(limit: int, expected: str) -> None:
    trader = a_trader()
    works(trader)
    works(trader, symbol="IBM", price="200")
    trader.book.settings = a_trader(open_orders_max=limit).book.settings
    assert said(ask(open_orders, trader)) == expected


@pytest.mark.parametrize(("limit", "expected"), [
    (3, "ALLOW 2 against 3"), (2, "ALLOW 2 against 2"), (1, "BLOCK 2 against 1"),
])
def test_each_symbol_has_its_own_count(limit: int, expected: str) -> None:
    trader = a_trader(open_orders_symbol_max=limit)
    order = works(trader)
    works(trader, symbol="IBM", price="200")
    assert said(ask(open_orders_symbol, trader)) == expected
    trader.tell(RequestCancelAll(by="alice"))
    trader.tell(a_report(ExecType.CANCELED, order))
    assert said(ask(open_orders_symbol, trader)) == f"ALLOW 1 against {limit}"


def test_an_exit_is_free_of_both() -> None:
    trader = a_trader()
    holds(trader, "buy", 10)
    trader.book.settings = a_trader(open_orders_max=0, open_orders_symbol_max=0).book.settings
    for gate in (open_orders, open_orders_symbol):
        assert ask(gate, trader, an_intent("sell", 10, price="499")).answer == "ALLOW"
        assert ask(gate, trader, an_intent("sell", 11, price="499")).answer == "BLOCK"
