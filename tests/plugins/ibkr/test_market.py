"""Does the feed of IBKR tell what the market says, and nothing that it does not say?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from typing import Any

import pytest
from tests.core.options.making import MONDAY, a_chain
from tests.fakes.market import MINUTE, MarketFacts
from tests.fakes.tws.gateway import FakeGateway
from tests.fakes.tws.market import TwsMarketHalf
from tests.fakes.venue import Venue
from tests.plugins.playing import a_site

from tradebot.core.model.facts import Bar, Quote
from tradebot.plugins.ibkr.feed import IbkrMarket
from tradebot.plugins.ibkr.feed_settings import IbkrMarketSettings
from tradebot.plugins.ibkr.ticks import DELAY
from tradebot.ports import Clock, MarketEvent
from tradebot.shell.clock import LoopClock
from tradebot.shell.option_chain import chain_of

PUT, CALL = "SPY261218P00490000", "SPY261218C00510000"
WITHIN_S = 10.0


class Room:
    """A fake TWS in a Monday's session, and a feed before it."""

    def __init__(self) -> None:
        self.clock: Clock = LoopClock(MONDAY, asyncio.get_running_loop())
        self.venue = Venue(now=self.clock.now)
        self.facts = MarketFacts(self.venue)
        self.gateway = FakeGateway(self.venue)
        self.gateway.messages_per_s_max = 10_000
        self.half = TwsMarketHalf(self.gateway, self.facts)
        self.told: list[str] = []
        self.heard: list[MarketEvent] = []

    def feed(self, *symbols: str, **changes: Any) -> IbkrMarket:
        own: dict[str, Any] = {
            "port": self.gateway.port, "poll_s": 0.02, "answer_timeout_s": 1.0,
            "connect_timeout_s": 1.0, "glance_s": 0.3, **changes,
        }
        settings = IbkrMarketSettings(symbols=symbols or ("SPY",), **own)
        market = IbkrMarket(settings, a_site(self.clock, tell=self.told.append))
        market.subscribe([i.symbol for i in market.instruments()], self.heard.append)
        return market

    @asynccontextmanager
    async def running(self, *symbols: str, **changes: Any) -> AsyncIterator[IbkrMarket]:
        """Run a feed that has its first lines."""
        market = self.feed(*symbols, **changes)
        task = asyncio.create_task(market.run())
        try:
            await until(lambda: bool(self.half.asked) or task.done())
            yield market
            assert not task.done(), task.exception()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def said(self, text: str) -> int:
        return sum(text in told for told in self.told)

    @property
    def quotes(self) -> list[Quote]:
        return [event for event in self.heard if isinstance(event, Quote)]

    @property
    def bars(self) -> list[Bar]:
        return [event for event in self.heard if isinstance(event, Bar)]

    def mids(self, symbol: str = "SPY") -> list[str]:
        return [str(quote.mid) for quote in self.quotes if quote.symbol == symbol]


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not is_so():
            await asyncio.sleep(0.001)


@pytest.fixture
async def room(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    monkeypatch.setattr("tradebot.outward.market.together.FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr("tradebot.plugins.ibkr.feed._LOOK_S", 0.02)
    monkeypatch.setattr("tradebot.plugins.ibkr.feed._SILENT_S", 0.05)
    room = Room()
    room.venue.quote("SPY", "500.00", "500.02")
    room.venue.quote("IBM", "250.00", "250.04")
    async with room.gateway:
        yield room


async def test_history_is_known_first_and_never_told(room: Room) -> None:
    room.facts.past("SPY", range(480, 500), MONDAY)
    async with room.running() as market:
        assert [bar.close for bar in market.history("SPY", 3)] == [497, 498, 499]
        assert market.history("SPY", 1)[0].end == MONDAY
        await asyncio.sleep(0.05)
        assert room.bars == []


async def test_quotes_are_exact_and_as_old_as_their_arrival(room: Room) -> None:
    async with room.running() as market:
        await until(lambda: room.mids() == ["500.01"])
        before = room.clock.now()
        room.venue.quote("SPY", "501.17", "501.29")
        await until(lambda: len(room.quotes) == 2)
        quote = room.quotes[-1]
        assert (str(quote.bid), str(quote.ask)) == ("501.17", "501.29")
        assert before <= quote.as_of <= room.clock.now()
        assert (market.last("SPY"), quote.bid_size) == (quote, 100)


@pytest.mark.parametrize(("bid", "ask"), [("501", "500.5"), ("0", "500"), ("500", "0")])
async def test_what_no_market_can_be_is_no_quote(room: Room, bid: str, ask: str) -> None:
    async with room.running() as market:
        await until(room.mids)
        before = market.last("SPY")
        room.venue.quote("SPY", bid, ask)
        await asyncio.sleep(0.05)
        assert market.last("SPY") == before


async def test_a_symbol_whose_farm_is_away_grows_old_though_others_go_on(room: Room) -> None:
    room.facts.show(a_chain(days=(25,)))
    async with room.running() as market:
        market.subscribe([PUT], room.heard.append)
        await until(lambda: room.mids() and room.mids(PUT))
        share = market.last("SPY")
        room.half.break_farm()
        room.venue.quote("SPY", "510.00", "510.02")
        room.venue.quote(PUT, "1.00", "1.10")
        await until(lambda: room.mids(PUT)[-1] == "1.05")
        await until(lambda: room.said("the data farm usfarm is away"))
        assert market.last("SPY") == share
        assert room.said("connects again") == 0


async def test_a_line_that_a_farm_forgot_is_asked_for_anew(room: Room) -> None:
    async with room.running():
        await until(room.mids)
        room.half.break_farm()
        await until(lambda: room.said("usfarm is away"))
        room.half.restore_farm(is_kept=False)
        await until(lambda: room.half.asked.count("SPY") == 2)
        room.venue.quote("SPY", "511.00", "511.02")
        await until(lambda: room.mids()[-1] == "511.01")


async def test_a_minute_is_told_when_the_next_begins_or_its_time_is_over(room: Room) -> None:
    room.facts.past("SPY", [499], MONDAY - 3 * MINUTE)
    async with room.running() as market:
        room.facts.bar("SPY", MONDAY - 3 * MINUTE, "500.50")
        room.facts.bar("SPY", MONDAY - 2 * MINUTE, "500.60")
        await until(lambda: [bar.close for bar in room.bars] == [
            Decimal("500.5"), Decimal("500.6"),
        ])
        room.facts.bar("SPY", MONDAY - MINUTE / 2, "500.70")
        await asyncio.sleep(0.05)
        assert len(room.bars) == 2 and market.history("SPY", 1) == room.bars[-1:]


async def test_all_is_asked_for_anew_when_the_gateway_is_back(room: Room) -> None:
    room.facts.past("SPY", [499], MONDAY - 3 * MINUTE)
    async with room.running():
        await until(room.mids)
        room.facts.past("SPY", [500, 501], MONDAY)
        room.gateway.drop_all()
        await until(lambda: len(room.bars) == 2)
        await until(lambda: room.half.asked.count("SPY") == 2)
        room.venue.quote("SPY", "503.00", "503.02")
        await until(lambda: "503.01" in room.mids())
        assert [bar.close for bar in room.bars] == [500, 501]


@pytest.mark.parametrize("is_data_lost", [True, False])
async def test_a_lost_link_is_a_new_session(room: Room, is_data_lost: bool) -> None:
    async with room.running():
        await until(room.mids)
        room.gateway.lose_link()
        await until(lambda: room.said("connects again"))
        room.gateway.restore_link(is_data_lost=is_data_lost)
        room.venue.quote("SPY", "504.00", "504.02")
        await until(lambda: "504.01" in room.mids())


async def test_a_gateway_that_says_nothing_is_noticed_in_time(room: Room) -> None:
    async with room.running(heartbeat_s=0.05, answer_timeout_s=0.1):
        await until(room.mids)
        room.gateway.mute()
        await until(lambda: room.said("no answer"))
        await until(lambda: room.half.asked.count("SPY") == 2)


async def test_lines_that_are_all_silent_are_noticed_in_time(room: Room) -> None:
    async with room.running(mute_s=0.1):
        await until(lambda: room.said("no line said anything for 0.1 s"))


async def test_a_halted_share_has_no_quotes_until_it_trades_again(room: Room) -> None:
    async with room.running():
        await until(room.mids)
        room.facts.halt("SPY")
        room.venue.quote("SPY", "510.00", "510.02")
        await until(lambda: room.said("SPY is halted"))
        room.facts.halt("SPY", is_halted=False)
        room.venue.quote("SPY", "511.00", "511.02")
        await until(lambda: "511.01" in room.mids())
        assert "510.01" not in room.mids()


async def test_late_quotes_are_refused_and_told_of(room: Room) -> None:
    room.half.is_subscribed = False
    async with room.running():
        await until(lambda: room.said("SPY: no line: IB 354"))
        assert room.quotes == []


async def test_late_quotes_are_taken_as_late_where_that_is_allowed(room: Room) -> None:
    room.half.is_subscribed = False
    async with room.running(allow_delayed=True):
        await until(room.mids)
        assert room.clock.now() - room.quotes[-1].as_of >= DELAY
        assert room.said("a quarter of an hour late") == 1


async def test_options_are_heard_as_far_as_lines_go_and_looked_at_beyond(room: Room) -> None:
    room.facts.show(a_chain(days=(25,)))
    async with room.running(symbols_max=2) as market:
        market.subscribe([PUT, CALL], room.heard.append)
        await until(lambda: PUT in room.half.held())
        room.half.lines_max = 3
        room.venue.quote(PUT, "3.05", "3.10")
        room.venue.quote(CALL, "7.05", "7.10")
        await until(lambda: room.mids(PUT)[-1:] == ["3.075"])
        await until(lambda: room.mids(CALL)[-1:] == ["7.075"])
        assert room.half.held() <= {"SPY", PUT, CALL}


async def test_a_login_with_fewer_lines_than_are_asked_for_is_told_of(room: Room) -> None:
    room.half.lines_max = 1
    async with room.running("SPY", "IBM"):
        await until(lambda: room.said("IBM: no line: IB 101"))
        room.venue.quote("SPY", "501.00", "501.02")
        await until(lambda: "501.01" in room.mids())


async def test_a_line_that_was_refused_is_asked_for_again_later(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradebot.plugins.ibkr.feed._AGAIN_S", 0.05)
    room.half.lines_max = 1
    async with room.running("SPY", "IBM"):
        await until(lambda: room.half.asked.count("IBM") >= 2)
        assert room.said("IBM: no line: IB 101") == 1
        room.half.lines_max = 2
        await until(lambda: room.mids("IBM"))


async def test_a_symbol_that_nobody_lists_is_told_of_and_stops_no_other(room: Room) -> None:
    async with room.running("NOSUCH", "SPY"):
        await until(room.mids)
        assert room.said("NOSUCH: no line") == 1


async def test_a_chain_is_fetched_when_it_is_asked_for(room: Room) -> None:
    shown = a_chain(days=(11, 25, 88))
    room.facts.show(shown)
    room.facts.volatilities["SPY"] = [Decimal("0.15"), Decimal("0.2")]
    async with room.running(chain_strikes=10) as market:
        assert market.chain("SPY") is None
        chain = await chain_of(market, "SPY")
        assert chain is not None
        assert [expiry.day for expiry in chain.expiries] == [e.day for e in shown.expiries[:2]]
        listed = {one.option.symbol: one for e in chain.expiries for one in e.options}
        true = {one.option.symbol: one for e in shown.expiries for one in e.options}
        assert len(listed) == 2 * 2 * 10
        assert (listed[PUT].bid, listed[PUT].ask) == (true[PUT].bid, true[PUT].ask)
        assert (listed[PUT].open_interest, listed[PUT].volume) == (900, 250)
        assert listed[CALL].open_interest == 900
        assert list(market.implied_volatilities("SPY", 252)) == [
            Decimal("0.1500"), Decimal("0.2000"),
        ]
        await until(lambda: room.half.held() == {"SPY"})


async def test_messages_keep_their_distance(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradebot.plugins.ibkr.connection.APART_S", 0.01)
    room.facts.show(a_chain(days=(25,)))
    async with room.running(chain_strikes=10) as market:
        began = asyncio.get_running_loop().time()
        await chain_of(market, "SPY")
        assert asyncio.get_running_loop().time() - began >= 2 * 20 * 0.01


async def test_a_number_that_another_program_has_is_told_of(room: Room) -> None:
    room.gateway.occupied.add(11)
    market = room.feed()
    task = asyncio.create_task(market.run())
    await until(lambda: room.said("connects again in 30 s"))
    assert room.said("IB 326") == 1
    task.cancel()
    await asyncio.wait({task})


async def test_a_clock_that_is_wrong_is_told_of_once(room: Room) -> None:
    room.gateway.skew_s = 40.0
    async with room.running(heartbeat_s=0.01):
        await until(lambda: room.said("the gateway's clock is"))
        await asyncio.sleep(0.05)
        assert room.said("the gateway's clock is") == 1


async def test_nothing_is_left_behind(room: Room) -> None:
    before = asyncio.all_tasks()
    async with room.running() as market:
        await chain_of(market, "SPY")
    await until(lambda: not room.gateway.sessions)
    names = {task.get_name() for task in asyncio.all_tasks() - before}
    assert not names & {"gateway", "chains", "lines", "asking", "heartbeat"}


