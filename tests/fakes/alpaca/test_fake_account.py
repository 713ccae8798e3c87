"""Does the fake tell of money, positions and fills as alpaca-py and a plain client read them?"""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.models import (
    AccountConfiguration,
    Asset,
    Clock,
    OptionContract,
    Order,
    Position,
    TradeAccount,
    TradeActivity,
)
from alpaca.trading.requests import GetOptionContractsRequest
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.alpaca.prices import HIGH_CALL, LOW_CALL
from tests.fakes.venue_facts import Hours

BUY = {"symbol": "AAPL", "qty": "5", "side": "buy", "type": "market", "time_in_force": "day"}


async def ask(fake: FakeAlpaca, path: str, body: dict[str, Any] | None = None) -> requests.Response:
    """Ask without any library of Alpaca's."""
    headers = {"APCA-API-KEY-ID": fake.site.key, "APCA-API-SECRET-KEY": fake.site.secret}
    return await asyncio.to_thread(
        requests.request, "POST" if body else "GET", fake.url + path, json=body, headers=headers,
        timeout=2,
    )


def no_numbers(told: Any) -> bool:
    """Tell whether no number stands in it as a JSON number: money is text."""
    if isinstance(told, dict):
        allowed = (
            "options_approved_level", "options_trading_level", "maintenance_margin_requirement",
        )
        return all(no_numbers(v) for k, v in told.items() if k not in allowed)
    if isinstance(told, list):
        return all(no_numbers(part) for part in told)
    return told is None or isinstance(told, str | bool)


@pytest.mark.parametrize(("path", "model"), [
    ("/v2/account", TradeAccount), ("/v2/clock", Clock),
    ("/v2/account/configurations", AccountConfiguration),
    ("/v2/positions", Position), ("/v2/positions/AAPL", Position),
    ("/v2/orders?status=all&nested=true", Order), ("/v2/assets/BTC%2FUSD", Asset),
])
async def test_every_answer_holds_only_what_the_models_of_alpaca_py_accept(
    fake: FakeAlpaca, path: str, model: Any
) -> None:
    assert (await ask(fake, "/v2/orders", BUY)).status_code == 200
    response = await ask(fake, path)
    told = response.json()
    assert no_numbers(told), told
    assert response.headers["X-Request-ID"]
    assert response.headers["X-RateLimit-Limit"] == "200"
    for part in told if isinstance(told, list) else [told]:
        model(**part)


async def test_fills_are_told_as_text_that_the_model_of_activities_accepts(
    fake: FakeAlpaca,
) -> None:
    await ask(fake, "/v2/orders", BUY)
    (told,) = (await ask(fake, "/v2/account/activities/FILL")).json()
    activity = TradeActivity(account_id="1d9eed04-be39-4e01-9b84-a48ac5bbafcf", **told)
    assert (activity.qty, activity.cum_qty, activity.leaves_qty, told["price"]) == (
        5, 5, 0, "100.1")


async def test_fills_come_by_page_forwards_and_backwards(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    for _ in range(7):
        fake.venue.place_external("AAPL", 1)
    path = "/account/activities/FILL"
    every = await asyncio.to_thread(client.get, path, {"direction": "asc"})
    pages, asked = list[Any](), {"direction": "asc", "page_size": 3}
    for _ in range(4):
        pages.append(await asyncio.to_thread(client.get, path, asked))
        asked |= {"page_token": pages[-1][-1]["id"]} if pages[-1] else {}
    latest = await asyncio.to_thread(client.get, path, {"page_size": 1})
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [fill for page in pages for fill in page] == every
    assert latest == every[-1:]


async def test_fills_are_told_from_a_time_on(fake: FakeAlpaca, client: TradingClient) -> None:
    start = datetime(2026, 11, 20, 15, tzinfo=UTC)
    times = iter([start + timedelta(minutes=n) for n in range(100)])
    fake.venue.now = lambda: next(times)
    fake.venue.place_external("AAPL", 1)
    fake.venue.place_external("AAPL", 2)
    first, second = fake.venue.executions
    fake.venue.now = lambda: start + timedelta(hours=3)
    told = await asyncio.to_thread(
        client.get, "/account/activities/FILL", {"after": first.at.isoformat()})
    assert first.at < second.at
    assert [fill["qty"] for fill in told] == ["2"]


async def test_ids_of_fills_are_not_those_of_the_stream(fake: FakeAlpaca) -> None:
    told = list[Any]()
    fake.updates._send = told.append  # type: ignore[method-assign]
    await ask(fake, "/v2/orders", BUY)
    (fill,) = (await ask(fake, "/v2/account/activities/FILL")).json()
    assert told[-1]["event"] == "fill"
    assert told[-1]["execution_id"] not in fill["id"]


async def test_shares_sold_short_have_a_side_of_their_own_among_fills(fake: FakeAlpaca) -> None:
    for side, qty in (("buy", "2"), ("sell", "2"), ("sell", "3")):
        assert (await ask(fake, "/v2/orders", BUY | {"side": side, "qty": qty})).ok
    told = (await ask(fake, "/v2/account/activities/FILL?direction=asc")).json()
    assert [fill["side"] for fill in told] == ["buy", "sell", "sell_short"]
    assert (await ask(fake, "/v2/positions")).json()[0]["qty"] == "-3"


async def test_what_was_taken_back_is_no_fill_any_more(fake: FakeAlpaca) -> None:
    await ask(fake, "/v2/orders", BUY)
    fake.venue.bust(fake.venue.executions[0])
    assert (await ask(fake, "/v2/account/activities/FILL")).json() == []


async def test_coins_are_held_without_the_slash_under_which_they_are_ordered(
    fake: FakeAlpaca,
) -> None:
    coin = {"symbol": "BTC/USD", "qty": "0.5", "side": "buy", "type": "market"}
    assert (await ask(fake, "/v2/orders", coin | {"time_in_force": "gtc"})).ok
    (position,) = (await ask(fake, "/v2/positions")).json()
    assert (position["symbol"], position["qty"], position["asset_class"]) == (
        "BTCUSD", "0.5", "crypto")


async def test_equity_is_cash_and_what_positions_are_worth(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    await ask(fake, "/v2/orders", BUY)
    account = await asyncio.to_thread(client.get_account)
    worth = Decimal("99499.5") + 5 * Decimal("100.05")
    assert (account.cash, account.equity) == ("99499.5", str(worth))


async def test_the_clock_knows_whether_the_market_is_open(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    open_now = await asyncio.to_thread(client.get_clock)
    fake.venue.open_hours(Hours.CLOSED)
    closed = await asyncio.to_thread(client.get_clock)
    assert (open_now.is_open, closed.is_open) == (True, False)
    assert abs(open_now.timestamp - datetime.now(UTC)) < timedelta(seconds=5)


async def test_contracts_are_listed_by_page(client: TradingClient) -> None:
    wanted = GetOptionContractsRequest(underlying_symbols=["SPY"], limit=1)
    first = await asyncio.to_thread(client.get_option_contracts, wanted)
    wanted.page_token = first.next_page_token
    second = await asyncio.to_thread(client.get_option_contracts, wanted)
    assert [c.symbol for c in (*first.option_contracts, *second.option_contracts)] == [
        LOW_CALL, HIGH_CALL]
    assert second.next_page_token is None
    one = await asyncio.to_thread(client.get_option_contract, HIGH_CALL)
    assert isinstance(one, OptionContract) and one.strike_price == 610


async def test_a_position_that_is_not_there_is_not_found(client: TradingClient) -> None:
    with pytest.raises(APIError, match="position does not exist") as refused:
        await asyncio.to_thread(client.get_open_position, "AAPL")
    assert (refused.value.status_code, refused.value.code) == (404, 40410000)


async def test_strangers_are_turned_away_in_three_ways(fake: FakeAlpaca) -> None:
    """Without a key by a page, with a wrong secret without a code, with a live key with one."""
    told = []
    for key in (None, fake.site.key, "AKLIVE"):
        headers = {"APCA-API-KEY-ID": key, "APCA-API-SECRET-KEY": "wrong"} if key else {}
        told.append(await asyncio.to_thread(
            requests.get, fake.url + "/v2/account", headers=headers, timeout=2))
    assert [t.status_code for t in told] == [401, 401, 401]
    assert told[0].text.startswith("<html>")
    assert told[1].json() == {"message": "unauthorized."}
    assert told[2].json()["code"] == 40110000


async def test_whoever_asks_too_often_has_to_wait(fake: FakeAlpaca) -> None:
    fake.site.per_minute = 2
    told = [await ask(fake, "/v2/account") for _ in range(3)]
    assert [t.status_code for t in told] == [200, 200, 429]
    assert [t.headers["X-RateLimit-Remaining"] for t in told] == ["1", "0", "0"]
    assert told[2].headers["Retry-After"] == "1"
