"""Does the fake take and refuse orders so that alpaca-py understands it, without our adapter?"""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderStatus
from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest, ReplaceOrderRequest
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.venue import Venue


@pytest.fixture
async def fake() -> AsyncIterator[FakeAlpaca]:
    venue = Venue()
    venue.quote("AAPL", "100.00", "100.10")
    async with FakeAlpaca(venue) as fake:
        yield fake


def client_of(fake: FakeAlpaca) -> TradingClient:
    return TradingClient(fake.site.key, fake.site.secret, url_override=fake.url)


async def test_a_market_order_is_told_as_pending_and_found_filled(fake: FakeAlpaca) -> None:
    client = client_of(fake)
    wanted = MarketOrderRequest(
        symbol="AAPL", qty=5, side="buy", time_in_force="day", client_order_id="tb-1",
    )
    told = await asyncio.to_thread(client.submit_order, wanted)
    found = await asyncio.to_thread(client.get_order_by_client_id, "tb-1")
    assert (told.status, told.filled_qty) == (OrderStatus.PENDING_NEW, "0")
    assert (found.status, found.filled_avg_price) == (OrderStatus.FILLED, "100.1")
    assert fake.venue.truth() == (Decimal("99499.50"), {"AAPL": Decimal(5)})


async def test_a_replaced_order_has_an_id_of_its_own_and_names_the_old_one(
    fake: FakeAlpaca,
) -> None:
    client = client_of(fake)
    wanted = LimitOrderRequest(
        symbol="AAPL", qty=5, side="buy", time_in_force="day", limit_price=99,
    )
    old = await asyncio.to_thread(client.submit_order, wanted)
    new = await asyncio.to_thread(
        client.replace_order_by_id, old.id,
        ReplaceOrderRequest(qty=7, limit_price=99.5, client_order_id="tb-2"),
    )
    before = await asyncio.to_thread(client.get_order_by_id, old.id)
    after = await asyncio.to_thread(client.get_order_by_client_id, "tb-2")
    assert (before.status, before.replaced_by) == (OrderStatus.REPLACED, new.id)
    assert (after.id, after.replaces, after.qty) == (new.id, old.id, "7")


async def test_an_id_that_came_before_is_refused_for_ever(fake: FakeAlpaca) -> None:
    client = client_of(fake)
    wanted = LimitOrderRequest(
        symbol="AAPL", qty=5, side="buy", time_in_force="day", limit_price=99,
        client_order_id="tb-1",
    )
    first = await asyncio.to_thread(client.submit_order, wanted)
    await asyncio.to_thread(client.cancel_order_by_id, first.id)
    with pytest.raises(APIError) as refused:
        await asyncio.to_thread(client.submit_order, wanted)
    assert (refused.value.status_code, refused.value.code) == (422, 40010001)
    assert len(fake.venue.orders) == 1
