"""Who may sell what? Nothing is sold twice, and nothing short where the broker takes no shorts."""

from tests.makers import (
    ACCOUNT,
    CALL,
    HIGHER_CALL,
    Trader,
    a_route,
    a_trade,
    capabilities,
    of,
    some_settings,
    the,
)

from tradebot.core.model.events import IntentRefused, OrderSubmitted
from tradebot.core.model.intent import Leg, Side


def a_trader(*, allows_short: bool) -> Trader:
    trader = Trader(some_settings())
    trader.tell(a_route(capabilities=capabilities(allows_short=allows_short)))
    order = the(trader.submit("buy", 10), OrderSubmitted)
    trader.tell(a_trade("X1", 10, "500", order.cl_ord_id))
    return trader


def test_what_is_held_may_be_sold_once() -> None:
    trader = a_trader(allows_short=False)
    assert of(trader.submit("sell", 6), OrderSubmitted)
    refused = the(trader.submit("sell", 6), IntentRefused)
    assert refused.reason == "VALIDATION_NOT_SUPPORTED"
    assert refused.detail.startswith("4 SPY left to sell")
    assert of(trader.submit("sell", 4), OrderSubmitted)


def test_nothing_is_sold_short_where_the_broker_takes_no_shorts() -> None:
    trader = a_trader(allows_short=False)
    assert of(trader.submit("sell", 1, symbol="IBM", price="200"), IntentRefused)
    assert of(trader.submit("sell", 1, symbol=CALL, price="10"), IntentRefused)
    free = a_trader(allows_short=True)
    assert of(free.submit("sell", 1, symbol="IBM", price="200"), OrderSubmitted)


def test_the_options_of_a_combo_cover_each_other_but_not_the_shares() -> None:
    trader = a_trader(allows_short=False)
    spread = (Leg(symbol=CALL, side=Side.BUY), Leg(symbol=HIGHER_CALL, side=Side.SELL))
    assert of(trader.submit("buy", 1, legs=spread, price="5"), OrderSubmitted)
    shares = (Leg(symbol=CALL, side=Side.BUY), Leg(symbol="IBM", side=Side.SELL))
    assert of(trader.submit("buy", 1, legs=shares, price=None), IntentRefused)


def test_two_exits_of_one_position_do_not_both_count_as_closing() -> None:
    trader = a_trader(allows_short=True)
    first = the(trader.submit("sell", 10), OrderSubmitted)
    second = the(trader.submit("sell", 10), OrderSubmitted)
    assert first.reserved == 0
    assert second.reserved == trader.book.orders.reserved[ACCOUNT] > 0
