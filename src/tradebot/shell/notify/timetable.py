"""When is something told though nothing happened? At times of the market's day, on its calendar.

What was told stands in the history of alerts by a name of its own, so a restart tells nothing
twice, and what a daemon that was down left out within half a day is told late.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.ports import Calendar, Clock, Session
from tradebot.shell.countdown import countdown
from tradebot.shell.notify import digests
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.section import NotificationsSection
from tradebot.shell.notify.sight import alert_at
from tradebot.shell.settings import plugins
from tradebot.shell.views.views import Views

LATE: Final = timedelta(hours=12)
LOOK_EVERY_S: Final = 60.0
_DAYS: Final = 10  # to either side; in as many there is a session of any market


class Due(NamedTuple):
    """Something to tell when it is due, as long as it is news; `of` is the session it sums up."""

    due: datetime
    until: datetime
    name: str
    make: Callable[[datetime], Alert]
    of: str = ""


class Timetable:
    """Looks at the clock and tells what is due; `health` is the document of that name."""

    def __init__(
        self, alerts: Alerts, views: Views, health: Callable[[], Mapping[str, Any]], *,
        calendars: Mapping[str, Calendar], clock: Clock,
    ) -> None:
        self._alerts = alerts
        self._views = views
        self._health = health
        self._calendars = calendars
        self._clock = clock
        self._told: set[str] = set()
        self._open: dict[str, bool] = {}  # the promotion windows
        self._beaten: datetime | None = None
        self._plan: tuple[date, NotificationsSection, Sequence[Due]] | None = None

    async def run(self) -> None:
        while True:
            now = self._clock.now()
            entries = self._planned(now.date())
            for entry in entries:
                if entry.due <= now < entry.until and self._is_news(entry):
                    self._told.add(entry.name)
                    self._alerts.raise_(entry.make(now), entry.name)
            for alert in (*self._windows(now), *self._heartbeat(now)):
                self._alerts.raise_(alert)
            await asyncio.sleep(self._wait_s(now, [entry.due for entry in entries]))

    def _is_news(self, entry: Due) -> bool:
        if entry.of and not self._views.days.knows(entry.of):
            return False  # there is nothing to sum up
        return entry.name not in self._told and not self._alerts.history.knows(entry.name)

    def _planned(self, today: date) -> Sequence[Due]:
        """Return all that is told around this day; a rehearsal looks at it a thousand times."""
        section = self._alerts.section
        if self._plan is None or self._plan[0] != today or self._plan[1] is not section:
            self._plan = today, section, [*self._entries(section, self._sessions(today))]
        return self._plan[2]

    def _entries(
        self, section: NotificationsSection, sessions: Sequence[Session]
    ) -> Iterator[Due]:
        for at, session in enumerate(sessions):
            name, week = session.day.isoformat(), _week(session)
            closed = session.closes + timedelta(seconds=section.digest_after_close_s)
            if section.daily_digest:
                told = partial(self._digest, AlertKind.DAILY_DIGEST, f"Session {name}", [name])
                yield Due(closed, closed + LATE, f"daily/{name}", told, name)
            is_last = at + 1 < len(sessions) and _week(sessions[at + 1]) != week
            if section.weekly_digest and is_last:
                names = [s.day.isoformat() for s in sessions if _week(s) == week]
                told = partial(self._digest, AlertKind.WEEKLY_DIGEST, f"Week to {name}", names)
                yield Due(closed, closed + LATE, f"weekly/{name}", told, name)
            if section.all_clear:
                before = session.opens - timedelta(seconds=section.all_clear_before_open_s)
                yield Due(before, session.opens, f"all-clear/{name}", self._all_clear)

    def _sessions(self, today: date) -> Sequence[Session]:
        """Return the sessions of the days around this one, as far as the calendar knows."""
        calendar = self._calendars[self._views.book.settings.primary_calendar]
        days = [today + timedelta(days=ahead) for ahead in range(-_DAYS, _DAYS)]
        found = [plugins.contained(partial(calendar.session_on, day), _not_known) for day in days]
        return [session for session in found if session is not None]

    def _digest(self, kind: AlertKind, name: str, sessions: list[str], at: datetime) -> Alert:
        figures = self._views.days.document(sessions)
        return digests.digest(at, kind, name, figures, self._health())

    def _all_clear(self, at: datetime) -> Alert:
        return digests.all_clear(at, self._health())

    def _windows(self, now: datetime) -> Iterator[Alert]:
        """Tell of windows that opened or closed since the last look."""
        if not self._alerts.section.filters.on_windows:
            return
        for row in countdown(self._views.book, self._calendars, now)["windows"]:
            name, is_open = row["window"], row["is_open"]
            if self._open.get(name, is_open) != is_open:
                word = "opened" if is_open else "closed"
                yield alert_at(
                    now, AlertKind.WINDOW, Level.INFO, f"Promotion window {name} {word}",
                    text=f"Window {name} of {row['calendar']} {word}; orders let through:"
                    f" {row['orders']}.",
                    fields={name: row[name] for name in ("window", "session", "opens", "closes")},
                )
            self._open[name] = is_open

    def _heartbeat(self, now: datetime) -> Iterator[Alert]:
        due = self._beats(now)
        if due is not None and now >= due:
            yield digests.heartbeat(now, self._health())
            self._beaten = now

    def _beats(self, now: datetime) -> datetime | None:
        """Return when the next heartbeat is due, by the settings of now; None is never."""
        every_s = self._alerts.section.heartbeat_every_s
        self._beaten = (self._beaten or now) if every_s else None
        return self._beaten + timedelta(seconds=every_s) if self._beaten is not None else None

    def _wait_s(self, now: datetime, dues: Sequence[datetime]) -> float:
        """Return how long nothing is due, and never longer than a look may wait."""
        beats = self._beats(now)
        known = [*dues, *([beats] if beats is not None else [])]
        ahead = [(due - now).total_seconds() for due in known if due > now]
        return min(*ahead, LOOK_EVERY_S, self._clock.longest_sleep_s)


def _week(session: Session) -> tuple[int, int]:
    found = session.day.isocalendar()
    return found.year, found.week


def _not_known(_: Exception) -> None:
    """The calendar ends before that day."""
