"""Which phase is a market in? Tells the core at start and at every change, leaving none out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Final

from tradebot.core.model.commands import Command, EnterSession
from tradebot.ports import Calendar, Clock
from tradebot.shell.settings import plugins
from tradebot.shell.settings.document import ConfigError
from tradebot.shell.settings.sections import Schedule

_STEP_BACK_IGNORED: Final = timedelta(seconds=1)  # or a small correction would reopen a market


async def follow(
    calendar: Calendar, clock: Clock, submit: Callable[[Command], Awaitable[object]]
) -> None:
    """Submit the phase that holds now, then each change; return when the calendar knows no more."""
    at = clock.now()
    entered: EnterSession | None = None
    while True:
        entry = entry_at(calendar, at)
        if entry != entered:
            await submit(entry)
            entered = entry
        if calendar.known_until is not None and at >= calendar.known_until:
            return
        at = await _next_look(calendar, clock, at)


async def _next_look(calendar: Calendar, clock: Clock, at: datetime) -> datetime:
    """Return the first change after `at` once it came, or the time now if the clock went back."""
    change, _ = calendar.next_change(at)
    now = clock.now()
    while at - _STEP_BACK_IGNORED <= now < change:
        await asyncio.sleep(min((change - now).total_seconds(), clock.longest_sleep_s))
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
        opens=session.opens, closes=session.closes, utc_offset_s=session.utc_offset_s,
    )


def build_calendars(schedule: Schedule) -> dict[str, Calendar]:
    """Build every calendar there is; the schedule's extra days belong to the primary one."""
    plugins_of = {name: plugins.load("calendars", name) for name in plugins.names("calendars")}
    if schedule.calendar not in plugins_of:
        told = f"one of {', '.join(sorted(plugins_of))}, got {schedule.calendar!r}"
        raise ConfigError([f"schedule.calendar: expected {told}"])
    built: dict[str, Calendar] = {name: plugin() for name, plugin in plugins_of.items()}
    if schedule.closures or schedule.early_closes:
        built[schedule.calendar] = _with_days(plugins_of[schedule.calendar], schedule)
    return built


def _with_days(plugin: Any, schedule: Schedule) -> Calendar:
    if "closures" not in {field.name for field in fields(plugin.settings_type)}:
        raise ConfigError([f"schedule.closures: {schedule.calendar} has no days to close"])
    try:
        built: Calendar = plugin(plugin.settings_type(
            closures=schedule.closures, early_closes=schedule.early_closes
        ))
    except ValueError as error:
        raise ConfigError([f"schedule.{error}"]) from None
    return built
