"""Does the fake push trade updates so that alpaca-py's own stream and models read every one?"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import aiohttp
import pytest
from alpaca.trading.client import TradingClient
from alpaca.trading.models import TradeUpdate
from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest, ReplaceOrderRequest
from alpaca.trading.stream import TradingStream
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.faults import FaultKind, Request
from tests.fakes.venue import Venue
from tests.fakes.venue_facts import VenueOrder, partial, reject

BUY = {"symbol": "AAPL", "qty": 5, "side": "buy", "time_in_force": "day"}


class Heard(list[TradeUpdate]):
    """What a stock stream handed on."""

    def words(self) -> list[str]:
        return [str(getattr(update.event, "value", update.event)) for update in self]

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self) < count:
                await asyncio.sleep(0.002)


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0.002)


@asynccontextmanager
async def listening(fake: FakeAlpaca, *, secret: str | None = None) -> AsyncIterator[Heard]:
    """Run alpaca-py's stream as it is bought, but for the seconds between its attempts."""
    heard = Heard()
    stream = TradingStream(
        fake.site.key, secret or fake.site.secret, url_override=fake.stream_url,
    )
    stream._reconnect_min_backoff = stream._reconnect_max_backoff = 0.01

    async def hear(update: TradeUpdate) -> None:
        heard.append(update)

    stream.subscribe_trade_updates(hear)
    task = asyncio.create_task(stream._run_forever())
    try:
        if secret is None:
            await until(lambda: any(one.listens for one in fake.updates.listeners))
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await stream.close()


async def placed(client: TradingClient, **changed: object) -> str:
    order = await asyncio.to_thread(
        client.submit_order, LimitOrderRequest(**BUY | {"limit_price": 99} | changed))
    return str(order.id)


async def test_an_order_is_told_from_its_arrival_to_its_last_fill(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.venue.plan(partial(2))
    async with listening(fake) as heard:
        order_id = await placed(client)
        fake.venue.fill(fake.book.by_id(order_id), 3, "99")
        await heard.wait_for(4)
    assert heard.words() == ["pending_new", "new", "partial_fill", "fill"]
    first, last = heard[2], heard[3]
    assert (first.qty, first.order.filled_qty, first.position_qty) == (2, "2", 2)
    assert (last.qty, last.price, last.order.filled_qty, last.position_qty) == (3, 99, "5", 5)
    assert first.execution_id != last.execution_id


@pytest.mark.parametrize(("what", "word"), [
    ("cancel", "canceled"), ("expire", "expired"), ("reject", "rejected"),
])
async def test_every_end_of_an_order_has_a_word(
    fake: FakeAlpaca, client: TradingClient, what: str, word: str
) -> None:
    async with listening(fake) as heard:
        order = fake.book.by_id(await placed(client))
        getattr(fake.venue, what)(order, *(["late"] if what == "reject" else []))
        await heard.wait_for(3)
    assert heard.words()[2:] == [word]
    assert heard[2].order.status.value == word


async def test_an_order_can_be_taken_and_rejected_afterwards(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    fake.venue.plan(reject("the exchange does not want it"))
    async with listening(fake) as heard:
        await placed(client)
        await heard.wait_for(1)
    assert heard.words() == ["rejected"]


async def test_a_change_is_told_of_the_old_order_and_then_of_the_new_one(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        old = await placed(client)
        new = await asyncio.to_thread(
            client.replace_order_by_id, old, ReplaceOrderRequest(limit_price=98))
        await heard.wait_for(4)
    assert heard.words()[2:] == ["replaced", "new"]
    assert (heard[2].order.replaced_by, heard[3].order.replaces) == (new.id, heard[2].order.id)


async def test_a_cancel_that_comes_too_late_is_refused_after_the_fill(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        fake.desk.holds.add(Request.CANCEL)
        order_id = await placed(client)
        await asyncio.to_thread(client.cancel_order_by_id, order_id)
        fake.venue.quote("AAPL", "98.00", "98.50")
        fake.desk.release()
        await heard.wait_for(5)
    assert heard.words()[2:] == ["pending_cancel", "fill", "order_cancel_rejected"]


async def test_a_cancel_that_was_held_back_cancels_what_is_left(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        fake.desk.holds.add(Request.CANCEL)
        order_id = await placed(client)
        await asyncio.to_thread(client.cancel_order_by_id, order_id)
        fake.venue.fill(fake.book.by_id(order_id), 2, "99")
        fake.desk.release()
        await heard.wait_for(5)
    assert heard.words()[2:] == ["pending_cancel", "partial_fill", "canceled"]
    assert heard[4].order.filled_qty == "2"


@pytest.mark.parametrize(("happens", "word", "change"), [
    (lambda venue, order: venue.fill(order, 5, "99"), "fill", {"limit_price": 98}),
    (lambda venue, order: venue.fill(order, 4, "99"), "partial_fill", {"qty": 3}),
    (lambda venue, order: venue.cancel(order), "canceled", {"limit_price": 98}),
])
async def test_a_change_of_what_is_over_meanwhile_is_rejected_under_both_names(
    fake: FakeAlpaca, client: TradingClient, happens: Callable[[Venue, VenueOrder], object],
    word: str, change: dict[str, int],
) -> None:
    async with listening(fake) as heard:
        fake.desk.holds.add(Request.REPLACE)
        old = await placed(client)
        wanted = ReplaceOrderRequest(**change, client_order_id="tb-2")
        await asyncio.to_thread(client.replace_order_by_id, old, wanted)
        happens(fake.venue, fake.book.by_id(old))
        fake.desk.release()
        await heard.wait_for(6)
    assert heard.words()[2:] == ["pending_replace", word, "order_replace_rejected", "rejected"]
    assert heard[5].order.client_order_id == "tb-2"
    again = await asyncio.to_thread(client.get_order_by_client_id, "tb-2")
    assert again.status.value == "rejected"


async def test_a_late_fill_is_told_under_the_old_id(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        old = await placed(client)
        await asyncio.to_thread(
            client.replace_order_by_id, old, ReplaceOrderRequest(limit_price=98))
        fake.venue.fill(fake.book.by_id(old), 1, "99")
        await heard.wait_for(5)
    assert (heard.words()[4], str(heard[4].order.id)) == ("partial_fill", old)


async def test_busts_and_corrections_name_what_they_take_back(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        await asyncio.to_thread(client.submit_order, MarketOrderRequest(**BUY))
        (first,) = fake.venue.executions
        second = fake.venue.correct(first, Decimal(4), Decimal("100.05"))
        fake.venue.bust(second)
        await heard.wait_for(5)
    assert heard.words()[3:] == ["trade_correct", "trade_bust"]
    assert (heard[3].qty, heard[3].order.filled_qty, heard[4].order.filled_qty) == (4, "4", "0")


async def test_what_happens_while_nobody_listens_is_never_told(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        order = fake.book.by_id(await placed(client))
        await heard.wait_for(2)
        fake.updates.drop()
        fake.venue.fill(order, 2, "99")
        await until(lambda: any(one.listens for one in fake.updates.listeners))
        fake.venue.fill(order, 3, "99")
        await heard.wait_for(3)
    assert heard.words() == ["pending_new", "new", "fill"]
    assert (heard[2].qty, heard[2].order.filled_qty) == (3, "5")


async def test_a_mute_stream_looks_alive_and_tells_nothing(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        fake.faults.push(FaultKind.MUTE, on=Request.STREAM)
        await placed(client)
        await asyncio.sleep(0.02)
        assert (len(heard), len(fake.updates.listeners)) == (0, 1)


async def test_a_mute_stream_answers_no_ping(fake: FakeAlpaca) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(fake.stream_url, autoping=False) as socket,
    ):
        await socket.ping(b"one")
        assert (await socket.receive(1)).type is aiohttp.WSMsgType.PONG
        fake.updates.mute()
        await socket.ping(b"two")
        with pytest.raises(TimeoutError):
            await socket.receive(0.03)


async def test_wrong_credentials_are_refused_for_as_long_as_the_stock_stream_tries(
    fake: FakeAlpaca, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(fake, secret="wrong") as heard:
        await until(lambda: fake.site.refused_logins >= 3)
    assert not heard
    assert "failed to authenticate" in caplog.text


async def test_who_logged_in_and_does_not_listen_is_told_nothing(fake: FakeAlpaca) -> None:
    login = {"action": "auth", "key": fake.site.key, "secret": fake.site.secret}
    async with (
        aiohttp.ClientSession() as session, session.ws_connect(fake.stream_url) as socket,
    ):
        await socket.send_json(login)
        assert json.loads(await socket.receive_bytes(timeout=1))["data"]["status"] == "authorized"
        fake.venue.place_external("AAPL", 1)
        with pytest.raises(TimeoutError):
            await socket.receive(0.03)


async def test_a_second_connection_is_turned_away(fake: FakeAlpaca) -> None:
    async with listening(fake), aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(fake.stream_url)
    assert refused.value.status == 429


async def test_frames_are_binary_and_nobody_listens_before_logging_in(fake: FakeAlpaca) -> None:
    listen = {"action": "listen", "data": {"streams": ["trade_updates", "news"]}}
    login = {"action": "authenticate",
             "data": {"key_id": fake.site.key, "secret_key": fake.site.secret}}
    async with (
        aiohttp.ClientSession() as session, session.ws_connect(fake.stream_url) as socket,
    ):
        for message in (listen, login, listen):
            await socket.send_json(message)
        told = [json.loads(await socket.receive_bytes(timeout=1)) for _ in range(3)]
    assert [(t["stream"], t["data"]) for t in told] == [
        ("authorization", {"action": "listen", "status": "unauthorized"}),
        ("authorization", {"action": "authenticate", "status": "authorized"}),
        ("listening", {"streams": ["trade_updates"]}),
    ]


@pytest.mark.parametrize(("kind", "told"), [
    (FaultKind.DUPLICATE_ACK, ["pending_new", "pending_new", "new"]),
    (FaultKind.DROP_BEFORE, []),
    (FaultKind.ACCEPT_DROP, ["pending_new", "new"]),
])
async def test_updates_are_doubled_or_lost_when_the_stream_suffers(
    fake: FakeAlpaca, client: TradingClient, kind: FaultKind, told: list[str]
) -> None:
    async with listening(fake) as heard:
        fake.faults.push(kind, on=Request.STREAM)
        await placed(client)
        await heard.wait_for(len(told))
        await asyncio.sleep(0.02)
    assert heard.words() == told


async def test_the_stock_stream_swallows_a_status_that_it_does_not_know(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        fake.faults.push(FaultKind.UNKNOWN_WORD, on=Request.STREAM)
        await placed(client)
        await heard.wait_for(1)
    assert heard.words() == ["new"]


async def test_a_fill_can_be_told_before_the_order_that_it_fills(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        fake.faults.push(FaultKind.FILL_BEFORE_ACK, on=Request.SUBMIT)
        told = await asyncio.to_thread(client.submit_order, MarketOrderRequest(**BUY))
        assert heard.words() == ["fill", "pending_new", "new"]
    assert (heard[0].order.id, told.status.value) == (told.id, "pending_new")


async def test_words_that_are_seldom_heard_can_be_said_by_hand(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    seldom = ("done_for_day", "stopped", "suspended", "calculated", "restated", "held")
    async with listening(fake) as heard:
        order = fake.book.by_id(await placed(client))
        for word in seldom:
            fake.updates.say(word, fake.book.order(order))
        await heard.wait_for(2 + len(seldom))
    assert heard.words()[2:] == list(seldom)
