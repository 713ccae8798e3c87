"""Is the same order refused a second time in a row, and only then?"""

from typing import Any

import pytest
from tests.core.gates.asking import a_trader, ask, said, works
from tests.makers import an_intent

from tradebot.core.gates.duplicate_order import duplicate_order


@pytest.mark.parametrize(("later", "expected"), [
    (4, "BLOCK 4 against 5"), (5, "ALLOW"), (6, "ALLOW"),
])
def test_the_same_order_must_come_later(later: int, expected: str) -> None:
    trader = a_trader(duplicate_within_s=5)
    works(trader)
    trader.seconds += later
    assert said(ask(duplicate_order, trader)) == expected


@pytest.mark.parametrize("change", [
    {"side": "sell"}, {"qty": 11}, {"symbol": "IBM"}, {"price": "499"}, {"strategy_id": "other"},
], ids=str)
def test_any_difference_makes_it_another_order(change: dict[str, Any]) -> None:
    trader = a_trader(duplicate_within_s=5)
    works(trader)
    assert ask(duplicate_order, trader, an_intent(**change)).answer == "ALLOW"
    assert ask(duplicate_order, trader, an_intent(qty="10.0")).answer == "BLOCK"


def test_what_is_old_is_forgotten() -> None:
    trader = a_trader(duplicate_within_s=5)
    for number in range(20):
        works(trader, "buy", 1, price=str(500 - number))
    assert len(trader.book.flow.sent) <= 7
