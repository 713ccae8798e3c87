"""Does reduce-only let through exactly what closes?"""

import pytest
from tests.core.gates.asking import a_trader, ask, holds
from tests.makers import CALL, HIGHER_CALL, an_intent

from tradebot.core.gates.reduce_only import reduce_only
from tradebot.core.model.commands import Control, SetControl

ON = SetControl(control=Control.REDUCE_ONLY, engaged=True, reason="late", by="alice")


@pytest.mark.parametrize(("side", "qty", "answer"), [
    ("sell", 10, "ALLOW"), ("sell", 11, "BLOCK"), ("buy", 1, "BLOCK"),
])
def test_a_position_may_only_shrink(side: str, qty: int, answer: str) -> None:
    trader = a_trader()
    holds(trader, "buy", 10)
    assert ask(reduce_only, trader, an_intent(side, qty)).answer == "ALLOW"
    trader.tell(ON)
    assert ask(reduce_only, trader, an_intent(side, qty)).answer == answer


def test_a_structure_closes_as_one_order() -> None:
    trader = a_trader()
    holds(trader, "buy", 2, symbol=CALL, price="10.10")
    holds(trader, "buy", 2, symbol=HIGHER_CALL, price="5.10")
    trader.tell(ON)
    legs = (an_intent("sell", 1, CALL).legs[0], an_intent("sell", 1, HIGHER_CALL).legs[0])
    assert ask(reduce_only, trader, an_intent(qty=2, price="-5", legs=legs)).answer == "ALLOW"
    assert ask(reduce_only, trader, an_intent(qty=3, price="-5", legs=legs)).answer == "BLOCK"


def test_nobody_knows_what_closes_without_an_account() -> None:
    trader = a_trader()
    trader.tell(ON)
    trader.book.routes.clear()
    assert ask(reduce_only, trader, an_intent("sell", 10)).answer == "BLOCK"
