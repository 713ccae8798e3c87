"""How does a test hear a whole market? It plays on a simulated clock and keeps what was told."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from tradebot.core.model.commands import Phase
from tradebot.core.model.facts import Bar, Quote
from tradebot.plugins.calendars.always_open import AlwaysOpen
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.plugins.calendars.weekdays import WeekdaysOpen
from tradebot.ports import Calendar, Clock, MarketData, MarketEvent, MarketSite
from tradebot.shell.clock import LoopClock
from tradebot.shell.sim_loop import SimLoop

CALENDARS: Final[Mapping[str, Calendar]] = {
    calendar.name: calendar for calendar in (ExchangeCalendar(), AlwaysOpen(), WeekdaysOpen())
}

M = TypeVar("M", bound=MarketData)


def is_outside_hours(clock: Clock) -> bool:
    """Tell what core would write into an order that goes out now."""
    return CALENDARS["XNYS"].phase_at(clock.now()) is not Phase.TRADING


def a_site(
    clock: Clock, until: datetime | None = None, *, state_dir: Path = Path("unused"),
    tell: Callable[[str], None] = lambda _: None,
) -> MarketSite:
    """Return what a market of a test is built with; it keeps nothing unless it is told where."""
    return MarketSite(
        clock=clock, calendars=CALENDARS, until=until, state_dir=state_dir, tell=tell
    )


class FixedClock:
    """A clock that stands still."""

    longest_sleep_s = 60.0

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Heard:
    """What was told of a market, and at what time of the clock."""

    def __init__(self) -> None:
        self.told: list[tuple[datetime, MarketEvent]] = []

    @property
    def quotes(self) -> list[Quote]:
        return [event for _, event in self.told if isinstance(event, Quote)]

    @property
    def bars(self) -> list[Bar]:
        return [event for _, event in self.told if isinstance(event, Bar)]


def known_at(event: MarketEvent) -> datetime:
    return event.end if isinstance(event, Bar) else event.as_of


def play(build: Callable[[Clock], M], start: datetime) -> tuple[M, Heard]:
    """Run a market from `start` to its end, on a clock that jumps; return it and what it told."""
    heard = Heard()

    async def run() -> M:
        clock = LoopClock(start, asyncio.get_running_loop())
        market = build(clock)
        symbols = [instrument.symbol for instrument in market.instruments()]
        market.subscribe(symbols, lambda event: heard.told.append((clock.now(), event)))
        await market.run()
        return market

    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(run()), heard
