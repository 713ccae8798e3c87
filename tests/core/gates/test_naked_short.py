"""Is an option never sold that nothing covers, nor its cover sold from under it?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.gates.asking import ask
from tests.core.gates.desks import CALLS, PUTS, a_condor, a_desk, a_spread, at_work, holding, option
from tests.makers import ACCOUNT, Trader, an_intent

from tradebot.core.gates.naked_short import naked_short
from tradebot.core.gates.trade_loss import trade_loss
from tradebot.core.model.desk_policy import DeskPolicy
from tradebot.core.model.instrument import Right
from tradebot.core.model.intent import Intent
from tradebot.core.model.reason import Reason

NEAR = option(515, Right.CALL, ends=date(2026, 9, 18))
FAR = option(515, Right.CALL, ends=date(2026, 10, 16))


def sell(symbol: str, qty: int = 1) -> Intent:
    return an_intent("sell", qty, symbol, price="2")


def gated(desk: Trader, **policy: Any) -> Trader:
    """Have the desk decide under one policy from here on."""
    desk.book.settings = a_desk(**policy).book.settings
    return desk


@pytest.mark.parametrize(("body", "answer"), [
    (a_condor(5), "ALLOW"),
    (a_spread(("sell", CALLS[0]), ("buy", CALLS[1])), "ALLOW"),
    (sell(CALLS[0]), "BLOCK"),
    (a_spread(("sell", CALLS[0]), ("sell", PUTS[0])), "BLOCK"),
    (a_spread(("sell", NEAR), ("buy", FAR)), "ALLOW"),
    (a_spread(("sell", FAR), ("buy", NEAR)), "BLOCK"),  # what covers ends first
    (an_intent("buy", 1, CALLS[0]), "ALLOW"),
])
def test_naked_short_calls_are_never_opened(body: Intent, answer: str) -> None:
    told = ask(naked_short, a_desk(NEAR, FAR, naked_puts=True), body)
    assert told.answer == answer
    assert told.reason in (None, Reason.RISK_NAKED_SHORT)


@pytest.mark.parametrize(("shares", "qty", "answer"), [
    (100, 1, "ALLOW"), (199, 1, "ALLOW"), (199, 2, "BLOCK"), (99, 1, "BLOCK"),
])
def test_naked_short_is_no_call_that_shares_cover(shares: int, qty: int, answer: str) -> None:
    assert ask(naked_short, holding(("SPY", shares)), sell(CALLS[0], qty)).answer == answer


def test_the_cover_cannot_be_sold_from_under_it() -> None:
    desk = holding((CALLS[1], 1), (CALLS[0], -1))
    assert ask(naked_short, desk, sell(CALLS[1])).answer == "BLOCK"
    assert ask(naked_short, desk, an_intent("buy", 1, CALLS[0])).answer == "ALLOW"
    closing = a_spread(("buy", CALLS[0]), ("sell", CALLS[1]))
    assert ask(naked_short, desk, closing).answer == "ALLOW"
    desk = holding(("SPY", 100), (FAR, -1))
    assert ask(naked_short, desk, sell(CALLS[0])).answer == "BLOCK"  # the shares cover one already


def test_orders_at_work_use_up_the_cover_and_bring_none() -> None:
    desk = holding(("SPY", 100))
    spread = a_spread(("sell", CALLS[0]), ("buy", CALLS[1]))
    assert ask(naked_short, desk, sell(CALLS[0])).answer == "ALLOW"
    at_work(desk, replace(spread, legs=spread.legs[:1]))
    assert ask(naked_short, desk, sell(CALLS[0])).answer == "BLOCK"
    assert ask(naked_short, desk, spread).answer == "ALLOW"
    desk = holding()
    at_work(desk, an_intent("buy", 1, CALLS[1], price="1"))
    assert ask(naked_short, desk, sell(CALLS[0])).answer == "BLOCK"


@pytest.mark.parametrize(("cash", "answer"), [(48_500, "ALLOW"), (48_499, "BLOCK")])
def test_a_put_is_covered_by_a_bought_one_or_by_cash(cash: int, answer: str) -> None:
    desk = a_desk()
    desk.book.ledger.accounts[ACCOUNT].cash = Decimal(cash)
    assert ask(naked_short, desk, sell(PUTS[1])).answer == answer
    spread = a_spread(("buy", PUTS[0]), ("sell", PUTS[1]), qty=9)
    assert ask(naked_short, desk, spread).answer == "ALLOW"
    assert ask(naked_short, gated(desk, naked_puts=True), sell(PUTS[1], 9)).answer == "ALLOW"


@pytest.mark.parametrize(("held", "qty", "answer"), [
    ((("SPY", 200),), 2, "ALLOW"), ((("SPY", 200),), 3, "BLOCK"), ((("SPY", 199),), 2, "BLOCK"),
    ((("SPY", 200), (FAR, -1)), 1, "ALLOW"), ((("SPY", 200), (FAR, -1)), 2, "BLOCK"),
    ((("SPY", 100), (FAR, -1), (CALLS[1], 1)), 1, "BLOCK"),  # what is bought ends first
    ((), 1, "BLOCK"),
])
def test_a_call_loses_without_end_unless_shares_that_are_held_cover_it(
    held: tuple[tuple[str, int], ...], qty: int, answer: str
) -> None:
    desk = holding(*held, desk=a_desk(FAR))
    told = ask(trade_loss, desk, sell(CALLS[0], qty))
    assert told.answer == answer
    assert told.reason in (None, Reason.RISK_UNDEFINED_LOSS)


def test_what_is_naked_already_may_shrink_but_not_grow() -> None:
    desk = holding((CALLS[0], -2))
    assert ask(naked_short, desk, an_intent("buy", 1, CALLS[0])).answer == "ALLOW"
    assert ask(naked_short, desk, sell(CALLS[0])).answer == "BLOCK"


def test_nobody_knows_what_is_covered_without_an_account() -> None:
    desk = a_desk()
    desk.book.routes.clear()
    assert ask(naked_short, desk, sell(PUTS[0])).answer == "PAUSE"
    assert DeskPolicy().naked_puts is False
