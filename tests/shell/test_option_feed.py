"""Is what an order needs to know of options there soon, kept fresh, and asked for no more often?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.core.options.making import MONDAY, a_chain
from tests.makers import ACCOUNT, a_quote, an_instrument, an_intent
from tests.plugins.fake_market import FakeMarket

from tradebot.core.book.book import Book
from tradebot.core.book.ledger import Net
from tradebot.core.model.chain import Chain
from tradebot.core.model.commands import Command, FactArrived
from tradebot.core.model.events import IntentHeld, IntentReceived
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import IntentId
from tradebot.core.model.reason import (
    Need,
    Reason,
    Stage,
    option_need,
    quote_need,
    volatility_need,
)
from tradebot.shell.clock import LoopClock
from tradebot.shell.engine import Busy
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import Latch
from tradebot.shell.option_feed import Around, OptionFeed
from tradebot.shell.sim_loop import SimLoop

PUT, FAR_PUT = "SPY261225P00490000", "SPY270122P00480000"
NEEDS = (option_need(PUT), volatility_need("SPY"))


class OptionMarket(FakeMarket):
    """Shows the makers' chain, and counts how often it was asked for it."""

    def __init__(self) -> None:
        super().__init__(LoopClock(MONDAY, asyncio.get_running_loop()), [an_instrument("SPY")])
        self.known: Chain | None = a_chain()
        self.asked: list[str] = []
        self.heard: list[str] = []
        self.fails = False

    def chain(self, symbol: str) -> Chain | None:
        self.asked.append(symbol)
        if self.fails:
            raise RuntimeError("the vendor is away")
        return self.known if symbol == "SPY" else None

    def implied_volatilities(self, symbol: str, count: int) -> Sequence[Decimal]:
        return [Decimal(n) / 1000 for n in range(100, 300, 4)][-count:]

    def last(self, symbol: str) -> Quote | None:
        return a_quote(symbol, 2, 3, MONDAY)


class Room:
    def __init__(self, *, threaded: bool = False) -> None:
        self.book, self.facts, self.market = Book(), FactCache(Latch()), OptionMarket()
        self.woken: list[tuple[Need, ...]] = []
        self.told: list[str] = []
        self.is_busy = False
        self.feed = OptionFeed(self.market, Around(
            book=self.book, facts=self.facts, post=self.post, tell=self.told.append,
            hear=(self.facts.on_market,), threaded=threaded,
        ))

    def post(self, command: Command) -> None:
        if self.is_busy:
            raise Busy("full")
        assert isinstance(command, FactArrived)
        self.woken.append(command.needs)

    def asks(self, symbol: str = PUT, needs: tuple[Need, ...] = NEEDS) -> None:
        """Let an intent wait for facts, as the gates would have it."""
        received = IntentReceived(
            intent_id=IntentId(symbol), intent=an_intent("buy", 1, symbol), expires=MONDAY
        )
        held = IntentHeld(
            intent_id=IntentId(symbol), stage=Stage.RISK, reason=Reason.RISK_STALE_DATA,
            needs=needs,
        )
        self.book.fold(MONDAY, (received, held))
        self.feed.on_decision(Decision(1, MONDAY, FactArrived(needs=()), (received, held)))


def play(story: Callable[[Room], Awaitable[None]], *, threaded: bool = False) -> None:
    async def whole() -> None:
        await story(Room(threaded=threaded))

    with asyncio.Runner(loop_factory=None if threaded else SimLoop) as runner:
        runner.run(whole())


@pytest.mark.parametrize("threaded", [False, True])
def test_what_is_waited_for_becomes_known_and_wakes_who_waits(threaded: bool) -> None:
    async def story(room: Room) -> None:
        room.asks()
        await room.feed.look()
        fact, volatility = room.facts.options[PUT], room.facts.volatilities["SPY"]
        assert (fact.open_interest, fact.as_of) == (900, MONDAY)
        assert fact.delta is not None
        assert -1 < fact.delta < 0
        assert volatility.iv_rank is not None
        assert 0 < volatility.iv_rank < 1
        assert room.woken == [NEEDS]
        assert room.facts.quotes[PUT].bid == 2  # heard at once, and from here on

    play(story, threaded=threaded)


def test_one_fact_wakes_once_and_a_newer_one_again() -> None:
    async def story(room: Room) -> None:
        room.asks(needs=(*NEEDS, quote_need(PUT)))
        await room.feed.look()
        await asyncio.sleep(15)
        await room.feed.look()
        assert room.woken == [NEEDS]
        room.market.known = replace(a_chain(), as_of=MONDAY.replace(minute=1))
        await asyncio.sleep(15)
        await room.feed.look()
        assert room.woken == [NEEDS, NEEDS]

    play(story)


def test_who_could_not_be_told_is_told_at_the_next_look() -> None:
    async def story(room: Room) -> None:
        room.asks()
        room.is_busy = True
        await room.feed.look()
        assert room.woken == []
        room.is_busy = False
        await room.feed.look()
        assert room.woken == [NEEDS]

    play(story)


def test_shares_ask_the_market_for_nothing() -> None:
    async def story(room: Room) -> None:
        room.asks("SPY", needs=(quote_need("SPY"),))
        room.book.ledger.nets[ACCOUNT] = {"SPY": Net(qty=Decimal(100))}
        await room.feed.look()
        assert room.market.asked == []
        assert room.woken == []

    play(story)


def test_it_looks_when_an_option_is_asked_for_and_then_as_often_as_facts_age() -> None:
    async def story(room: Room) -> None:
        running = asyncio.create_task(room.feed.run())
        await asyncio.sleep(1000)
        assert room.market.asked == []
        room.asks(needs=(quote_need("SPY"),))  # for nothing that a chain could tell
        await asyncio.sleep(1)
        assert room.market.asked == ["SPY"]
        await asyncio.sleep(298)
        assert room.market.asked == ["SPY"]
        await asyncio.sleep(2)
        assert room.market.asked == ["SPY"] * 2  # a third of 900 s
        room.asks(FAR_PUT)
        await asyncio.sleep(1)
        assert room.market.asked == ["SPY"] * 3  # at once, for an option that is new
        await asyncio.sleep(15)
        assert room.market.asked == ["SPY"] * 4  # somebody waits
        running.cancel()

    play(story)


def test_a_market_that_fails_is_told_of_once_and_holds_up_nobody() -> None:
    async def story(room: Room) -> None:
        room.market.fails = True
        room.asks()
        running = asyncio.create_task(room.feed.run())
        await asyncio.sleep(100)
        assert room.told == ["options on SPY: RuntimeError: the vendor is away"]
        assert len(room.market.asked) >= 3
        room.market.fails = False
        await asyncio.sleep(20)
        assert room.woken == [NEEDS]
        running.cancel()

    play(story)


def test_what_nobody_wants_any_more_is_forgotten() -> None:
    async def story(room: Room) -> None:
        room.asks()
        await room.feed.look()
        room.book.intents.open.clear()
        await room.feed.look()
        assert room.facts.options == {}
        assert room.facts.volatilities == {}

    play(story)


def test_what_is_held_is_kept_fresh_too() -> None:
    async def story(room: Room) -> None:
        room.book.ledger.nets[ACCOUNT] = {FAR_PUT: Net(qty=Decimal(-1))}
        await room.feed.look()
        assert set(room.facts.options) == {FAR_PUT}

    play(story)
