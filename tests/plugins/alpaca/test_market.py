"""Does the feed of Alpaca tell what the market says, and nothing that it does not say?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.core.options.making import MONDAY, a_chain
from tests.fakes.alpaca.fake import KEY, SECRET, FakeAlpaca
from tests.fakes.alpaca.market import AlpacaMarketHalf
from tests.fakes.faults import FaultKind, Request
from tests.fakes.market import MINUTE, MarketFacts
from tests.fakes.venue import Venue
from tests.plugins.playing import a_site

from tradebot.core.model.facts import Bar, Quote
from tradebot.core.model.secret import Secret
from tradebot.plugins.alpaca.feed import AlpacaMarket
from tradebot.plugins.alpaca.feed_settings import AlpacaMarketSettings, OptionSource, ShareFeed
from tradebot.ports import Clock, Declined, DistantOptions, LoginRefused, MarketEvent
from tradebot.shell.clock import LoopClock
from tradebot.shell.option_chain import chain_of

PUT, CALL = "SPY261218P00490000", "SPY261218C00510000"
WITHIN_S = 10.0


class Room:
    """A fake Alpaca in a Monday's session, and a feed before it."""

    def __init__(self, folder: Path) -> None:
        self.clock: Clock = LoopClock(MONDAY, asyncio.get_running_loop())
        self.venue = Venue(now=self.clock.now)
        self.facts = MarketFacts(self.venue)
        self.fake = FakeAlpaca(self.venue)
        self.half = AlpacaMarketHalf(self.fake, self.facts)
        self.folder = folder
        self.told: list[str] = []
        self.heard: list[MarketEvent] = []

    def feed(self, *symbols: str, **changes: Any) -> AlpacaMarket:
        own: dict[str, Any] = {
            "key": Secret(KEY), "secret": Secret(SECRET), "data_url": self.fake.data_url,
            "stream_url": self.fake.data_stream_url.removesuffix("/v2/iex"),
            "trading_url": self.fake.url, "poll_s": 0.02, "call_s": 2.0, **changes,
        }
        settings = AlpacaMarketSettings(symbols=symbols or ("SPY",), **own)
        site = a_site(self.clock, state_dir=self.folder, tell=self.told.append)
        market = AlpacaMarket(settings, site)
        market.subscribe([i.symbol for i in market.instruments()], self.heard.append)
        return market

    @asynccontextmanager
    async def running(self, *symbols: str, **changes: Any) -> AsyncIterator[AlpacaMarket]:
        """Run a feed whose stream of shares is open and subscribed."""
        market = self.feed(*symbols, **changes)
        task = asyncio.create_task(market.run())
        try:
            await until(lambda: bool(self.half.lines()) or task.done())
            yield market
            assert not task.done(), task.exception()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

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
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    monkeypatch.setattr("tradebot.outward.market.together.FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr("tradebot.plugins.alpaca.data_stream._LOOK_S", 0.02)
    room = Room(tmp_path)
    room.venue.quote("SPY", "500.00", "500.02")
    room.venue.quote("IBM", "250.00", "250.04")
    async with room.fake:
        yield room


async def test_history_is_known_first_and_never_told(room: Room) -> None:
    room.facts.past("SPY", range(480, 500), MONDAY)
    async with room.running() as market:
        assert [bar.close for bar in market.history("SPY", 3)] == [497, 498, 499]
        assert market.history("SPY", 1)[0].end == MONDAY
        await asyncio.sleep(0.05)
        assert room.bars == []
        assert not market.history("IBM", 5)


async def test_no_more_minutes_are_kept_or_asked_for_than_the_settings_say(room: Room) -> None:
    room.facts.past("SPY", range(400, 500), MONDAY)
    async with room.running(history_bars=7) as market:
        assert [bar.close for bar in market.history("SPY", 50)] == list(range(493, 500))
    assert next(a.query for a in room.fake.asked if "bars" in a.path).count("limit=7")


async def test_quotes_are_exact_and_bear_the_time_at_which_they_were_made(room: Room) -> None:
    async with room.running() as market:
        room.venue.quote("SPY", "501.17", "501.29")
        await until(lambda: len(room.quotes) == 2)
        quote = room.quotes[-1]
        assert (str(quote.bid), str(quote.ask)) == ("501.17", "501.29")
        assert quote.as_of == room.venue.quotes["SPY"].at
        assert market.last("SPY") == quote


@pytest.mark.parametrize(("bid", "ask"), [("501", "500"), ("0", "500"), ("-1", "500")])
async def test_what_no_market_can_be_is_no_quote(room: Room, bid: str, ask: str) -> None:
    async with room.running() as market:
        before = market.last("SPY")
        room.venue.quote("SPY", bid, ask)
        room.venue.quote("IBM", "250", "251")
        await asyncio.sleep(0.05)
        assert market.last("SPY") == before


async def test_a_quote_from_the_future_is_left_out_and_told_once(room: Room) -> None:
    async with room.running():
        room.fake.book.skew = timedelta(seconds=30)
        for _ in range(3):
            room.venue.quote("SPY", "501.00", "501.02")
        await until(lambda: any("ahead of this machine's clock" in text for text in room.told))
        room.fake.book.skew = timedelta()
        room.venue.quote("SPY", "502.00", "502.02")
        await until(lambda: len(room.quotes) == 2)
        assert room.mids() == ["500.01", "502.01"]
        assert sum("ahead" in text for text in room.told) == 1
        assert all(quote.as_of <= room.clock.now() for quote in room.quotes)


async def test_a_symbol_that_nobody_quotes_grows_old_though_others_go_on(room: Room) -> None:
    async with room.running("SPY", "IBM") as market:
        await until(lambda: len(room.half.lines()) == 2)
        before = market.last("IBM")
        for price in range(501, 506):
            room.venue.quote("SPY", str(price), str(price + 1))
        await until(lambda: len(room.mids()) == 6)
        assert before is not None and market.last("IBM") == before


async def test_a_minute_is_told_when_it_is_over(room: Room) -> None:
    async with room.running() as market:
        room.facts.bar("SPY", MONDAY - MINUTE, "500.50")
        soon = room.clock.now() + timedelta(seconds=0.15)
        room.facts.bar("SPY", soon - MINUTE, "500.60")
        await until(lambda: len(room.bars) == 2)
        assert room.clock.now() >= soon == room.bars[-1].end
        assert [bar.close for bar in market.history("SPY", 2)] == [
            Decimal("500.5"), Decimal("500.6"),
        ]


async def test_minutes_that_were_missed_are_told_after_the_connection_is_back(room: Room) -> None:
    room.facts.past("SPY", [499], MONDAY - 3 * MINUTE)
    async with room.running():
        room.half.drop()
        await until(lambda: not room.half.readers["shares"])
        room.facts.past("SPY", [500, 501], MONDAY - MINUTE)
        await until(lambda: len(room.bars) == 2)
        room.venue.quote("SPY", "503.00", "503.02")
        await until(lambda: "503.01" in room.mids())
        assert [bar.close for bar in room.bars] == [500, 501]
        assert any("connects again in" in text for text in room.told)


async def test_a_connection_that_says_nothing_is_noticed_in_time(room: Room) -> None:
    room.half.is_mute = True
    async with room.running(mute_s=0.1):
        await until(lambda: any("nothing was told for 0.1 s" in text for text in room.told))
        room.half.is_mute = False

        def quoted_again() -> bool:
            room.venue.quote("SPY", "504.00", "504.02")
            return "504.01" in room.mids()

        await until(quoted_again)


async def test_a_closed_market_may_be_silent(room: Room) -> None:
    room.clock = LoopClock(MONDAY - timedelta(days=1), asyncio.get_running_loop())
    async with room.running(mute_s=0.05):
        await asyncio.sleep(0.15)
        assert not any("connects again" in text for text in room.told)


async def test_a_halted_share_has_no_quotes_until_it_trades_again(room: Room) -> None:
    async with room.running():
        room.facts.halt("SPY")
        room.venue.quote("SPY", "510.00", "510.02")
        await until(lambda: any("SPY is halted" in text for text in room.told))
        room.facts.halt("SPY", is_halted=False)
        room.venue.quote("SPY", "511.00", "511.02")
        await until(lambda: "511.01" in room.mids())
        assert "510.01" not in room.mids()


async def test_whoever_has_no_line_is_asked_for(room: Room) -> None:
    async with room.running("SPY", "IBM", symbols_max=1):
        room.venue.quote("IBM", "260.00", "260.04")
        await until(lambda: "260.02" in room.mids("IBM"))
        assert room.half.lines() == {"SPY"}


async def test_a_symbol_that_nobody_quotes_is_told_of_and_spoils_no_other(room: Room) -> None:
    room.half.unknown = {"NOSUCH"}
    async with room.running("SPY", "NOSUCH", "IBM", symbols_max=1):
        room.venue.quote("IBM", "260.00", "260.04")
        await until(lambda: "260.02" in room.mids("IBM"))
        strangers = [text for text in room.told if "HTTP 400" in text]
        assert strangers == [
            "market alpaca: NOSUCH: Alpaca's market data: HTTP 400: invalid symbol: NOSUCH"
        ]


async def test_options_are_heard_as_far_as_lines_go_and_asked_for_beyond(room: Room) -> None:
    room.facts.show(a_chain(days=(25,)))
    async with room.running(option_lines_max=1) as market:
        market.subscribe([PUT, CALL], room.heard.append)
        await until(lambda: room.half.lines("options"))
        room.venue.quote(PUT, "3.05", "3.10")
        room.venue.quote(CALL, "7.05", "7.10")
        await until(lambda: room.mids(PUT)[-1:] == ["3.075"])
        await until(lambda: room.mids(CALL)[-1:] == ["7.075"])
        assert room.half.lines("options") == {PUT}


async def test_a_chain_is_fetched_when_it_is_asked_for(room: Room) -> None:
    shown = a_chain(days=(11, 25, 88))
    room.facts.show(shown)
    async with room.running() as market:
        assert isinstance(market, DistantOptions)
        assert market.chain("SPY") is None
        chain = await chain_of(market, "SPY")
        assert chain is not None
        assert [expiry.day for expiry in chain.expiries] == [e.day for e in shown.expiries[:2]]
        assert (chain.spot, chain.underlying.symbol) == (500, "SPY")
        listed = {one.option.symbol: one for e in chain.expiries for one in e.options}
        true = {one.option.symbol: one for e in shown.expiries for one in e.options}
        assert len(listed) == 2 * 82
        assert (listed[PUT].bid, listed[PUT].ask) == (true[PUT].bid, true[PUT].ask)
        assert (listed[PUT].open_interest, listed[PUT].volume) == (100, 250)
        assert market.last(CALL) is not None and await chain_of(market, "QQQ") is None
        assert MONDAY <= chain.as_of <= room.clock.now()


async def test_the_volatility_of_a_day_is_kept_for_the_days_that_follow(room: Room) -> None:
    room.facts.show(a_chain(days=(25,)), Decimal("0.21"))
    async with room.running() as market:
        await chain_of(market, "SPY")
        assert not market.implied_volatilities("SPY", 252)
    room.clock = LoopClock(MONDAY + timedelta(days=1), asyncio.get_running_loop())
    assert room.feed().implied_volatilities("SPY", 252) == [Decimal("0.2100")]
    assert (room.folder / "alpaca_volatility.json").stat().st_size < 100


async def test_wrong_credentials_end_the_feed(room: Room) -> None:
    market = room.feed(secret=Secret("wrong"))
    with pytest.raises(LoginRefused, match="unauthorized"):
        async with asyncio.timeout(WITHIN_S):
            await market.run()
    assert room.fake.site.refused_logins == 1


async def test_a_second_program_on_the_same_stream_is_told_of(room: Room) -> None:
    async with room.running():
        other = room.feed()
        task = asyncio.create_task(other.run())
        await until(lambda: any("an account has one connection" in text for text in room.told))
        task.cancel()
        await asyncio.wait({task})


async def test_more_lines_than_the_subscription_has_end_the_feed(room: Room) -> None:
    room.half.lines_max = 1
    with pytest.raises(Declined, match="symbol limit exceeded"):
        async with asyncio.timeout(WITHIN_S):
            await room.feed("SPY", "IBM").run()


@pytest.mark.parametrize(
    "kind", [FaultKind.DROP_BEFORE, FaultKind.ERROR_BEFORE, FaultKind.HTML, FaultKind.TOO_MANY]
)
async def test_a_question_that_fails_is_asked_again(
    room: Room, kind: FaultKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradebot.plugins.alpaca.data._PAUSE_S", 0.01)
    monkeypatch.setattr("tradebot.plugins.alpaca.data._LONGEST_S", 0.01)
    room.facts.past("SPY", [499], MONDAY)
    room.fake.faults.push(kind, on=Request.DATA)
    async with room.running() as market:
        assert len(market.history("SPY", 5)) == 1
    assert room.fake.faults.left == 0


async def test_nothing_is_left_behind(room: Room) -> None:
    before = asyncio.all_tasks()
    async with room.running() as market:
        await chain_of(market, "SPY")
    await until(lambda: not room.half.readers["shares"])
    names = {task.get_name() for task in asyncio.all_tasks() - before}
    assert not names & {"shares", "options", "asking", "chains"}


async def test_what_is_late_or_made_up_is_refused_unless_it_is_allowed(room: Room) -> None:
    with pytest.raises(ValueError, match="delayed_sip"):
        room.feed(feed=ShareFeed.DELAYED_SIP)
    with pytest.raises(ValueError, match="indicative"):
        room.feed(option_feed=OptionSource.INDICATIVE)
    room.feed(feed=ShareFeed.DELAYED_SIP, allow_delayed=True)


async def test_a_rehearsal_cannot_be_played_on_it(room: Room) -> None:
    settings = room.feed()._settings
    site = replace(a_site(room.clock), until=MONDAY.astimezone(UTC))
    with pytest.raises(ValueError, match="a rehearsal needs another provider"):
        AlpacaMarket(settings, site)


