"""How is an order written for Alpaca, and what is declined before anything leaves?"""

from decimal import Decimal
from typing import Any

import pytest
from tests.makers import CALL, HIGHER_CALL, an_intent
from tests.plugins.alpaca.playing import resting, spread

from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import Intent, Leg, OrdType, Side, TimeInForce
from tradebot.core.model.report import RejReason
from tradebot.plugins.alpaca.ticket import CAPABILITIES, may_work_outside, ticket
from tradebot.ports import Declined

NAME = ClOrdID("tb1")


def written(intent: Intent, *, outside: bool = False) -> dict[str, Any]:
    return ticket(NAME, intent, is_outside_hours=outside)


def test_every_number_is_text_and_keeps_its_digits() -> None:
    told = written(an_intent(
        qty="0.123456789", price="90071992547409.93", stop_px=Decimal("100.10"),
        ord_type=OrdType.STOP_LIMIT,
    ))
    assert told == {
        "client_order_id": "tb1", "symbol": "SPY", "side": "buy", "type": "stop_limit",
        "time_in_force": "day", "qty": "0.123456789", "limit_price": "90071992547409.93",
        "stop_price": "100.1",
    }


def test_a_combo_has_legs_with_sides_and_its_net_price_may_be_received() -> None:
    told = written(spread(qty=3, price="-1.25", ratio=2))
    assert told == {
        "client_order_id": "tb1", "order_class": "mleg", "type": "limit", "qty": "3",
        "time_in_force": "day", "limit_price": "-1.25", "legs": [
            {"symbol": CALL, "side": "buy", "ratio_qty": "2"},
            {"symbol": HIGHER_CALL, "side": "sell", "ratio_qty": "1"},
        ],
    }


@pytest.mark.parametrize(("intent", "may"), [
    (resting(), True), (resting(price="99", time_in_force=TimeInForce.GTC), False),
    (an_intent(price=None), False), (an_intent(symbol=CALL, price="4"), False), (spread(), False),
    (an_intent(symbol="BTC/USD", time_in_force=TimeInForce.GTC), False),
])
def test_shares_at_a_limit_for_the_day_alone_work_outside_hours(intent: Intent, may: bool) -> None:
    assert may_work_outside(intent) is may


def test_an_order_for_outside_hours_says_so() -> None:
    assert written(resting(), outside=True)["extended_hours"] is True
    assert "extended_hours" not in written(resting())


@pytest.mark.parametrize(("intent", "reason"), [
    (resting(price="99.001"), RejReason.INVALID_PRICE_INCREMENT),
    (resting(price="0.00005"), RejReason.INVALID_PRICE_INCREMENT),
    (an_intent(price=None, ord_type=OrdType.STOP, stop_px=Decimal("101.005")),
     RejReason.INVALID_PRICE_INCREMENT),
    (resting("0.5", time_in_force=TimeInForce.GTC), RejReason.INCORRECT_QUANTITY),
    (resting("0.1234567891"), RejReason.INCORRECT_QUANTITY),
    (an_intent(qty="1.5", symbol=CALL, price="4"), RejReason.INCORRECT_QUANTITY),
    (an_intent(symbol=CALL, price="4", time_in_force=TimeInForce.GTC), RejReason.UNSUPPORTED),
    (an_intent(symbol="BTC/USD"), RejReason.UNSUPPORTED),
    (Intent(
        legs=tuple(Leg(symbol=s, side=Side.BUY, ratio_qty=Decimal(2)) for s in (CALL, HIGHER_CALL)),
        order_qty=Decimal(1), ord_type=OrdType.LIMIT, price=Decimal(1),
    ), RejReason.UNSUPPORTED),
    (Intent(
        legs=(Leg(symbol="SPY", side=Side.BUY, ratio_qty=Decimal(100)),
              Leg(symbol=CALL, side=Side.SELL)),
        order_qty=Decimal(1), ord_type=OrdType.LIMIT, price=Decimal(90),
    ), RejReason.UNSUPPORTED),
    (Intent(legs=spread().legs, order_qty=Decimal(1), ord_type=OrdType.STOP,
            stop_px=Decimal(1)), RejReason.UNSUPPORTED),
])
def test_what_alpaca_never_takes_is_declined_here(intent: Intent, reason: RejReason) -> None:
    with pytest.raises(Declined) as refused:
        written(intent)
    assert refused.value.rej_reason is reason


@pytest.mark.parametrize("price", ["99.01", "0.0001", "1", "0.9999"])
def test_whole_ticks_go_out(price: str) -> None:
    assert written(resting(price=price))["limit_price"] == price


def test_what_it_takes_differs_by_asset_class() -> None:
    taken = {(t.asset_class, t.ord_type): t.times_in_force for t in CAPABILITIES.takes}
    assert taken[AssetClass.OPTION, OrdType.LIMIT] == (TimeInForce.DAY,)
    assert (AssetClass.CRYPTO, OrdType.STOP) not in taken
    assert TimeInForce.DAY not in taken[AssetClass.CRYPTO, OrdType.LIMIT]
    assert not [key for key in taken if key[0] is AssetClass.FX]
