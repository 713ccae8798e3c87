"""Is every scenario that the fake claims to play shown by a test, and by which?"""

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import MarketOrderRequest
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.alpaca.scenarios import FAULTS, STATES
from tests.fakes.alpaca.test_fake_stream import listening
from tests.fakes.faults import FaultKind

BUY = MarketOrderRequest(symbol="AAPL", qty=5, side="buy", time_in_force="day")


def test_every_scenario_names_a_test_that_is_there() -> None:
    texts = [path.read_text() for path in Path(__file__).parent.glob("test_*.py")]
    told = {**FAULTS, **STATES}
    missing = [name for name, (_, _, test) in told.items()
               if not any(f"def {test}(" in text for text in texts)]
    assert not missing
    assert set(FAULTS) == {kind.value for kind in FaultKind}


async def test_updates_overtake_a_slow_answer(fake: FakeAlpaca, client: TradingClient) -> None:
    fake.site.answers.clear()
    async with listening(fake) as heard:
        call = asyncio.create_task(asyncio.to_thread(client.submit_order, BUY))
        await heard.wait_for(3)
        assert not call.done()
        fake.site.answers.set()
        await call


async def test_the_history_of_fills_may_lag(fake: FakeAlpaca, client: TradingClient) -> None:
    fake.office.history_lag = timedelta(hours=1)
    await asyncio.to_thread(client.submit_order, BUY)
    path = "/account/activities/FILL"
    assert await asyncio.to_thread(client.get, path) == []
    fake.office.history_lag = timedelta()
    assert len(await asyncio.to_thread(client.get, path)) == 1


async def test_while_it_is_away_nobody_gets_in_and_all_goes_on(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    port = fake.port
    async with listening(fake) as heard:
        await fake.stop()
        fake.venue.place_external("AAPL", 1)
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(fake.url)
        await fake.start()
        assert fake.port == port
        told = await asyncio.to_thread(client.get_open_position, "AAPL")
    assert (told.qty, heard) == ("1", [])


async def test_a_revoked_key_is_refused_though_the_stream_goes_on(
    fake: FakeAlpaca, client: TradingClient
) -> None:
    async with listening(fake) as heard:
        fake.site.secret = "another one"
        with pytest.raises(APIError, match="unauthorized"):
            await asyncio.to_thread(client.submit_order, BUY)
        fake.venue.place_external("AAPL", 1)
        await heard.wait_for(3)
