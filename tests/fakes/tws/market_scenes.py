"""What does a witness see of the market? Scenes for any library, at any version of the protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from types import ModuleType
from typing import Any, Final

from tests.core.options.making import a_chain
from tests.fakes.market import MINUTE, MarketFacts
from tests.fakes.tws.market import TwsMarketHalf
from tests.fakes.tws.scenes import Scene
from tests.fakes.tws.witness import Witness, until, witnessing

PUT = "SPY261218P00490000"


async def the_put(w: Witness) -> Any:
    wanted = w.library.Option("SPY", "20261218", 490, "P", "SMART")
    (found,) = await w.ib.qualifyContractsAsync(wanted)
    return found


@asynccontextmanager
async def a_market(
    library: ModuleType, version: int, **more: Any
) -> AsyncIterator[tuple[Witness, MarketFacts, TwsMarketHalf]]:
    async with witnessing(library, version=version) as w:
        facts = MarketFacts(w.venue)
        half = TwsMarketHalf(w.gateway, facts, **more)
        await w.connect()
        yield w, facts, half


async def a_line_tells_both_sides_and_what_follows(library: ModuleType, version: int) -> None:
    async with a_market(library, version) as (w, facts, half):
        ticker = w.ib.reqMktData(await w.contract())
        await until(lambda: ticker.ask == 500.02)
        w.venue.quote("SPY", "501.17", "501.29")
        await until(lambda: (ticker.bid, ticker.ask) == (501.17, 501.29))
        assert (ticker.bidSize, ticker.marketDataType) == (100, 1)
        facts.halt("SPY")
        await until(lambda: ticker.halted == 1)
        assert half.held() == {"SPY"}
        w.ib.cancelMktData(ticker.contract)
        await until(lambda: half.held() == set())


async def one_line_more_than_the_login_has_is_refused(library: ModuleType, version: int) -> None:
    async with a_market(library, version, lines_max=1) as (w, _, half):
        w.ib.reqMktData(await w.contract())
        w.ib.reqMktData(await w.contract("IBM"))
        await until(lambda: 101 in [code for _, code in w.heard("error")])
        assert half.held() == {"SPY"}


async def late_quotes_are_told_as_such_to_whoever_takes_them(
    library: ModuleType, version: int
) -> None:
    async with a_market(library, version) as (w, _, half):
        half.is_subscribed = False
        w.ib.reqMktData(await w.contract())
        await until(lambda: 354 in [code for _, code in w.heard("error")])
        w.ib.reqMarketDataType(3)
        ticker = w.ib.reqMktData(await w.contract())
        await until(lambda: ticker.ask == 500.02)
        assert ticker.marketDataType == 3


async def minutes_are_told_and_go_on(library: ModuleType, version: int) -> None:
    async with a_market(library, version) as (w, facts, _):
        now = w.venue.now().replace(second=0, microsecond=0)
        facts.past("SPY", [499, 500], now)
        bars = await w.ib.reqHistoricalDataAsync(
            await w.contract(), "", "1 D", "1 min", "TRADES", False, formatDate=2, keepUpToDate=True
        )
        assert [bar.close for bar in bars] == [499, 500] and bars[-1].date == now - MINUTE
        facts.bar("SPY", now, "502.5")
        await until(lambda: bars[-1].close == 502.5)
        none = await w.ib.reqHistoricalDataAsync(
            await w.contract("IBM"), "", "1 D", "1 min", "TRADES", False
        )
        assert not none and 162 in [code for _, code in w.heard("error")]


async def the_volatility_of_days_is_told(library: ModuleType, version: int) -> None:
    async with a_market(library, version) as (w, facts, _):
        facts.volatilities["SPY"] = [Decimal("0.15"), Decimal("0.2")]
        days = await w.ib.reqHistoricalDataAsync(
            await w.contract(), "", "1 Y", "1 day", "OPTION_IMPLIED_VOLATILITY", True
        )
        assert [day.close for day in days] == [0.15, 0.2]


async def options_are_listed_and_seen_with_their_open_interest(
    library: ModuleType, version: int
) -> None:
    async with a_market(library, version) as (w, facts, half):
        facts.show(a_chain(days=(25, 60)))
        spy = await w.contract()
        told = await w.ib.reqSecDefOptParamsAsync("SPY", "", "STK", spy.conId)
        smart = next(row for row in told if row.exchange == "SMART")
        assert smart.expirations == ["20261218", "20270122"]
        assert (len(smart.strikes), smart.multiplier) == (41, "100")
        vague = w.library.Option("SPY", "20261218", exchange="SMART")
        assert len(await w.ib.reqContractDetailsAsync(vague)) == 82
        put = await the_put(w)
        ticker = w.ib.reqMktData(put, "101")
        await until(lambda: ticker.putOpenInterest == 900)
        assert ticker.bid > 0 and ticker.modelGreeks.impliedVol == 0.18
        (glance,) = await w.ib.reqTickersAsync(put)
        assert glance.ask == ticker.ask and half.held() == {PUT}


async def a_farm_that_is_away_tells_nothing_of_its_symbols(
    library: ModuleType, version: int
) -> None:
    async with a_market(library, version) as (w, facts, half):
        facts.show(a_chain(days=(25,)))
        spy = w.ib.reqMktData(await w.contract())
        option = w.ib.reqMktData(await the_put(w))
        await until(lambda: spy.ask == 500.01 and option.ask > 0)
        half.break_farm()
        w.venue.quote("SPY", "510.00", "510.02")
        w.venue.quote(PUT, "1.00", "1.10")
        await until(lambda: option.ask == 1.1)
        assert spy.ask == 500.01
        assert 2103 in [code for _, code in w.heard("error")]
        half.restore_farm()
        w.venue.quote("SPY", "511.00", "511.02")
        await until(lambda: spy.ask == 511.02)


MARKET: Final[tuple[Scene, ...]] = (
    a_line_tells_both_sides_and_what_follows,
    one_line_more_than_the_login_has_is_refused,
    late_quotes_are_told_as_such_to_whoever_takes_them,
    minutes_are_told_and_go_on,
    the_volatility_of_days_is_told,
    options_are_listed_and_seen_with_their_open_interest,
    a_farm_that_is_away_tells_nothing_of_its_symbols,
)
