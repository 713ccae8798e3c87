"""Does every trouble that the fake can make do what its name says, at every request it can meet?"""

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.alpaca.test_fake_stream import until
from tests.fakes.alpaca.troubles import SUFFERS
from tests.fakes.faults import FaultKind, Request

BUY = {"symbol": "AAPL", "qty": "5", "side": "buy", "type": "limit", "time_in_force": "day",
       "limit_price": "99", "client_order_id": "tb-2"}
EARLY = (FaultKind.DROP_BEFORE, FaultKind.ERROR_BEFORE, FaultKind.TOO_MANY)
CALLS: dict[Request, tuple[str, str, Any]] = {
    Request.CONNECT: ("GET", "/v2/clock", None),
    Request.SUBMIT: ("POST", "/v2/orders", BUY),
    Request.CANCEL: ("DELETE", "/v2/orders/{id}", None),
    Request.REPLACE: ("PATCH", "/v2/orders/{id}", {"limit_price": "98"}),
    Request.FIND: ("GET", "/v2/orders:by_client_order_id?client_order_id=tb-1", None),
    Request.FILLS: ("GET", "/v2/account/activities/FILL", None),
    Request.STATEMENT: ("GET", "/v2/orders", None),
    Request.DATA: ("GET", "/v2/assets/AAPL", None),
}
HAPPENED: dict[Request, Callable[[FakeAlpaca], bool]] = {
    Request.SUBMIT: lambda fake: bool(fake.venue.called("tb-2")),
    Request.CANCEL: lambda fake: not fake.venue.called("tb-1")[0].is_working,
    Request.REPLACE: lambda fake: fake.venue.called("tb-1")[0].replaced_by is not None,
}
ANSWERS: dict[FaultKind, Callable[[aiohttp.ClientResponse, str], bool]] = {
    FaultKind.ERROR_BEFORE: lambda told, text: told.status == 500 and "code" in text,
    FaultKind.ERROR_AFTER: lambda told, text: told.status == 504 and "code" not in text,
    FaultKind.HTML: lambda told, text: told.status == 502 and text.startswith("<html>"),
    FaultKind.TOO_MANY: lambda told, text: told.status == 429 and "Retry-After" in told.headers,
    FaultKind.UNKNOWN_WORD: lambda told, text: told.ok and "oddly_" in text,
}
PAIRS = [(on, kind) for on in CALLS for kind in SUFFERS[on]]


def rest_an_order(fake: FakeAlpaca) -> None:
    """Have one order that is filled, and one that waits."""
    fake.venue.submit("tb-0", "AAPL", Decimal(1))
    fake.venue.submit("tb-1", "AAPL", Decimal(5), limit=Decimal(99))


async def ask(fake: FakeAlpaca, on: Request) -> tuple[aiohttp.ClientResponse, str]:
    method, path, body = CALLS[on]
    order_id = fake.book.id_of(fake.venue.called("tb-1")[0])
    headers = {"APCA-API-KEY-ID": fake.site.key, "APCA-API-SECRET-KEY": fake.site.secret}
    async with asyncio.timeout(5), aiohttp.ClientSession(headers=headers) as session:
        session._retry_connection = False  # it asks a second time by itself, also for a DELETE
        url = fake.url + path.format(id=order_id)
        async with session.request(method, url, json=body) as told:
            return told, await told.text()


@pytest.mark.parametrize(("on", "kind"), PAIRS, ids=lambda part: str(part))
async def test_a_trouble_has_its_answer_and_its_effect(
    fake: FakeAlpaca, on: Request, kind: FaultKind
) -> None:
    rest_an_order(fake)
    fake.faults.push(kind, on=on, amount=5)
    if kind in (FaultKind.DROP_BEFORE, FaultKind.ACCEPT_DROP):
        with pytest.raises(aiohttp.ClientConnectionError):
            await ask(fake, on)
    elif kind is FaultKind.HANG:
        asking = asyncio.create_task(ask(fake, on))
        await until(lambda: fake.faults.fired)
        await asyncio.sleep(0.02)
        assert asking.cancel(), "there was an answer"
        await asyncio.wait({asking})
    else:
        told, text = await ask(fake, on)
        assert ANSWERS.get(kind, lambda told, text: told.ok)(told, text), (told.status, text)
    if on in HAPPENED:
        assert HAPPENED[on](fake) is (kind not in EARLY)
    assert fake.faults.fired == {kind: 1}
    assert fake.faults.left == 0


async def test_a_clock_that_is_wrong_stays_wrong_in_all_that_is_told(fake: FakeAlpaca) -> None:
    rest_an_order(fake)
    fake.faults.push(FaultKind.SKEW, amount=-90)
    before = fake.venue.now()
    told, _ = await ask(fake, Request.CONNECT)
    _, orders = await ask(fake, Request.STATEMENT)
    assert abs((fake.book.now() - before).total_seconds() + 90) < 2
    assert json.loads(orders)[0]["created_at"] < f"{before:%Y-%m-%dT%H:%M:%S}"
    assert told.headers["Date"] != ""


@pytest.mark.parametrize(("kind", "says"), [
    (FaultKind.DUPLICATE_ACK, ["pending_new", "pending_new", "new", "new"]),
    (FaultKind.FILL_BEFORE_ACK, ["pending_new", "new"]),
])
async def test_what_an_order_makes_to_say_is_said_twice_or_early(
    fake: FakeAlpaca, kind: FaultKind, says: list[str]
) -> None:
    rest_an_order(fake)
    said = list[str]()
    fake.updates._send = lambda told: said.append(told["event"])  # type: ignore[method-assign]
    fake.faults.push(kind, on=Request.SUBMIT)
    await ask(fake, Request.SUBMIT)
    assert said == says


@pytest.mark.parametrize("kind", SUFFERS[Request.CONNECT], ids=str)
async def test_a_stream_can_fail_before_it_begins(fake: FakeAlpaca, kind: FaultKind) -> None:
    fake.faults.push(kind, on=Request.CONNECT, amount=1)
    async with aiohttp.ClientSession() as session:
        session._retry_connection = False
        if kind is FaultKind.SKEW:
            async with session.ws_connect(fake.stream_url):
                assert fake.book.skew.total_seconds() == 1
            return
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            async with asyncio.timeout(0.05):
                await session.ws_connect(fake.stream_url)
    assert not fake.updates.listeners


async def test_a_new_order_can_be_hidden_from_the_first_who_look_for_it(fake: FakeAlpaca) -> None:
    fake.desk.finds_late = 2
    rest_an_order(fake)
    await ask(fake, Request.SUBMIT)
    looked = [await looked_for(fake, "tb-2") for _ in range(3)]
    assert looked == [404, 404, 200]


async def looked_for(fake: FakeAlpaca, client_id: str) -> int:
    headers = {"APCA-API-KEY-ID": fake.site.key, "APCA-API-SECRET-KEY": fake.site.secret}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{fake.url}/v2/orders:by_client_order_id?client_order_id={client_id}"
        async with session.get(url) as told:
            return told.status
