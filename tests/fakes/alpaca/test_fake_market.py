"""Does alpaca-py understand the market's half of the fake, without our feed?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from alpaca.data.historical import OptionHistoricalDataClient, StockHistoricalDataClient
from alpaca.data.live import OptionDataStream, StockDataStream
from alpaca.data.requests import (
    OptionChainRequest,
    OptionLatestQuoteRequest,
    StockBarsRequest,
    StockLatestQuoteRequest,
)
from alpaca.data.timeframe import TimeFrame
from tests.core.options.making import a_chain
from tests.fakes.alpaca.fake import FakeAlpaca
from tests.fakes.alpaca.market import AlpacaMarketHalf
from tests.fakes.market import MarketFacts
from tests.fakes.venue import Venue

PUT = "SPY261218P00490000"
WITHIN_S = 10.0


class Hall:
    def __init__(self) -> None:
        self.venue = Venue()
        self.facts = MarketFacts(self.venue)
        self.fake = FakeAlpaca(self.venue)
        self.market = AlpacaMarketHalf(self.fake, self.facts)
        self.heard: list[Any] = []

    async def hear(self, told: Any) -> None:
        self.heard.append(told)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(WITHIN_S):
            while len(self.heard) < count:
                await asyncio.sleep(0.001)

    async def lines(self, kind: str = "shares") -> set[str]:
        async with asyncio.timeout(WITHIN_S):
            while not (found := self.market.lines(kind)):
                await asyncio.sleep(0.001)
        return found

    def keys(self, url: str) -> dict[str, str]:
        return {
            "api_key": self.fake.site.key, "secret_key": self.fake.site.secret,
            "url_override": url,
        }


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    hall = Hall()
    hall.venue.quote("SPY", "500.00", "500.02")
    async with hall.fake:
        yield hall


@asynccontextmanager
async def listening(stream: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(stream._run_forever())
    try:
        yield
    finally:
        stream._should_run = False
        task.cancel()
        await asyncio.wait({task})
        await stream.close()


async def test_minutes_come_in_pages_newest_first_where_that_is_asked(hall: Hall) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    hall.facts.past("SPY", range(490, 500), now)
    client = StockHistoricalDataClient(**hall.keys(hall.fake.data_url))
    wanted = StockBarsRequest(
        symbol_or_symbols="SPY", timeframe=TimeFrame.Minute, start=now - timedelta(minutes=4),
    )
    found: Any = await asyncio.to_thread(client.get_stock_bars, wanted)
    assert [bar.close for bar in found["SPY"]] == [496, 497, 498, 499]
    assert found["SPY"][-1].timestamp == now - timedelta(minutes=1)


async def test_quotes_and_chains_are_told_when_asked_for(hall: Hall) -> None:
    hall.facts.show(a_chain(days=(25,)))
    shares = StockHistoricalDataClient(**hall.keys(hall.fake.data_url))
    asked = StockLatestQuoteRequest(symbol_or_symbols=["SPY", "NOSUCH"])
    quotes: Any = await asyncio.to_thread(shares.get_stock_latest_quote, asked)
    assert {symbol: quote.ask_price for symbol, quote in quotes.items()} == {"SPY": 500.01}
    options = OptionHistoricalDataClient(**hall.keys(hall.fake.data_url))
    chain: Any = await asyncio.to_thread(
        options.get_option_chain, OptionChainRequest(underlying_symbol="SPY")
    )
    assert len(chain) == 82
    assert chain[PUT].implied_volatility == 0.18 and chain[PUT].greeks.delta == 0.5
    latest: Any = await asyncio.to_thread(
        options.get_option_latest_quote, OptionLatestQuoteRequest(symbol_or_symbols=PUT)
    )
    assert latest[PUT].bid_price == chain[PUT].latest_quote.bid_price > 0


async def test_the_stream_of_shares_tells_quotes_bars_and_halts(hall: Hall) -> None:
    stream = StockDataStream(**hall.keys(hall.fake.data_stream_url))
    stream.subscribe_quotes(hall.hear, "SPY")
    stream.subscribe_bars(hall.hear, "SPY")
    stream.subscribe_trading_statuses(hall.hear, "SPY")
    async with listening(stream):
        assert await hall.lines() == {"SPY"}
        hall.venue.quote("SPY", "501.10", "501.13")
        hall.venue.quote("IBM", "250", "251")
        hall.facts.bar("SPY", datetime(2026, 11, 23, 15, tzinfo=UTC), "501.20")
        hall.facts.halt("SPY")
        await hall.until(3)
    quote, bar, status = hall.heard
    assert (quote.bid_price, quote.ask_price, quote.symbol) == (501.1, 501.13, "SPY")
    assert (bar.close, bar.timestamp) == (501.2, datetime(2026, 11, 23, 15, tzinfo=UTC))
    assert status.status_code == "H"


async def test_the_stream_of_options_tells_quotes(hall: Hall) -> None:
    url = hall.fake.data_stream_url.replace("/v2/iex", "/v1beta1/indicative")
    stream = OptionDataStream(**hall.keys(url))
    stream.subscribe_quotes(hall.hear, PUT)
    async with listening(stream):
        assert await hall.lines("options") == {PUT}
        hall.venue.quote(PUT, "3.05", "3.10")
        await hall.until(1)
    assert (hall.heard[0].bid_price, hall.heard[0].bid_size) == (3.05, Decimal(100))


async def test_a_stranger_a_second_connection_and_too_many_lines_are_refused(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    first = StockDataStream(**hall.keys(hall.fake.data_stream_url))
    first.subscribe_quotes(hall.hear, "SPY")
    async with listening(first):
        await hall.lines()
        for more, why in (({"secret_key": "no"}, "auth failed"), ({}, "connection limit")):
            second = StockDataStream(**{**hall.keys(hall.fake.data_stream_url), **more})
            with pytest.raises(ValueError, match=why):
                await second._start_ws()
            await second.close()
        hall.market.lines_max = 2
        first._handlers["quotes"] |= dict.fromkeys(["A", "B"], hall.hear)
        await first._send_subscribe_msg()
        async with asyncio.timeout(WITHIN_S):
            while "symbol limit exceeded (405)" not in caplog.text:
                await asyncio.sleep(0.001)
        assert hall.market.lines() == {"SPY"}
