"""Which phase is a market in? Tells the core at start and at every change, leaving none out."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from tradebot.core.model.commands import Command, EnterSession
from tradebot.ports import Calendar, Clock

_LOOK_AGAIN_S: Final = 60.0  # the loop's clock stands still in a suspended machine
_STEP_BACK_IGNORED: Final = timedelta(seconds=1)  # or a small correction would reopen a market


async def follow(
    calendar: Calendar, clock: Clock, submit: Callable[[Command], Awaitable[object]]
) -> None:
    """Submit the phase that holds now, then each change when it comes; runs until cancelled."""
    at = clock.now()
    entered: EnterSession | None = None
    while True:
        entry = entry_at(calendar, at)
        if entry != entered:
            await submit(entry)
            entered = entry
        at = await _next_look(calendar, clock, at)


async def _next_look(calendar: Calendar, clock: Clock, at: datetime) -> datetime:
    """Return the first change after `at` once it came, or the time now if the clock went back."""
    change, _ = calendar.next_change(at)
    now = clock.now()
    while at - _STEP_BACK_IGNORED <= now < change:
        await asyncio.sleep(min((change - now).total_seconds(), _LOOK_AGAIN_S))
        now = clock.now()
    return min(now, change)


def entry_at(calendar: Calendar, at: datetime) -> EnterSession:
    """Return the command that enters the phase that holds at this time."""
    session = calendar.session_at(at)
    phase = calendar.phase_at(at)
    if session is None:
        return EnterSession(calendar=calendar.name, phase=phase)
    return EnterSession(
        calendar=calendar.name, phase=phase, session=session.day.isoformat(),
        opens=session.opens, closes=session.closes,
    )
