"""Do the gates about money let through what is at the limit, and nothing just over it?

SPY at 500 can lose 25 a share. Each row: what came before, side, quantity, then the answer with
its numbers.
"""

from typing import Any

import pytest
from tests import makers
from tests.core.gates.accounts import Asked, Given

from tradebot.core.gates.cash_buffer import cash_buffer
from tradebot.core.gates.day_risk import day_risk
from tradebot.core.gates.heat import heat
from tradebot.core.gates.margin_use import margin_use
from tradebot.core.gates.minimum_equity import minimum_equity
from tradebot.core.gates.order_notional import order_notional
from tradebot.core.gates.order_risk import order_risk
from tradebot.core.gates.panel import Gate
from tradebot.core.gates.price_collar import price_collar
from tradebot.core.gates.trade_loss import trade_loss
from tradebot.core.model.events import SessionEntered
from tradebot.core.model.intent import Leg, Side
from tradebot.core.model.reason import Answer, Reason, mark_need, quote_need, route_need
from tradebot.core.model.report import Holding

MONEY = (minimum_equity, cash_buffer, margin_use, trade_loss, order_risk, heat, day_risk)


def nothing(asked: Asked) -> None:
    pass


def held(qty: int, px: int = 500) -> Given:
    return lambda asked: asked.trade("buy" if qty > 0 else "sell", abs(qty), px)


def working(qty: int) -> Given:
    return lambda asked: asked.submit("buy", qty, price=None)


def cash(amount: int) -> Given:
    def give(asked: Asked) -> None:
        asked.book.ledger.accounts[makers.ACCOUNT].cash = makers.number(amount)

    return give


def a_new_day(asked: Asked) -> None:
    asked.trade("buy", 100)
    entered = makers.a_session()
    asked.book.apply(SessionEntered(
        calendar=entered.calendar, phase=entered.phase, session="2026-08-25"
    ))


def check(gate: Gate, reason: Reason, row: tuple[Any, ...]) -> None:
    given, side, qty, actual, limit, passes = row
    asked = Asked()
    given(asked)
    told = asked.ask(gate, side, qty)
    assert told.answer is (Answer.ALLOW if passes else Answer.BLOCK)
    assert told.reason is (None if passes else reason)
    assert (told.actual, told.limit) == (actual, limit)


@pytest.mark.parametrize("row", [
    (nothing, "buy", 80, 2000, 2000, True), (nothing, "buy", 81, 2025, 2000, False),
    (nothing, "sell", 80, 2000, 2000, True), (nothing, "sell", 81, 2025, 2000, False),
    (held(200), "sell", 200, None, None, True), (held(200), "sell", 281, 2025, 2000, False),
    (cash(0), "buy", 1, 25, 0, False), (cash(-5000), "buy", 1, 25, -100, False),
])
def test_trade_loss_is_two_percent_of_equity(row: tuple[Any, ...]) -> None:
    check(trade_loss, Reason.RISK_TRADE_LOSS, row)


@pytest.mark.parametrize("row", [
    (nothing, "buy", 400, 10_000, 10_000, True), (nothing, "buy", 401, 10_025, 10_000, False),
    (working(300), "buy", 100, 10_000, 10_000, True),
    (working(300), "buy", 101, 10_025, 10_000, False),
    (held(300), "buy", 400, 10_000, 10_000, True), (held(9), "sell", 9, None, None, True),
])
def test_order_risk_is_ten_percent_of_equity_over_all_working_orders(row: tuple[Any, ...]) -> None:
    check(order_risk, Reason.RISK_ORDER_RISK, row)


@pytest.mark.parametrize("row", [
    (nothing, "buy", 800, 20_000, 20_000, True), (nothing, "buy", 801, 20_025, 20_000, False),
    (held(700), "buy", 100, 20_000, 20_000, True), (held(700), "buy", 101, 20_025, 20_000, False),
    (held(-700), "sell", 101, 20_025, 20_000, False), (held(900), "sell", 900, None, None, True),
    (working(700), "buy", 101, 20_025, 20_000, False),
])
def test_heat_is_twenty_percent_of_equity_over_positions_and_orders(row: tuple[Any, ...]) -> None:
    check(heat, Reason.RISK_HEAT, row)


def in_and_out(asked: Asked) -> None:
    asked.trade("buy", 100)
    asked.trade("sell", 100)


@pytest.mark.parametrize("row", [
    (nothing, "buy", 160, 4000, 4000, True), (nothing, "buy", 161, 4025, 4000, False),
    (held(100), "buy", 60, 4000, 4000, True), (held(100), "buy", 61, 4025, 4000, False),
    (in_and_out, "buy", 61, 4025, 4000, False), (working(100), "buy", 61, 4025, 4000, False),
    (held(200), "sell", 200, None, None, True), (a_new_day, "buy", 160, 4000, 4000, True),
])
def test_day_risk_is_four_percent_of_equity_and_closing_gives_none_back(
    row: tuple[Any, ...]
) -> None:
    check(day_risk, Reason.RISK_DAY_RISK, row)


@pytest.mark.parametrize("row", [
    (nothing, "buy", 160, 80_000, 80_000, True), (nothing, "buy", 161, 80_500, 80_000, False),
    (held(100), "buy", 60, 30_000, 30_000, True), (held(100), "buy", 61, 30_500, 30_000, False),
    (held(-100), "buy", 161, 30_500, 30_000, False), (held(180), "sell", 180, None, None, True),
    (working(100), "buy", 61, 30_500, 30_000, False), (cash(0), "buy", 1, 500, 0, False),
])
def test_cash_buffer_keeps_twenty_percent_of_equity_aside(row: tuple[Any, ...]) -> None:
    check(cash_buffer, Reason.RISK_CASH_BUFFER, row)


@pytest.mark.parametrize("row", [
    (nothing, "buy", 200, 50_000, 50_000, True), (nothing, "buy", 201, 50_250, 50_000, False),
    (held(100), "buy", 101, 50_250, 50_000, False), (held(300), "sell", 300, None, None, True),
    (working(100), "buy", 101, 50_250, 50_000, False), (cash(0), "buy", 1, 250, 0, False),
])
def test_margin_use_is_half_of_equity(row: tuple[Any, ...]) -> None:
    check(margin_use, Reason.RISK_MARGIN_USE, row)


@pytest.mark.parametrize("row", [
    (cash(10_000), "buy", 1, 10_000, 10_000, True), (cash(9_999), "buy", 1, 10_000, 9_999, False),
    (cash(0), "buy", 1, 10_000, 0, False),
])
def test_minimum_equity_is_ten_thousand(row: tuple[Any, ...]) -> None:
    check(minimum_equity, Reason.RISK_MINIMUM_EQUITY, row)


@pytest.mark.promise(30)
@pytest.mark.parametrize("gate", MONEY, ids=lambda gate: gate.__name__)
def test_nothing_about_money_passes_while_it_is_unknown(gate: Gate) -> None:
    asked = Asked()
    asked.book.routes.clear()
    assert asked.ask(gate, "buy", 1).need == route_need("")
    unvalued = Asked()
    unvalued.tell(makers.a_route("second", statement=makers.a_statement(
        account="B", holdings=(Holding(symbol="IBM", qty=makers.number(5)),)
    )))
    told = unvalued.ask(gate, "buy", 1, route="second")
    assert (told.answer, told.need) == (Answer.PAUSE, mark_need("IBM"))
    unvalued.mark(200, "IBM")
    assert unvalued.ask(gate, "buy", 1, route="second").answer is Answer.ALLOW
    if gate is not minimum_equity:
        asked = Asked()
        asked.facts.quotes.clear()
        told = asked.ask(gate, "buy", 1)
        assert (told.answer, told.need) == (Answer.PAUSE, quote_need("SPY"))


# What options can lose: the price paid, or what their terms allow, times 100.
SPREAD = (Leg(symbol=makers.CALL, side=Side.BUY), Leg(symbol=makers.HIGHER_CALL, side=Side.SELL))
SOLD = (Leg(symbol=makers.CALL, side=Side.SELL), Leg(symbol=makers.HIGHER_CALL, side=Side.BUY))
PUT = makers.CALL.replace("C005", "P005")


@pytest.mark.parametrize(("changes", "loses"), [
    ({"symbol": makers.CALL, "side": "buy"}, 1010),  # the premium
    ({"symbol": makers.CALL, "side": "buy", "price": "9"}, 900),
    ({"legs": SPREAD, "price": "5"}, 500),  # the debit
    ({"legs": SOLD, "price": "-4.80"}, 520),  # the width of ten less the credit
    ({"symbol": PUT, "side": "sell"}, 49_000),  # the strike less the premium
    ({"symbol": makers.CALL, "side": "sell"}, None),
])
def test_options_lose_what_their_terms_allow(changes: dict[str, Any], loses: int | None) -> None:
    asked = Asked()
    asked.facts.quotes[PUT] = makers.a_quote(PUT, 10, "10.20", asked.now)
    told = asked.ask(trade_loss, changes.pop("side", "buy"), 1, **changes)
    assert told.actual == loses
    if loses is None:
        assert (told.answer, told.reason) == (Answer.BLOCK, Reason.RISK_UNDEFINED_LOSS)


COVERED = (
    Leg(symbol="SPY", side=Side.BUY, ratio_qty=makers.number(100)),
    Leg(symbol=makers.CALL, side=Side.SELL),
)


@pytest.mark.parametrize(("price", "loses"), [("490", 2500), ("500", 2500), ("510", 3500)])
def test_a_call_that_is_sold_against_shares_has_an_end(price: str, loses: int) -> None:
    """Its price is a share: above that of the shares, the call costs money and brings none."""
    assert Asked().ask(trade_loss, "buy", 1, legs=COVERED, price=price).actual == loses


def test_a_combo_that_pays_more_than_the_market_is_worth_what_it_pays() -> None:
    """Its legs are worth 50,000 and 990; the market's net price is 490.10."""
    told = [
        Asked().ask(order_notional, "buy", 1, legs=COVERED, price=price).actual
        for price in ("480", "490.10", "492.10")
    ]
    assert told == [50_990, 50_990, 51_190]


@pytest.mark.parametrize(("price", "beyond"), [
    ("49000", Answer.BLOCK), ("520", Answer.BLOCK), ("492", Answer.ALLOW), ("4.90", Answer.ALLOW),
])
def test_the_collar_asks_for_the_price_of_a_combo_a_share(price: str, beyond: Answer) -> None:
    assert Asked().ask(price_collar, "buy", 1, legs=COVERED, price=price).answer is beyond
