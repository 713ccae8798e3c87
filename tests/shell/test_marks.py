"""When is what is held valued? At fresh quotes, and no more often than asked."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests import makers

from tradebot.core.book.book import Book
from tradebot.core.model import events as e
from tradebot.core.model.commands import Command, Mark
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.money import CENT
from tradebot.shell.engine import Busy
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import Latch
from tradebot.shell.marks import Marker
from tradebot.shell.sim_loop import SimLoop

BOUGHT = e.TradeBooked(
    cl_ord_id=ClOrdID("C"), exec_id="X", account=makers.ACCOUNT, strategy_id="sma", symbol="SPY",
    qty=Decimal(10), px=Decimal(500), cash=Decimal(-5000), cost=Decimal(5000),
)


class Floor:
    """A marker with 15 seconds between two looks, and what it posted at which second."""

    def __init__(self, *, holds: bool = True, pace: float = 1.0) -> None:
        self.book, self.facts = Book(), FactCache(Latch())
        self.posted: list[tuple[float, tuple[str, ...]]] = []
        self.is_busy = False
        for command in makers.a_morning():
            list(makers.handle(self.book, command, makers.some_facts(), makers.OPEN))
        if holds:
            self.book.apply(BOUGHT)
        self.marker = Marker(self.book, self.facts, self.post, every_s=15, pace=pace)

    def post(self, command: Command) -> None:
        if self.is_busy:
            self.is_busy = False
            raise Busy("full")
        assert isinstance(command, Mark)
        loop = asyncio.get_running_loop()
        self.posted.append((loop.time(), tuple(quote.symbol for quote in command.quotes)))

    def quote(self, mid: str = "501") -> None:
        half = Decimal("0.01")
        quote = Quote(
            symbol="SPY", bid=Decimal(mid) - half, ask=Decimal(mid) + half, as_of=makers.OPEN
        )
        self.facts.on_market(quote)
        self.marker.on_market(quote)


def live(floor: Floor, *steps: Any) -> list[tuple[float, tuple[str, ...]]]:
    """Do each step, ten seconds after the last."""
    async def play() -> None:
        for step in steps:
            step()
            await asyncio.sleep(10)
        await asyncio.sleep(100)

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        runner.run(play())
    return floor.posted


def test_a_quote_of_what_is_held_is_taken_at_once_and_the_next_after_its_pause() -> None:
    floor = Floor()
    assert live(floor, floor.quote, floor.quote, floor.quote) == [
        (0, ("SPY",)), (15, ("SPY",)), (30, ("SPY",))
    ]


def test_quotes_that_stand_still_are_not_told_again() -> None:
    floor = Floor()
    assert live(floor, floor.quote) == [(0, ("SPY",))]


def test_what_hardly_moves_the_account_is_told_after_sixty_seconds_of_ours() -> None:
    floor = Floor(pace=15.0)
    equity = floor.book.ledger.accounts[makers.ACCOUNT].equity
    least = Decimal(500) + equity / 10_000 / 10  # of ten shares that were booked at 500

    def quote_a_little_less() -> None:
        floor.quote(str(least - CENT))

    def quote_as_much() -> None:
        floor.quote(str(least))

    assert live(floor, floor.quote, *[quote_a_little_less] * 95) == [
        (0, ("SPY",)), (900, ("SPY",))
    ]
    floor = Floor()
    assert live(floor, floor.quote, quote_as_much) == [(0, ("SPY",)), (15, ("SPY",))]


def test_many_small_positions_may_move_an_account_no_more_than_one_alone() -> None:
    floor = Floor(pace=15.0)
    floor.book.apply(replace(BOUGHT, symbol="IBM", exec_id="Y"))
    equity = floor.book.ledger.accounts[makers.ACCOUNT].equity
    half = Decimal(500) + equity / 10_000 / 10 / 2

    def quote_half() -> None:
        floor.quote(str(half))

    assert live(floor, floor.quote, quote_half) == [(0, ("SPY",)), (15, ("SPY",))]


def test_a_quote_of_what_no_loss_could_be_counted_without_is_told_at_once() -> None:
    floor = Floor()
    floor.book.ledger.accounts[makers.ACCOUNT].unmarked["SPY"] = None

    def quote_the_same() -> None:
        floor.quote("500")

    assert live(floor, quote_the_same, quote_the_same) == [(0, ("SPY",)), (15, ("SPY",))]


def test_what_is_not_held_is_not_valued() -> None:
    floor = Floor(holds=False)
    assert live(floor, floor.quote) == []


def test_what_was_just_bought_is_valued_at_the_quote_that_stands() -> None:
    floor = Floor(holds=False)
    decision = Decision(
        seq=1, at=makers.OPEN, command=makers.a_report("new"), events=(BOUGHT,)
    )

    def buy() -> None:
        floor.book.apply(BOUGHT)
        floor.marker.on_decision(decision)

    assert live(floor, floor.quote, buy) == [(10, ("SPY",))]


def test_a_full_inbox_puts_it_off() -> None:
    floor = Floor()
    floor.is_busy = True
    assert live(floor, floor.quote) == [(15, ("SPY",))]
