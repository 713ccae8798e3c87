"""Does the daemon trade on a vendor's market? A strategy on its minutes, the desk on its chain."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.core.options.making import MONDAY, a_chain
from tests.fakes.market import MINUTE
from tests.makers import WIDE
from tests.plugins.alpaca import test_market as alpaca
from tests.plugins.ibkr import test_market as ibkr
from tests.plugins.playing import CALENDARS
from tests.shell.test_engine import HeldJournal

from tradebot.core.book.book import Book
from tradebot.core.model.commands import (
    ActivateSettings,
    Approve,
    Command,
    DefineInstruments,
    EnterSession,
    Phase,
)
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.settings import Mode, Policy, RouteKind, Settings
from tradebot.outward.market.live import LiveMarket
from tradebot.plugins.brokers.paper.broker import PaperBroker
from tradebot.plugins.brokers.paper.settings import PaperSettings
from tradebot.plugins.strategies.sma_cross import SmaCross, SmaCrossSettings
from tradebot.shell.desk.desk import OptionsDesk
from tradebot.shell.desk.reading import Reader
from tradebot.shell.desk.words import Words
from tradebot.shell.kill_flag import Latch
from tradebot.shell.reconcile import ReconcileSection
from tradebot.shell.settings.sections import LanguageSection
from tradebot.shell.spine import Spine, Way
from tradebot.shell.strategies.desk import StrategyDesk
from tradebot.shell.views.views import Views
from tradebot.shell.wire.patience import USUAL

WITHIN_S = 15.0
ROOMS: dict[str, Callable[[Path], Any]] = {
    "alpaca": alpaca.Room, "ibkr": lambda folder: ibkr.Room(),
}


class Floor:
    """The spine of a daemon on a vendor's feed: paper broker, strategy and desk."""

    def __init__(self, room: Any, market: LiveMarket, folder: Path) -> None:
        self.room, self.views, self.book = room, Views(), Book()
        settings = Settings(mode=Mode.PAPER, routes=("paper",), policy=Policy(**WIDE))
        broker = PaperBroker(
            PaperSettings(
                latency_ms_min=Decimal(0), latency_ms_max=Decimal(0), slippage_bps=Decimal(0)
            ), route="paper",
            clock=room.clock, market=market, state_dir=folder, calendars=CALENDARS,
        )
        self.spine = Spine(
            settings=settings, book=self.book, view=self.views.book, last_seq=0, last_heard=None,
            journal=HeldJournal(), clock=room.clock, latch=Latch(), market=market,
            way=lambda route: Way(RouteKind.PAPER, broker, USUAL), auto_start=True,
            reconcile=ReconcileSection(), mark_every_s=3_600, tell=room.told.append,
        )
        self.desk = OptionsDesk(
            market=market, facts=self.spine.facts, views=self.views,
            decide=self.spine.engine.submit, closes=CALENDARS["XNYS"].next_close,
            clock=room.clock, read=Reader(LanguageSection(), None).read, threaded=True,
        )
        strategy = SmaCross(
            SmaCrossSettings(fast=1, slow=2, order_qty=Decimal(7)),
            strategy_id=StrategyId("cross"), symbols=["SPY"],
        )
        self.spine.host.add("cross", strategy, StrategyDesk(
            "cross", book=self.views.book, market=market, clock=room.clock,
        ))
        self.spine.listen(self.views.apply)
        self.spine.engine.listeners.append(self.desk.on_decision)
        self._first: tuple[Command, ...] = (
            ActivateSettings(settings=settings, version="1"),
            DefineInstruments(instruments=tuple(market.instruments())),
            EnterSession(calendar="XNYS", phase=Phase.TRADING, session="2026-11-23"),
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        spine, (link,) = self.spine, self.spine.links
        assert spine.option_feed is not None
        tasks = [asyncio.create_task(spine.engine.run())]
        for command in self._first:
            await spine.engine.submit(command)
        tasks += [asyncio.create_task(run()) for run in (link.run, spine.option_feed.run)]
        await link.tried
        spine.host.start()
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            spine.marker.close()
            await link.disconnect()

    def held(self) -> dict[str, Decimal]:
        return {
            symbol: net.qty for nets in self.book.ledger.nets.values()
            for symbol, net in nets.items() if net.qty
        }

    async def until(self, is_so: Callable[[], object]) -> None:
        try:
            async with asyncio.timeout(WITHIN_S):
                while not is_so():
                    await asyncio.sleep(0.002)
        except TimeoutError:
            raise AssertionError((self.room.told, self.views.intents())) from None


@pytest.fixture(params=ROOMS)
async def floor(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Floor]:
    for name, soon in (
        ("alpaca.data_stream._LOOK_S", 0.02), ("ibkr.feed._LOOK_S", 0.02),
        ("ibkr.connection.APART_S", 0.0005),
    ):
        monkeypatch.setattr(f"tradebot.plugins.{name}", soon)
    room = ROOMS[request.param](tmp_path)
    room.facts.show(a_chain(days=(25, 39)))
    room.facts.past("SPY", [500, 499], MONDAY - 2 * MINUTE)
    door = room.fake if request.param == "alpaca" else room.gateway
    async with door, room.running() as market:
        floor = Floor(room, market, tmp_path / "paper")
        async with floor.open():
            yield floor


async def test_a_strategy_trades_on_the_vendors_minutes_and_quotes(floor: Floor) -> None:
    floor.room.venue.quote("SPY", "505.00", "505.04")
    floor.room.facts.bar("SPY", MONDAY - 2 * MINUTE, "505.00")
    await floor.until(floor.views.fills)
    (fill,) = floor.views.fills()
    assert (fill["symbol"], fill["qty"], fill["px"]) == ("SPY", "7", "505.04"), fill
    assert floor.held() == {"SPY": 7}


async def test_the_desk_prices_a_condor_on_the_vendors_chain_and_trades_it(floor: Floor) -> None:
    found = await floor.desk.ask(Words(text="SPY iron condor, 1 contract"))
    assert found["structure"] is not None, (found["why"], floor.room.told)
    assert found["structure"]["strategy_type"] == "iron_condor"
    assert found["draft_id"] is not None, found
    await floor.spine.engine.submit(
        Approve(target=found["draft_id"], digest=found["digest"], by="alice")
    )
    await floor.until(lambda: len(floor.held()) == 4)
    assert sum(floor.held().values()) == 0
    volatility = floor.spine.facts.volatilities["SPY"]
    assert Decimal("0.1") < volatility.implied < Decimal("0.3")
