"""Does the fake trade orders of several options as alpaca-py writes and reads them?"""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderClass, OrderStatus, PositionIntent
from alpaca.trading.models import Order
from alpaca.trading.requests import (
    GetOrderByIdRequest,
    GetOrdersRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    OptionLegRequest,
    ReplaceOrderRequest,
)
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.alpaca.prices import HIGH_CALL, LOW_CALL
from tests.fakes.alpaca.test_fake_stream import listening

LEGS = [
    OptionLegRequest(symbol=LOW_CALL, ratio_qty=1, side="buy"),
    OptionLegRequest(symbol=HIGH_CALL, ratio_qty=2, side="sell"),
]


def a_spread(**changed: Any) -> LimitOrderRequest:
    return LimitOrderRequest(**{
        "qty": 3, "limit_price": -0.8, "time_in_force": "day", "order_class": OrderClass.MLEG,
        "legs": LEGS, "client_order_id": "tb-1", **changed,
    })


async def found(client: TradingClient, client_id: str = "tb-1") -> Order:
    told = await asyncio.to_thread(client.get_order_by_client_id, client_id)
    assert isinstance(told, Order)
    return told


async def test_a_combo_has_neither_symbol_nor_side_and_legs_with_ids_of_their_own(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    told = await asyncio.to_thread(client.submit_order, a_spread(limit_price=-5))
    assert (told.symbol, told.side, told.order_class) == (None, None, OrderClass.MLEG)
    assert told.legs is not None
    assert [(leg.symbol, leg.qty, leg.ratio_qty, leg.type) for leg in told.legs] == [
        (LOW_CALL, "3", "1", None), (HIGH_CALL, "6", "2", None)]
    assert len({told.id, *(leg.id for leg in told.legs)}) == 3


async def test_a_combo_trades_at_its_net_price_and_each_leg_has_fills_of_its_own(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    await asyncio.to_thread(client.submit_order, a_spread())
    order = await found(client)
    fills = await asyncio.to_thread(client.get, "/account/activities/FILL", {"direction": "asc"})
    assert (order.status, order.filled_qty, order.filled_avg_price) == (
        OrderStatus.FILLED, "3", "-0.8")
    assert order.legs is not None
    told = {leg.symbol: (str(leg.id), str(leg.filled_qty)) for leg in order.legs}
    assert [(f["symbol"], f["order_id"], f["cum_qty"], f["side"]) for f in fills] == [
        (LOW_CALL, *told[LOW_CALL], "buy"), (HIGH_CALL, *told[HIGH_CALL], "sell")]
    paid = sum(
        Decimal(f["price"]) * Decimal(f["qty"]) * (1 if f["side"] == "buy" else -1) for f in fills)
    assert paid == Decimal("-0.8") * 3
    assert fake.venue.cash == 100_000 - paid * 100


async def test_the_stream_tells_of_the_whole_and_nests_the_legs(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        await asyncio.to_thread(client.submit_order, a_spread(limit_price=-5))
        order = fake.venue.called("tb-1")[0]
        fake.venue.fill(order, 1, "-0.9")
        fake.venue.fill(order, 2, "-0.7")
        await heard.wait_for(4)
    assert heard.words()[2:] == ["partial_fill", "fill"]
    assert [(u.qty, u.price, u.order.filled_qty) for u in heard[2:]] == [
        (1, -0.9, "1"), (2, -0.7, "3")]
    assert heard[2].order.legs is not None
    assert [leg.filled_qty for leg in heard[2].order.legs] == ["1", "2"]


async def test_a_fake_can_tell_of_every_leg_as_well(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with FakeAlpaca(fake.venue, one_by_leg=True) as telling, listening(telling) as heard:
        await asyncio.to_thread(client.submit_order, a_spread())
        await heard.wait_for(5)
    assert [(u.order.symbol, u.qty) for u in heard[2:]] == [
        (LOW_CALL, 3), (HIGH_CALL, 6), (None, 3)]


async def test_a_leg_that_trades_alone_is_told_as_an_order(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        await asyncio.to_thread(client.submit_order, a_spread(limit_price=-5))
        fake.venue.fill_leg(fake.venue.called("tb-1")[0], HIGH_CALL, 2, "3.10")
        await heard.wait_for(3)
    assert (heard[2].order.symbol, heard[2].qty, heard[2].order.filled_qty) == (HIGH_CALL, 2, "2")
    assert (await found(client)).filled_qty == "0"


async def test_what_is_taken_back_of_a_combo_is_told_of_the_leg(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        await asyncio.to_thread(client.submit_order, a_spread())
        fake.venue.bust(fake.venue.executions[-1])
        await heard.wait_for(4)
    told = heard[3]
    assert (told.event, told.order.symbol, told.qty, told.order.filled_qty) == (
        "trade_bust", HIGH_CALL, 6, "0")


async def test_legs_are_rolled_up_only_where_that_is_asked_for(client: TradingClient) -> None:
    told = await asyncio.to_thread(client.submit_order, a_spread(limit_price=-5))
    flat = await asyncio.to_thread(client.get_orders, GetOrdersRequest())
    nested = await asyncio.to_thread(client.get_orders, GetOrdersRequest(nested=True))
    alone = await asyncio.to_thread(client.get_order_by_id, told.id)
    whole = await asyncio.to_thread(
        client.get_order_by_id, told.id, GetOrderByIdRequest(nested=True))
    assert [len(flat), len(nested)] == [3, 1]
    assert (alone.legs, len(whole.legs)) == (None, 2)
    leg = await asyncio.to_thread(client.get_order_by_id, whole.legs[0].id)
    assert leg.symbol == LOW_CALL


async def test_the_net_price_of_a_combo_can_be_changed(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    old = await asyncio.to_thread(client.submit_order, a_spread(limit_price=-5))
    wanted = ReplaceOrderRequest(limit_price=-0.8, client_order_id="tb-2")
    await asyncio.to_thread(client.replace_order_by_id, old.id, wanted)
    order = await found(client, "tb-2")
    assert (order.status, order.replaces, fake.venue.positions[HIGH_CALL]) == (
        OrderStatus.FILLED, old.id, -6)
    assert order.legs is not None and old.legs is not None
    assert {leg.id for leg in order.legs}.isdisjoint(leg.id for leg in old.legs)


async def test_what_closes_says_so(fake: FakeAlpaca, client: TradingClient) -> None:
    await asyncio.to_thread(client.submit_order, a_spread())
    opened = await found(client)
    closing = [
        OptionLegRequest(symbol=LOW_CALL, ratio_qty=1, position_intent="sell_to_close"),
        OptionLegRequest(symbol=HIGH_CALL, ratio_qty=2, position_intent="buy_to_close"),
    ]
    wanted = MarketOrderRequest(
        qty=3, time_in_force="day", order_class=OrderClass.MLEG, legs=closing,
        client_order_id="tb-2",
    )
    await asyncio.to_thread(client.submit_order, wanted)
    closed = await found(client, "tb-2")
    assert opened.legs is not None and closed.legs is not None
    assert opened.legs[0].position_intent is PositionIntent.BUY_TO_OPEN
    assert closed.legs[0].position_intent is PositionIntent.SELL_TO_CLOSE
    assert fake.venue.truth()[1] == {}


async def test_an_intent_that_the_position_belies_is_refused(client: TradingClient) -> None:
    legs = [LEGS[1], OptionLegRequest(symbol=LOW_CALL, ratio_qty=1, position_intent="buy_to_close")]
    with pytest.raises(APIError, match="position intent mismatch, inferred: buy_to_open"):
        await asyncio.to_thread(client.submit_order, a_spread(legs=legs))
