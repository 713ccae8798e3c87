"""What surrounds the daemon on a simulated day, and outlives each of its processes?"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from tradebot.core.model.settings import Mode, Policy, Settings
from tradebot.shell.simulate.broker import ROUTE
from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.disk import Platter
from tradebot.shell.simulate.faults import Faults
from tradebot.shell.simulate.loop import ShuffledLoop
from tradebot.shell.simulate.market import Prices, SimCalendar
from tradebot.shell.simulate.referee import Referee
from tradebot.shell.simulate.venue import Venue

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


class WorldClock:
    """The wall's clock, as NTP and people set it."""

    longest_sleep_s = 60.0

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.step_s = 0.0

    def now(self) -> datetime:
        return self.at(self._loop.time()) + timedelta(seconds=self.step_s)

    def at(self, seconds: float) -> datetime:
        """Return the true time, whatever the clock shows."""
        return OPENS + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One day's surroundings; everything in it is drawn from one seed."""

    chance: Chance
    faults: Faults
    loop: ShuffledLoop
    clock: WorldClock
    platter: Platter
    prices: Prices
    calendar: SimCalendar
    venue: Venue
    referee: Referee
    home: Path
    proves_absence: bool
    segment_bytes: int
