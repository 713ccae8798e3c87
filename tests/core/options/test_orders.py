"""Is an order told by its legs and its price alone, whatever somebody claims it to be?"""

from decimal import Decimal

import pytest
from tests.core.options.making import an_option
from tests.makers import an_instrument, an_intent

from tradebot.core.model.instrument import Instrument, Right, parse_occ
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.options.orders import Made, made_by
from tradebot.core.options.shapes import CALL, PUT
from tradebot.shell.views.trade import trade

SHARE = an_instrument("SPY", is_fund=True)


def terms_of(symbol: str) -> Instrument | None:
    return SHARE if symbol == "SPY" else parse_occ(symbol)


def an_order(legs: str, price: str | None, qty: int = 1) -> Intent:
    """Make an order of "+95 put -100 put"; "+100 shares" are shares."""
    words = legs.split()
    return an_intent(
        legs=tuple(
            Leg(symbol="SPY", side=_side(number), ratio_qty=Decimal(number[1:]))
            if kind == "shares" else Leg(
                symbol=an_option(Right(kind), number[1:]).symbol, side=_side(number)
            )
            for number, kind in zip(words[::2], words[1::2], strict=True)
        ),
        order_qty=Decimal(qty), price=None if price is None else Decimal(price),
        ord_type=OrdType.MARKET if price is None else OrdType.LIMIT,
    )


def _side(number: str) -> Side:
    return Side.BUY if number.startswith("+") else Side.SELL


def made(legs: str, price: str | None, qty: int = 1, *, closes: bool = False) -> Made:
    found = made_by(an_order(legs, price, qty), terms_of, closes=closes)
    assert found is not None
    return found


@pytest.mark.parametrize(("legs", "price", "qty", "name", "cost", "loss", "profit"), [
    ("-95 put", "1.50", 2, "cash_secured_put", -300, 18_700, 300),
    ("+105 call", "2", 1, "long_call", 200, 200, None),
    ("+95 put -100 put", "-1.20", 3, "put_credit_spread", -360, 1_140, 360),
    ("+100 call +100 put", "5", 1, "long_straddle", 500, 500, None),
    ("+100 shares -105 call", "98", 1, "covered_call", 9_800, 9_800, 700),
    ("-95 call +100 put", "1", 1, "combo", 100, None, 9_900),
])
def test_an_order_is_named_and_weighed_by_its_legs(
    legs: str, price: str, qty: int, name: str, cost: int, loss: int | None, profit: int | None
) -> None:
    found = made(legs, price, qty)
    assert (found.name, found.cost) == (name, cost)
    assert found.terms is not None
    assert (found.terms.max_loss, found.terms.max_profit) == (loss, profit)


def test_what_closes_is_named_by_what_it_takes_apart() -> None:
    found = made("-95 put +100 put", "1.40", closes=True)
    assert (found.name, found.terms) == ("close_put_credit_spread", None)
    assert found.words() == [
        "Close 1 x SPY put credit spread: sell 2026-12-18 95 put, buy 2026-12-18 100 put.",
        "It costs $140.",
    ]
    assert made("-95 put +100 put", "1.40").name == "put_debit_spread"


def test_without_a_price_nobody_knows_the_cost() -> None:
    found = made("+105 call", None)
    assert (found.cost, found.terms) == (None, None)
    assert found.words()[-1] == "It takes whatever price the market has."


def test_shares_alone_make_nothing() -> None:
    assert made_by(an_intent(), terms_of, closes=False) is None


def test_legs_on_two_underlyings_are_not_weighed_together() -> None:
    other = an_option(CALL, 105).symbol.replace("SPY", "QQQ")
    body = an_intent(legs=(
        Leg(symbol=an_option(PUT, 100).symbol, side=Side.BUY), Leg(symbol=other, side=Side.SELL),
    ), price="1")
    found = made_by(body, terms_of, closes=False)
    assert found is not None
    assert (found.strategy, found.terms) == (None, None)


def test_a_draft_tells_all_that_its_terms_can_lose() -> None:
    """The gates take shares to lose a part of their worth; a person hears of all of it."""
    body = an_order("+100 shares -105 call", "98")
    found = trade(body, made_by(body, terms_of, closes=False), Decimal(490))
    assert found["max_loss"] == "9800"
    assert found["break_evens"] == ["98"]
