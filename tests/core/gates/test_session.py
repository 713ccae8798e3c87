"""When may orders go out? While the market is in its session, by its hours as well as its phase."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests import makers

from tradebot.core.book.book import Book
from tradebot.core.book.places import Market
from tradebot.core.gates.hours import may_trade
from tradebot.core.model.commands import Phase
from tradebot.core.model.settings import Policy

OPENS, CLOSES = makers.OPEN, makers.OPEN + timedelta(hours=6, minutes=30)
SECOND = timedelta(seconds=1)


def a_book(phase: Phase, *outside: str) -> Book:
    book = Book()
    policy = Policy(order_qty_max=Decimal(1), trade_outside_hours=outside)
    book.settings = replace(makers.some_settings(), policy=policy)
    book.markets["XNYS"] = Market(phase=phase, session="today", opens=OPENS, closes=CLOSES)
    return book


@pytest.mark.parametrize("phase", Phase)
def test_orders_go_out_in_the_session_alone(phase: Phase) -> None:
    assert may_trade(a_book(phase), "XNYS", OPENS + SECOND) is (phase is Phase.TRADING)


@pytest.mark.parametrize(("at", "may"), [
    (OPENS - 2 * SECOND, False), (OPENS - SECOND, True), (OPENS, True),
    (CLOSES - SECOND, True), (CLOSES, False), (CLOSES + SECOND, False),
])
def test_the_hours_count_where_the_phase_lags(at: object, may: bool) -> None:
    assert may_trade(a_book(Phase.TRADING), "XNYS", at) is may  # type: ignore[arg-type]


@pytest.mark.parametrize("phase", Phase)
def test_where_the_policy_allows_it_only_a_closed_market_takes_none(phase: Phase) -> None:
    book = a_book(phase, "XNYS")
    assert may_trade(book, "XNYS", OPENS - timedelta(hours=1)) is (phase is not Phase.CLOSED)


def test_a_market_that_nobody_told_of_takes_none() -> None:
    assert not may_trade(Book(), "XNYS", OPENS)
