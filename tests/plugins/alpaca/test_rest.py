"""Is each call one request that ends in time, and is what we know afterwards what is known?"""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.fakes.alpaca.fake import KEY, SECRET, FakeAlpaca
from tests.fakes.faults import FaultKind, Request
from tests.fakes.venue import Venue
from tests.plugins.alpaca.playing import settings_for

from tradebot.plugins.alpaca.rest import AlpacaRest
from tradebot.ports import Declined, DeliveryUnknown, NotSent

BUY = {
    "symbol": "SPY", "side": "buy", "type": "limit", "time_in_force": "day", "qty": "0.1",
    "limit_price": "90071992547409.93", "client_order_id": "tb1",
}


@asynccontextmanager
async def asking(**changes: Any) -> AsyncIterator[tuple[AlpacaRest, FakeAlpaca]]:
    async with FakeAlpaca(Venue()) as fake:
        rest = AlpacaRest(settings_for(fake, **changes))
        await rest.open()
        try:
            yield rest, fake
        finally:
            await rest.close()


@pytest.mark.parametrize(("kind", "known"), [
    (FaultKind.DROP_BEFORE, DeliveryUnknown), (FaultKind.ACCEPT_DROP, DeliveryUnknown),
    (FaultKind.ERROR_BEFORE, DeliveryUnknown), (FaultKind.ERROR_AFTER, DeliveryUnknown),
    (FaultKind.HTML, DeliveryUnknown), (FaultKind.TOO_MANY, NotSent),
])
async def test_a_request_that_fails_is_made_once(
    kind: FaultKind, known: type[Exception]
) -> None:
    async with asking() as (rest, fake):
        fake.faults.push(kind, on=Request.SUBMIT)
        with pytest.raises(known):
            await rest.post("/orders", BUY)
        assert [asked.method for asked in fake.asked] == ["POST"]


async def test_what_is_written_is_what_arrives_byte_for_byte() -> None:
    async with asking() as (rest, fake):
        with pytest.raises(Declined):
            await rest.post("/orders", BUY)
        (asked,) = fake.asked
        assert b'"qty": "0.1"' in asked.body
        assert b'"limit_price": "90071992547409.93"' in asked.body


async def test_a_line_that_nobody_takes_up_carried_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    rest = AlpacaRest(settings_for(url=url))
    await rest.open()
    with pytest.raises(NotSent):
        await rest.post("/orders", BUY)
    await rest.close()


async def test_calls_that_hang_take_all_lines_and_what_waits_for_one_never_left() -> None:
    async with asking(calls_max=2, call_s=0.2) as (rest, fake):
        fake.faults.push(FaultKind.HANG, on=Request.SUBMIT, times=2)
        bodies = ({**BUY, "client_order_id": f"tb{n}"} for n in range(3))
        ends = await asyncio.gather(
            *(rest.post("/orders", body) for body in bodies), return_exceptions=True
        )
        assert [type(end) for end in ends] == [DeliveryUnknown, DeliveryUnknown, NotSent]
        assert len(fake.asked) == 2


async def test_a_silent_answer_frees_its_line_again() -> None:
    async with asking(calls_max=2, silence_s=0.05) as (rest, fake):
        fake.faults.push(FaultKind.HANG, on=Request.STATEMENT, times=2)
        for _ in range(2):
            with pytest.raises(DeliveryUnknown):
                await rest.get("/account")
        assert (await rest.get("/account"))["currency"] == "USD"


async def test_to_hang_up_ends_a_call_that_hangs_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    async with asking() as (rest, fake):
        fake.faults.push(FaultKind.HANG, on=Request.STATEMENT)
        call = asyncio.create_task(rest.get("/account"))
        while not fake.asked:
            await asyncio.sleep(0.005)
        await rest.close()
        with pytest.raises(DeliveryUnknown):
            await call
        assert set(threading.enumerate()) == before


async def test_after_the_end_nothing_is_asked() -> None:
    async with asking() as (rest, fake):
        await rest.close()
        await rest.close()
        with pytest.raises(NotSent):
            await rest.get("/account")
        assert not fake.asked


async def test_an_error_carries_neither_key_nor_secret() -> None:
    async with asking() as (rest, fake):
        fake.faults.push(FaultKind.ERROR_AFTER, on=Request.STATEMENT)
        with pytest.raises(DeliveryUnknown) as known:
            await rest.get("/account")
        chain: BaseException | None = known.value
        while chain is not None:
            assert KEY not in repr(vars(chain))
            assert SECRET not in repr(vars(chain))
            assert not hasattr(chain, "request")
            chain = chain.__cause__ or chain.__context__


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_what_the_environment_says_of_proxies_is_not_followed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    async with asking() as (rest, _):
        assert (await rest.get("/account"))["currency"] == "USD"


async def test_a_page_that_points_elsewhere_is_not_followed() -> None:
    async def away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n"
                     b"Content-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(away, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        rest = AlpacaRest(settings_for(url=f"http://{host}:{port}"))
        await rest.open()
        with pytest.raises(DeliveryUnknown):
            await rest.post("/orders", BUY)
        await rest.close()


async def test_questions_never_use_up_what_alpaca_takes_in_a_minute() -> None:
    async with asking(requests_per_minute=60, call_s=0.3) as (rest, fake):
        asked = await asyncio.gather(
            *(rest.get("/account") for _ in range(60)), return_exceptions=True
        )
        refused = [end for end in asked if isinstance(end, NotSent)]
        assert 18 <= len(fake.asked) <= 19  # so many at once, and the next one in two seconds
        assert len(refused) == 60 - len(fake.asked)
        await rest.delete("/orders")
        assert len(fake.asked) <= 20


async def test_a_question_too_many_waits_for_its_turn() -> None:
    async with asking(requests_per_minute=6_000) as (rest, fake):
        rest._turns = 0.0
        loop = asyncio.get_running_loop()
        rest._counted_at = began = loop.time()
        for _ in range(5):
            await rest.get("/account")
        assert loop.time() - began >= 5 / 45
        assert len(fake.asked) == 5
