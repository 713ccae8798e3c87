"""Does the fake take and tell orders so that alpaca-py understands it, without our adapter?"""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from alpaca.common.enums import Sort
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderStatus, OrderType, QueryOrderStatus
from alpaca.trading.models import Order
from alpaca.trading.requests import (
    GetOrdersRequest,
    LimitOrderRequest,
    MarketOrderRequest,
    OrderRequest,
    ReplaceOrderRequest,
    StopLimitOrderRequest,
    StopOrderRequest,
    TrailingStopOrderRequest,
)
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.venue_facts import Hours, partial

BUY = {"symbol": "AAPL", "qty": 5, "side": "buy", "time_in_force": "day"}
FIVE_WAYS: list[tuple[OrderRequest, OrderStatus]] = [
    (MarketOrderRequest(**BUY), OrderStatus.FILLED),
    (LimitOrderRequest(**BUY, limit_price=99), OrderStatus.NEW),
    (StopOrderRequest(**BUY, stop_price=101), OrderStatus.NEW),
    (StopLimitOrderRequest(**BUY, stop_price=101, limit_price=102), OrderStatus.NEW),
    (TrailingStopOrderRequest(**BUY, trail_price=2), OrderStatus.NEW),
]


async def placed(client: TradingClient, wanted: OrderRequest) -> Order:
    told = await asyncio.to_thread(client.submit_order, wanted)
    assert isinstance(told, Order)
    return told


async def found(client: TradingClient, order: Order) -> Order:
    told = await asyncio.to_thread(client.get_order_by_id, order.id)
    assert isinstance(told, Order)
    return told


async def listed(client: TradingClient, **wanted: object) -> list[Order]:
    told = await asyncio.to_thread(client.get_orders, GetOrdersRequest(**wanted))
    assert isinstance(told, list)
    return told


@pytest.mark.parametrize(("wanted", "status"), FIVE_WAYS, ids=lambda way: str(
    getattr(way, "type", getattr(way, "value", way))))
async def test_each_type_of_order_is_told_as_pending_and_then_as_what_it_became(
    client: TradingClient, wanted: OrderRequest, status: OrderStatus
) -> None:
    told = await placed(client, wanted)
    now = await found(client, told)
    assert (told.status, told.filled_qty, told.type) == (
        OrderStatus.PENDING_NEW, "0", OrderType(wanted.type))
    assert (now.status, now.id, now.qty) == (status, told.id, "5")


async def test_a_stop_trades_once_the_market_reaches_it(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    order = await placed(client, StopOrderRequest(**BUY, stop_price=101))
    fake.venue.quote("AAPL", "101.00", "101.10")
    assert (await found(client, order)).filled_avg_price == "101.1"


async def test_a_trailing_stop_follows_a_falling_market_and_not_a_rising_one(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    order = await placed(client, TrailingStopOrderRequest(**BUY, trail_price=2))
    fake.venue.quote("AAPL", "97.00", "97.10")
    followed = await found(client, order)
    fake.venue.quote("AAPL", "98.00", "98.10")
    stayed = await found(client, order)
    assert (followed.hwm, followed.stop_price, stayed.stop_price) == ("97.1", "99.1", "99.1")


async def test_an_order_by_amount_has_no_quantity_until_it_is_filled(
    client: TradingClient,
) -> None:
    wanted = MarketOrderRequest(symbol="AAPL", notional=500.5, side="buy", time_in_force="day")
    now = await found(client, await placed(client, wanted))
    assert (now.qty, now.notional, now.filled_qty) == (None, "500.5", "5")


async def test_a_part_of_a_share_trades_to_the_last_digit(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    wanted = MarketOrderRequest(**BUY | {"qty": 0.123456789})
    now = await found(client, await placed(client, wanted))
    assert now.filled_qty == "0.123456789"
    assert fake.venue.positions["AAPL"] == Decimal("0.123456789")


async def test_an_order_waits_while_the_market_is_closed(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.venue.open_hours(Hours.CLOSED)
    order = await placed(client, MarketOrderRequest(**BUY))
    waiting = await found(client, order)
    fake.venue.open_hours(Hours.REGULAR)
    assert (waiting.status, (await found(client, order)).status) == (
        OrderStatus.ACCEPTED, OrderStatus.FILLED)


async def test_only_orders_for_extended_hours_trade_in_them(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.venue.open_hours(Hours.EXTENDED)
    usual = await placed(client, LimitOrderRequest(**BUY, limit_price=101))
    late = await placed(client, LimitOrderRequest(**BUY, limit_price=101, extended_hours=True))
    assert [(await found(client, o)).status for o in (usual, late)] == [
        OrderStatus.NEW, OrderStatus.FILLED]


async def test_a_replaced_order_has_an_id_of_its_own_and_names_the_old_one(
    client: TradingClient,
) -> None:
    old = await placed(client, LimitOrderRequest(**BUY, limit_price=99))
    wanted = ReplaceOrderRequest(qty=7, limit_price=99.5, client_order_id="tb-2")
    new = await asyncio.to_thread(client.replace_order_by_id, old.id, wanted)
    before, after = await found(client, old), await found(client, new)
    by_name = await asyncio.to_thread(client.get_order_by_client_id, "tb-2")
    assert (before.status, before.replaced_by) == (OrderStatus.REPLACED, new.id)
    assert (after.id, after.replaces, after.qty) == (new.id, old.id, "7")
    assert (by_name.id, by_name.limit_price, old.client_order_id) == (
        new.id, "99.5", before.client_order_id)


async def test_the_quantity_of_a_change_counts_what_was_filled_before_it(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.venue.plan(partial(2))
    old = await placed(client, LimitOrderRequest(**BUY, limit_price=99))
    new = await asyncio.to_thread(
        client.replace_order_by_id, old.id, ReplaceOrderRequest(qty=6, limit_price=101),
    )
    assert fake.venue.positions["AAPL"] == 6
    assert (await found(client, new)).filled_qty == "6"


async def test_whether_a_change_takes_the_fills_over_is_the_testers_to_say(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.book.carries_fills = False
    fake.venue.plan(partial(2))
    old = await placed(client, LimitOrderRequest(**BUY, limit_price=99))
    new = await asyncio.to_thread(
        client.replace_order_by_id, old.id, ReplaceOrderRequest(qty=6, limit_price=101),
    )
    assert fake.venue.positions["AAPL"] == 6
    assert ((await found(client, new)).filled_qty, (await found(client, old)).filled_qty) == (
        "4", "2")


async def test_orders_are_listed_by_state_side_symbol_time_and_page(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    orders = [await placed(client, LimitOrderRequest(**BUY, limit_price=90 + n)) for n in range(3)]
    other = LimitOrderRequest(**BUY | {"symbol": "MSFT", "side": "sell"}, limit_price=400)
    sold = await placed(client, other)
    await asyncio.to_thread(client.cancel_order_by_id, orders[0].id)
    open_now = await listed(client)
    assert [o.id for o in open_now] == [sold.id, orders[2].id, orders[1].id]
    closed = await listed(client, status=QueryOrderStatus.CLOSED)
    assert [o.id for o in closed] == [orders[0].id]
    page = await listed(client, status=QueryOrderStatus.ALL, direction=Sort.ASC, limit=2)
    assert [o.id for o in page] == [orders[0].id, orders[1].id]
    rest = await listed(client, status=QueryOrderStatus.ALL, after=page[-1].submitted_at,
                        until=datetime.now(UTC) + timedelta(hours=1), direction=Sort.ASC)
    assert [o.id for o in rest] == [orders[2].id, sold.id]
    assert [o.id for o in await listed(client, symbols=["MSFT"])] == [sold.id]
    assert [o.id for o in await listed(client, side="sell")] == [sold.id]


async def test_all_orders_are_canceled_at_once(fake: FakeAlpaca, client: TradingClient) -> None:
    for price in (98, 99):
        await placed(client, LimitOrderRequest(**BUY, limit_price=price))
    told = await asyncio.to_thread(client.cancel_orders)
    assert [answer.status for answer in told] == [200, 200]
    assert not fake.venue.working()


async def test_orders_by_other_hands_are_told_under_names_that_are_not_ours(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.venue.place_external("AAPL", 3, limit=Decimal(95))
    (order,) = await listed(client)
    assert (order.qty, order.limit_price, order.status) == ("3", "95", OrderStatus.NEW)
    assert order.client_order_id and not order.client_order_id.startswith("tb")


async def test_what_happened_outlives_the_fake(client: TradingClient, fake: FakeAlpaca) -> None:
    order = await placed(client, MarketOrderRequest(**BUY))
    async with FakeAlpaca(fake.venue) as another:
        again = TradingClient(another.site.key, another.site.secret, url_override=another.url)
        assert (await found(again, order)).status == OrderStatus.FILLED
