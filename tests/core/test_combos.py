"""Is it remembered what was opened as one, until it is closed?"""

from decimal import Decimal

from tests.makers import (
    ACCOUNT,
    CALL,
    HIGHER_CALL,
    Trader,
    a_report,
    a_trade,
    number,
    some_settings,
    the,
)

from tradebot.core.book.combos import KEPT_MAX, Combos
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Leg, Side
from tradebot.core.model.report import LegFill

SPREAD = (Leg(symbol=CALL, side=Side.BUY), Leg(symbol=HIGHER_CALL, side=Side.SELL))
BACK = (Leg(symbol=CALL, side=Side.SELL), Leg(symbol=HIGHER_CALL, side=Side.BUY))
FILLS = (LegFill(symbol=CALL, last_px=Decimal(10)), LegFill(symbol=HIGHER_CALL, last_px=Decimal(5)))


def a_trader() -> Trader:
    return Trader(some_settings(policy={"order_notional_max_usd": Decimal(10**9)}))


def ordered(trader: Trader, legs: tuple[Leg, ...], qty: int, price: str) -> ClOrdID:
    sent = trader.submit("buy", qty, legs=legs, price=price)
    return ClOrdID(the(sent, OrderSubmitted).cl_ord_id)


def known(trader: Trader) -> list[Decimal]:
    """How many spreads are remembered, of each way round."""
    return [qty for _, qty in trader.book.orders.combos.of(ACCOUNT, "sma")]


def test_fills_add_up_and_closing_takes_them_away() -> None:
    trader = a_trader()
    order = ordered(trader, SPREAD, 3, "5")
    for name, qty in (("X1", 1), ("X2", 2)):
        trader.tell(a_trade(name, qty, 5, order, legs=FILLS))
    assert known(trader) == [3]
    back = ordered(trader, BACK, 2, "-4.80")
    trader.tell(a_trade("X3", 2, "-5", back, legs=FILLS))
    assert known(trader) == [1]


def test_a_bust_takes_back_what_was_opened() -> None:
    trader = a_trader()
    order = ordered(trader, SPREAD, 3, "5")
    trader.tell(a_trade("X1", 3, 5, order, legs=FILLS))
    trader.tell(a_report("trade_cancel", order, exec_id="X2", exec_ref_id="X1"))
    assert known(trader) == []


def test_what_is_held_no_more_is_forgotten() -> None:
    trader = a_trader()
    trader.tell(a_trade("X1", 2, 5, ordered(trader, SPREAD, 2, "5"), legs=FILLS))
    for symbol, is_sell in ((HIGHER_CALL, False), (CALL, True)):
        trader.tell(a_report(
            "settlement", symbol, exec_id=symbol, symbol=symbol, is_sell=is_sell, last_qty=2,
        ))
        assert known(trader) == []


def test_an_owner_s_memory_is_bounded() -> None:
    combos = Combos()
    for ratio in range(1, KEPT_MAX + 10):
        legs = (SPREAD[0], Leg(symbol="IBM", side=Side.SELL, ratio_qty=number(ratio)))
        combos.traded("A", "sma", legs, Decimal(1))
    assert len(list(combos.of("A", "sma"))) == KEPT_MAX
    newest, _ = next(combos.of("A", "sma"))
    assert dict(newest)["IBM"] == -(KEPT_MAX + 9)
