"""Would the smoke test pass where all is well, and stop where it is not? Asked of the fakes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.core.options.making import MONDAY, a_chain
from tests.fakes.alpaca.fake import KEY, SECRET, FakeAlpaca
from tests.fakes.alpaca.market import AlpacaMarketHalf
from tests.fakes.loopback import nobody_outside as nobody_outside
from tests.fakes.market import MarketFacts
from tests.fakes.tws.gateway import FakeGateway
from tests.fakes.tws.market import TwsMarketHalf
from tests.fakes.venue import Venue
from tests.live.smoke import Smoke

from tradebot.shell.clock import LoopClock
from tradebot.shell.settings.config import Config, load


@asynccontextmanager
async def alpaca(venue: Venue) -> AsyncIterator[tuple[dict[str, Any], dict[str, Any]]]:
    fake, keys = FakeAlpaca(venue), {"key": KEY, "secret": SECRET}
    AlpacaMarketHalf(fake, shown(venue))
    async with fake:
        yield {**keys, "url": fake.url, "stream_url": fake.stream_url}, {
            **keys, "data_url": fake.data_url, "trading_url": fake.url, "poll_s": 0.05,
            "stream_url": fake.data_stream_url.removesuffix("/v2/iex"),
        }


@asynccontextmanager
async def ibkr(venue: Venue) -> AsyncIterator[tuple[dict[str, Any], dict[str, Any]]]:
    gateway = FakeGateway(venue)
    gateway.messages_per_s_max = 10_000
    TwsMarketHalf(gateway, shown(venue))
    async with gateway:
        yield {"port": gateway.port}, {"port": gateway.port, "poll_s": 0.05, "glance_s": 0.3}


def shown(venue: Venue) -> MarketFacts:
    facts = MarketFacts(venue)
    facts.show(a_chain(days=(25,), strikes=range(495, 510, 5)))
    return facts


def configured(home: Path, name: str, route: dict[str, Any], feed: dict[str, Any]) -> Config:
    path = home / "c.yaml"
    path.touch(0o600)
    path.write_text(yaml.safe_dump({
        "mode": "paper", "brokers": {name: {"adapter": name, "kind": "paper", **route}},
        "market_data": {"provider": name, "symbols": ["SPY"], **feed},
    }))
    return load(path, environ={})


@pytest.mark.parametrize("server", [alpaca, ibkr])
async def test_where_all_is_well_it_passes_and_leaves_nothing(server: Any, tmp_path: Path) -> None:
    clock = LoopClock(MONDAY, asyncio.get_running_loop())
    venue, name = Venue(now=clock.now), server.__name__
    async with server(venue) as (route, feed):
        told = await Smoke(configured(tmp_path, name, route, feed), name, tmp_path, clock).run()
    assert told["order"].endswith("taken, found, canceled")
    assert told["chain"].endswith("expiries on SPY")
    assert [order.status for order in venue.orders.values()] == ["canceled"]
    assert not venue.executions


async def test_real_money_is_left_alone(tmp_path: Path) -> None:
    clock = LoopClock(MONDAY, asyncio.get_running_loop())
    venue = Venue(now=clock.now)
    async with ibkr(venue) as (route, feed), FakeGateway(venue, account="U1234567") as live:
        config = configured(tmp_path, "ibkr", {**route, "port": live.port, "paper": False}, feed)
        with pytest.raises(AssertionError, match="REAL MONEY: nothing was sent"):
            await Smoke(config, "ibkr", tmp_path, clock).run()
    assert not venue.orders
