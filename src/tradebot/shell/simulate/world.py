"""What surrounds the daemon on a simulated day, and outlives each of its processes?"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Phase
from tradebot.core.model.fact import fact
from tradebot.core.model.settings import Mode, Policy, Settings
from tradebot.ports import Calendar, Clock, MarketData
from tradebot.shell.reconcile import ReconcileSection
from tradebot.shell.simulate.broker import ROUTE
from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.disk import Platter
from tradebot.shell.simulate.faults import Faults
from tradebot.shell.simulate.loop import ShuffledLoop
from tradebot.shell.simulate.market import SYMBOLS, Prices
from tradebot.shell.simulate.referee import Referee
from tradebot.shell.simulate.venue import Venue
from tradebot.shell.strategies.host import StrategyHost
from tradebot.shell.wire.patience import USUAL, Patience

OPENS: Final = datetime(2026, 8, 24, 13, 30, tzinfo=UTC)
JOURNAL: Final = Path("/simulated/journal")  # on the simulated disk

POLICY: Final = Policy(
    messages_per_second_max=5, orders_per_day_max=200, open_orders_max=30,
    open_orders_symbol_max=15, duplicate_within_s=0, rejections_max=100,
    consecutive_losses_max=1000, quote_age_max_s=Decimal(6), order_qty_max=Decimal(50),
    order_notional_max_usd=Decimal(10_000), correlation_unknown_frac=Decimal(0),
    drawdown_halt_frac=Decimal(1), daily_loss_max_frac=Decimal(1),
)
SETTINGS: Final = Settings(
    mode=Mode.PAPER, routes=(ROUTE,), policy=POLICY, intent_ttl_s=90, send_within_s=20,
)


Equip = Callable[[StrategyHost, Book, MarketData, Clock], None]


def _nobody(host: StrategyHost, view: Book, market: MarketData, clock: Clock) -> None:
    """No strategies."""


@fact
class Scene:
    """Who trades what, when, under which limits; `equip` brings the strategies."""

    calendars: Mapping[str, Calendar]
    settings: Settings = SETTINGS
    symbols: tuple[str, ...] = SYMBOLS
    starts: datetime = OPENS
    reconcile: ReconcileSection = ReconcileSection(every_s=30.0)
    patience: Patience = USUAL
    equip: Equip = _nobody

    def trades(self, at: datetime) -> bool:
        """Tell whether orders may leave at this time."""
        primary = self.settings.primary_calendar
        phase = self.calendars[primary].phase_at(at)
        is_outside = primary in self.settings.policy.trade_outside_hours
        return phase is Phase.TRADING or (is_outside and phase is not Phase.CLOSED)


class WorldClock:
    """The wall's clock, as NTP and people set it."""

    longest_sleep_s = 60.0

    def __init__(self, loop: asyncio.AbstractEventLoop, starts: datetime) -> None:
        self._loop = loop
        self._starts = starts
        self.step_s = 0.0

    def now(self) -> datetime:
        return self.at(self._loop.time()) + timedelta(seconds=self.step_s)

    def skip_to(self, due: datetime) -> bool:
        return False

    def at(self, seconds: float) -> datetime:
        """Return the true time, whatever the clock shows."""
        return self._starts + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One day's surroundings; everything in it is drawn from one seed."""

    chance: Chance
    faults: Faults
    loop: ShuffledLoop
    clock: WorldClock
    platter: Platter
    prices: Prices
    scene: Scene
    venues: Mapping[str, Venue]  # by route
    referee: Referee
    home: Path
    proves_absence: bool
    segment_bytes: int
    remembers_ids: bool

    @property
    def venue(self) -> Venue:
        """The first route's, where there is only one."""
        return next(iter(self.venues.values()))


def surround(
    scene: Scene, chance: Chance, faults: Faults, loop: ShuffledLoop, *, home: Path,
    proves_absence: bool, segment_bytes: int, remembers_ids: bool = False,
) -> World:
    """Build what a day needs beside a daemon."""
    platter, clock = Platter(chance), WorldClock(loop, scene.starts)
    prices = Prices(chance, scene.symbols)
    venues = {
        route: Venue(
            route, chance, faults, now=loop.time, later=loop.call_later, price=prices.of
        )
        for route in scene.settings.routes
    }
    referee = Referee(
        venues, scene.settings, now=loop.time, is_durable=platter.keeps,
        trades=scene.trades,
    )
    return World(
        chance=chance, faults=faults, loop=loop, clock=clock, platter=platter, prices=prices,
        scene=scene, venues=venues, referee=referee, home=home, proves_absence=proves_absence,
        segment_bytes=segment_bytes, remembers_ids=remembers_ids,
    )
