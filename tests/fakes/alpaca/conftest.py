"""An exchange with a few prices, a fake Alpaca in front of it, and a stock client."""

from collections.abc import AsyncIterator

import pytest
from alpaca.trading.client import TradingClient
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.alpaca.prices import a_market


@pytest.fixture
async def fake() -> AsyncIterator[FakeAlpaca]:
    async with FakeAlpaca(a_market()) as fake:
        yield fake


@pytest.fixture
def client(fake: FakeAlpaca) -> TradingClient:
    """Return alpaca-py as it is bought, but for the seconds between its retries."""
    client = TradingClient(fake.site.key, fake.site.secret, url_override=fake.url)
    client._retry_wait = 0
    return client
