"""Is the fake as nasty as the real one? What was measured with stock alpaca-py happens here too."""

import asyncio
import json

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest
from pydantic import ValidationError
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.alpaca.test_fake_stream import until
from tests.fakes.faults import FaultKind, Request

BUY = {"symbol": "AAPL", "qty": 5, "side": "buy", "time_in_force": "day"}


async def buy(client: TradingClient, **changed: object) -> object:
    return await asyncio.to_thread(client.submit_order, MarketOrderRequest(**BUY | changed))


@pytest.mark.parametrize(("timeouts", "orders"), [(1, 2), (3, 4)])
async def test_a_timeout_after_acceptance_is_retried_into_more_orders(
    fake: FakeAlpaca, client: TradingClient, timeouts: int, orders: int
) -> None:
    fake.faults.push(FaultKind.ERROR_AFTER, on=Request.SUBMIT, times=timeouts)
    await buy(client)
    assert len(fake.venue.orders) == orders
    assert fake.venue.positions["AAPL"] == 5 * orders


async def test_four_timeouts_make_four_orders_and_an_error(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.faults.push(FaultKind.ERROR_AFTER, on=Request.SUBMIT, times=4)
    with pytest.raises(APIError):
        await buy(client)
    assert len(fake.venue.orders) == 4


async def test_with_an_id_of_its_own_an_accepted_order_is_told_as_refused(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.faults.push(FaultKind.ERROR_AFTER, on=Request.SUBMIT)
    with pytest.raises(APIError, match="client_order_id must be unique") as refused:
        await buy(client, client_order_id="tb-1")
    assert (refused.value.status_code, refused.value.code) == (422, 40010001)
    assert fake.venue.positions["AAPL"] == 5


async def test_being_too_fast_is_retried_as_if_nothing_had_been_said(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.faults.push(FaultKind.TOO_MANY, on=Request.SUBMIT, times=3)
    await buy(client)
    assert [asked.kind for asked in fake.asked] == [Request.SUBMIT] * 4
    assert len(fake.venue.orders) == 1


async def test_a_request_without_an_answer_pins_its_thread_until_the_connection_ends(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.faults.push(FaultKind.HANG, on=Request.SUBMIT)
    call = asyncio.create_task(buy(client))
    await until(lambda: fake.venue.positions.get("AAPL") == 5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(call), 0.02)
    fake.site.closing.set()
    await call


async def test_a_status_that_nobody_knows_is_an_error_over_a_live_order(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.faults.push(FaultKind.UNKNOWN_WORD, on=Request.SUBMIT)
    with pytest.raises(ValidationError, match="oddly_pending_new"):
        await buy(client)
    assert fake.venue.positions["AAPL"] == 5


async def test_a_page_instead_of_an_answer_breaks_the_error_itself(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.faults.push(FaultKind.HTML, on=Request.SUBMIT)
    with pytest.raises(APIError) as refused:
        await buy(client)
    with pytest.raises(json.JSONDecodeError):
        _ = refused.value.code
    assert fake.venue.positions["AAPL"] == 5


async def test_an_error_without_a_code_breaks_the_error_as_well(fake: FakeAlpaca) -> None:
    stranger = TradingClient(fake.site.key, "wrong", url_override=fake.url)
    with pytest.raises(APIError) as refused:
        await asyncio.to_thread(stranger.get_account)
    with pytest.raises(KeyError):
        _ = refused.value.code


async def test_decimals_of_the_stock_client_arrive_as_floats(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    wanted = LimitOrderRequest(**BUY | {"qty": 0.1 + 0.2}, limit_price=99)
    with pytest.raises(APIError, match="qty can only have up to 9 decimal places"):
        await asyncio.to_thread(client.submit_order, wanted)
    assert json.loads(fake.asked[-1].body)["qty"] == 0.30000000000000004


async def test_a_dropped_connection_says_nothing_of_what_happened(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    for kind in (FaultKind.DROP_BEFORE, FaultKind.ACCEPT_DROP):
        fake.faults.push(kind, on=Request.SUBMIT)
        with pytest.raises(requests.ConnectionError):
            await buy(client)
    assert len(fake.venue.orders) == 1
