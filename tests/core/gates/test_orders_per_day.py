"""Does the day's count stop entries, let exits through, and begin anew with the session?"""

import pytest
from tests.core.gates.asking import a_trader, ask, holds, said, works
from tests.makers import an_intent

from tradebot.core.gates.orders_per_day import orders_per_day
from tradebot.core.model.commands import EnterSession, Phase


@pytest.mark.parametrize(("limit", "expected"), [
    (3, "ALLOW 2 against 3"), (2, "ALLOW 2 against 2"), (1, "BLOCK 2 against 1"),
])
def test_each_order_counts_once(limit: int, expected: str) -> None:
    trader = a_trader(orders_per_day_max=limit)
    works(trader)
    assert said(ask(orders_per_day, trader)) == expected
    assert ask(orders_per_day, trader, attempt=2).answer == "ALLOW", "it was counted before"


def test_exits_go_on_and_a_new_session_begins_anew() -> None:
    trader = a_trader(orders_per_day_max=1)
    holds(trader, "buy", 10)
    assert ask(orders_per_day, trader).answer == "BLOCK"
    exit_ = an_intent("sell", 10, price="499")
    assert said(ask(orders_per_day, trader, exit_)) == "ALLOW 2 against 1"
    for calendar, answer in (("24/7", "BLOCK"), ("XNYS", "ALLOW")):
        trader.tell(EnterSession(calendar=calendar, phase=Phase.TRADING, session="2026-08-25"))
        assert ask(orders_per_day, trader).answer == answer


def test_nobody_knows_what_closes_without_an_account() -> None:
    trader = a_trader(orders_per_day_max=0)
    trader.book.routes.clear()
    assert ask(orders_per_day, trader).answer == "BLOCK"
