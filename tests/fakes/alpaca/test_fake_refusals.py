"""Does the fake refuse what Alpaca refuses, in its words, before anything reaches the exchange?"""

from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.alpaca.prices import HIGH_CALL, LOW_CALL
from tests.fakes.alpaca.refusals import REFUSALS
from tests.fakes.faults import Request
from tests.fakes.venue_facts import Hours, partial, reject

SHARES = {"symbol": "AAPL", "qty": "5", "side": "buy", "type": "market", "time_in_force": "day"}
OPTION = SHARES | {"symbol": LOW_CALL, "qty": "1"}
COIN = SHARES | {"symbol": "BTC/USD", "qty": "0.1", "time_in_force": "gtc"}
ONE = {"symbol": LOW_CALL, "side": "buy", "ratio_qty": "1"}
TWO = {"symbol": HIGH_CALL, "side": "sell", "ratio_qty": "1"}
COMBO = {"order_class": "mleg", "qty": "1", "type": "limit", "limit_price": "1",
         "time_in_force": "day", "legs": [ONE, TWO]}
LIMIT = {"type": "limit", "limit_price": "99"}

ORDERS: list[tuple[str, dict[str, Any]]] = [
    ("id_too_long", SHARES | {"client_order_id": "x" * 129}),
    ("no_qty", SHARES | {"qty": None}),
    ("qty_and_notional", SHARES | {"notional": "5"}),
    ("qty_not_positive", SHARES | {"qty": "-1"}),
    ("limit_not_positive", SHARES | LIMIT | {"limit_price": "-1"}),
    ("limit_needed", SHARES | {"type": "limit"}),
    ("stop_needed", SHARES | {"type": "stop"}),
    ("both_needed", SHARES | {"type": "stop_limit", "stop_price": "99"}),
    ("no_price_wanted", SHARES | {"limit_price": "99"}),
    ("trail_needed", SHARES | {"type": "trailing_stop"}),
    ("bad_parameter", SHARES | {"time_in_force": "forever"}),
    ("bad_parameter", SHARES | {"type": "iceberg"}),
    ("bad_parameter", SHARES | {"qty": "NaN"}),
    ("bad_parameter", SHARES | {"qty": "five"}),
    ("bad_parameter", SHARES | {"side": "short"}),
    ("order_class", SHARES | {"order_class": "bracket"}),
    ("unknown_symbol", SHARES | {"symbol": "NONE"}),
    ("not_tradable", SHARES | {"symbol": "HALT"}),
    ("sub_penny", SHARES | LIMIT | {"limit_price": "99.001"}),
    ("sub_penny", SHARES | LIMIT | {"limit_price": "0.99999"}),
    ("extended_hours", SHARES | {"extended_hours": True}),
    ("extended_hours", SHARES | LIMIT | {"extended_hours": True, "time_in_force": "gtc"}),
    ("fractional_day", SHARES | {"qty": "0.5", "time_in_force": "gtc"}),
    ("fractional_short", SHARES | {"qty": "0.5", "side": "sell"}),
    ("too_fine", SHARES | {"qty": "0.1234567891"}),
    ("not_fractionable", SHARES | {"symbol": "BRK.A", "qty": "0.5"}),
    ("small_notional", SHARES | {"qty": None, "notional": "0.99"}),
    ("not_shortable", SHARES | {"symbol": "HTB", "side": "sell"}),
    ("insufficient_buying_power", SHARES | {"qty": "40000"}),
    ("opg_window", SHARES | {"time_in_force": "opg"}),
    ("whole_contracts", OPTION | {"qty": "0.5"}),
    ("option_time_in_force", OPTION | {"time_in_force": "gtc"}),
    ("option_type", OPTION | {"type": "trailing_stop", "trail_price": "1"}),
    ("uncovered", OPTION | {"side": "sell"}),
    ("intent_mismatch", OPTION | {"position_intent": "buy_to_close"}),
    ("crypto_time_in_force", COIN | {"time_in_force": "day"}),
    ("crypto_type", COIN | {"type": "stop", "stop_price": "99000"}),
    ("insufficient_balance", COIN | {"side": "sell"}),
    ("mleg_legs", COMBO | {"legs": [ONE]}),
    ("mleg_symbols", COMBO | {"legs": [ONE, ONE]}),
    ("mleg_type", COMBO | {"type": "stop", "stop_price": "1"}),
    ("mleg_ratio", COMBO | {"legs": [ONE | {"ratio_qty": "2"}, TWO | {"ratio_qty": "2"}]}),
    ("mleg_underlying", COMBO | {"legs": [ONE, TWO | {"symbol": "AAPL261218C00100000"}]}),
    ("class_not_allowed", COMBO | {"legs": [ONE, TWO | {"symbol": "SPY"}]}),
]


async def send(
    fake: FakeAlpaca, body: Any, method: str = "POST", path: str = "/v2/orders"
) -> tuple[int, dict[str, Any]]:
    headers = {"APCA-API-KEY-ID": fake.site.key, "APCA-API-SECRET-KEY": fake.site.secret}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, fake.url + path, json=body) as told,
    ):
        return told.status, {} if told.status == 204 else await told.json()


async def placed(fake: FakeAlpaca, **changed: Any) -> str:
    status, told = await send(fake, SHARES | changed)
    assert status == 200, told
    return str(told["id"])


def names(told: tuple[int, dict[str, Any]]) -> set[str]:
    """Return which refusals an answer may be: by status, code, and how its words begin."""
    status, body = told
    return {
        name for name, known in REFUSALS.items()
        if (status, body.get("code")) == (known.status, known.code)
        and body["message"].startswith(known.message.partition("{")[0])
    }


@pytest.mark.parametrize(("name", "body"), ORDERS, ids=lambda part: str(part)[:24])
async def test_an_order_against_the_rules_is_refused_and_never_exists(
    fake: FakeAlpaca, name: str, body: dict[str, Any]
) -> None:
    assert name in names(await send(fake, body))
    assert not fake.venue.orders


@pytest.mark.parametrize("name", sorted(REFUSALS))
async def test_every_refusal_can_be_planned_for_an_order_that_is_in_order(
    fake: FakeAlpaca, name: str
) -> None:
    fake.venue.plan(reject(name))
    assert name in names(await send(fake, SHARES | {"client_order_id": "tb-1"}))
    status, _ = await send(fake, None, "GET", "/v2/orders:by_client_order_id?client_order_id=tb-1")
    assert (status, fake.venue.orders) == (404, {})


async def test_a_position_cannot_be_sold_twice_nor_turned_around_in_one_order(
    fake: FakeAlpaca,
) -> None:
    await placed(fake)
    assert "insufficient_qty" in names(await send(fake, SHARES | {"side": "sell", "qty": "6"}))
    await placed(fake, side="sell", type="limit", limit_price="120")
    status, told = await send(fake, SHARES | {"side": "sell"})
    assert (status, told["available"], told["existing_qty"]) == (403, "0", "5")


async def test_an_order_that_could_trade_with_ones_own_is_refused(fake: FakeAlpaca) -> None:
    await placed(fake, **LIMIT)
    await placed(fake, symbol="MSFT", side="sell", type="limit", limit_price="400")
    assert "wash_trade" in names(await send(fake, SHARES | {"side": "sell"}))
    at_limit = SHARES | {"side": "sell", "type": "limit"}
    assert "wash_trade" in names(await send(fake, at_limit | {"limit_price": "99"}))
    assert (await send(fake, at_limit | {"limit_price": "99.01"}))[0] == 200


@pytest.mark.parametrize(("name", "value", "refusal"), [
    ("trading_blocked", True, "not_authorized"), ("account_blocked", True, "not_authorized"),
    ("suspended_by_user", True, "not_authorized"), ("shorting_enabled", False, "short_not_allowed"),
])
async def test_what_an_account_may_not_is_refused(
    fake: FakeAlpaca, name: str, value: object, refusal: str
) -> None:
    setattr(fake.account, name, value)
    assert refusal in names(await send(fake, SHARES | {"side": "sell"}))


async def test_combos_need_an_account_of_the_third_level(fake: FakeAlpaca) -> None:
    fake.account.options_level = 2
    assert "options_level" in names(await send(fake, COMBO))


async def test_a_short_option_needs_shares_or_cash_behind_it(fake: FakeAlpaca) -> None:
    put = "SPY261218P00500000"
    fake.venue.quote(put, "4.00", "4.20")
    sold = OPTION | {"symbol": put, "side": "sell"}
    assert (await send(fake, sold))[0] == 200
    assert "uncovered" in names(await send(fake, sold | {"qty": "3"}))


async def test_what_is_over_cannot_be_canceled(fake: FakeAlpaca) -> None:
    done = await placed(fake)
    gone = await placed(fake, **LIMIT)
    path = "/v2/orders/"
    assert (await send(fake, None, "DELETE", path + gone))[0] == 204
    told = [await send(fake, None, "DELETE", path + one) for one in (done, gone)]
    assert [body["message"] for _, body in told] == [
        'order is already in "filled" state', 'order is already in "canceled" state']
    assert all("not_cancelable" in names(one) for one in told)
    assert "order_not_found" in names(await send(fake, None, "DELETE", path + "unknown"))


async def test_what_is_being_canceled_or_changed_can_be_neither_once_more(
    fake: FakeAlpaca,
) -> None:
    fake.desk.holds |= {Request.CANCEL, Request.REPLACE}
    one, two = await placed(fake, **LIMIT), await placed(fake, **LIMIT)
    cheaper = {"limit_price": "98"}
    assert (await send(fake, None, "DELETE", f"/v2/orders/{one}"))[0] == 204
    assert (await send(fake, cheaper, "PATCH", f"/v2/orders/{two}"))[0] == 200
    for order_id in (one, two):
        again = await send(fake, cheaper, "PATCH", f"/v2/orders/{order_id}")
        assert "replace_pending" in names(again)
        assert "not_cancelable" in names(await send(fake, None, "DELETE", f"/v2/orders/{order_id}"))


@pytest.mark.parametrize(("name", "change"), [
    ("unchanged", {"limit_price": "99"}), ("sub_penny", {"limit_price": "99.001"}),
    ("qty_below_filled", {"qty": "2"}), ("fractional_replace", {"qty": "7.5"}),
    ("duplicate_id", {"limit_price": "98", "client_order_id": "tb-1"}),
    ("bad_parameter", {"time_in_force": "forever"}), ("bad_body", []),
])
async def test_a_change_against_the_rules_leaves_the_order_as_it_was(
    fake: FakeAlpaca, name: str, change: Any
) -> None:
    fake.venue.plan(partial(2))
    order_id = await placed(fake, **LIMIT, client_order_id="tb-1")
    assert name in names(await send(fake, change, "PATCH", f"/v2/orders/{order_id}"))
    (order,) = fake.venue.working()
    assert (order.qty, order.limit) == (5, Decimal(99))


async def test_what_has_not_arrived_or_is_over_or_has_no_quantity_cannot_be_changed(
    fake: FakeAlpaca,
) -> None:
    done = await placed(fake)
    fake.venue.open_hours(Hours.CLOSED)
    waiting = await placed(fake, **LIMIT)
    paid = await placed(fake, qty=None, notional="50")
    hours = {done: Hours.EXTENDED, paid: Hours.EXTENDED, waiting: Hours.CLOSED}
    change, told = {"limit_price": "98"}, list[set[str]]()
    for order_id in (done, paid, waiting):
        fake.venue.open_hours(hours[order_id])
        told += [names(await send(fake, change, "PATCH", f"/v2/orders/{order_id}"))]
    assert [one & {"not_open", "notional_replace", "not_at_exchange"} for one in told] == [
        {"not_open"}, {"notional_replace"}, {"not_at_exchange"}]


async def test_a_body_that_is_no_object_is_refused(fake: FakeAlpaca) -> None:
    assert "bad_body" in names(await send(fake, ["AAPL"]))
    assert not fake.venue.orders
