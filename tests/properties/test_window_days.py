"""Is a window open just when New York's own clock says so? Every session of five years."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from tradebot.core.model.window import US_RTH, Hours, PromotionWindow, Weekday
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.ports import Session

NEW_YORK: Final = ZoneInfo("America/New_York")
FIRST, LAST = date(2022, 1, 1), date(2026, 12, 31)
WINDOWS: Final = {
    "regular hours": US_RTH,
    "by the clock": PromotionWindow(name="a", starts="10:00", ends="15:30"),
    "afternoons": PromotionWindow(name="b", starts="12:45", ends="close-5m"),
    "from the open": PromotionWindow(name="c", starts="open+15m", ends="11:00"),
    "after an early close": PromotionWindow(name="d", starts="13:00", ends="23:59"),
    "mondays": PromotionWindow(name="e", starts="00:00", weekdays=(Weekday.MON,)),
    "never": PromotionWindow(name="f", enabled=False),
}


@pytest.fixture(scope="module")
def sessions() -> list[Session]:
    calendar = ExchangeCalendar()
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    found = [session for day in days if (session := calendar.session_on(day)) is not None]
    assert len(found) == 1_254
    assert sum(session.is_early_close for session in found) == 11
    return found


def is_open(window: PromotionWindow, session: Session, minute: datetime) -> bool:
    """Ask the wall clock of that minute, and nothing that the window itself asks."""
    wall = minute.astimezone(NEW_YORK)
    if not window.enabled or not session.opens <= minute < session.closes:
        return False
    if wall.strftime("%a").lower() not in window.weekdays:
        return False
    return is_past(window.starts, session, wall) and not is_past(window.ends, session, wall)


def is_past(edge: str, session: Session, wall: datetime) -> bool:
    word, _, minutes = edge.replace("-", "+").rstrip("m").partition("+")
    if word == "open":
        return wall >= session.opens + timedelta(minutes=int(minutes or 0))
    if word == "close":
        return wall >= session.closes - timedelta(minutes=int(minutes or 0))
    return f"{wall:%H:%M}" >= edge


def around(session: Session, span: tuple[datetime, datetime] | None) -> Iterator[datetime]:
    """Yield the minutes beside every edge that there could be, and some between."""
    edges = [session.opens, session.closes, *(span or ())]
    for edge in edges:
        yield from (edge + timedelta(minutes=n) for n in (-1, 0, 1))
    yield from (session.opens + timedelta(minutes=n) for n in range(0, 400, 45))


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_is_open_when_the_wall_clock_says_so(name: str, sessions: list[Session]) -> None:
    window = WINDOWS[name]
    for session in sessions:
        span = window.span(Hours(
            session=session.day.isoformat(), opens=session.opens, closes=session.closes,
            utc_offset_s=session.utc_offset_s,
        ))
        for minute in around(session, span):
            told = span is not None and span[0] <= minute < span[1]
            assert told is is_open(window, session, minute), (session.day, minute)


def test_the_same_wall_time_is_another_hour_of_utc_in_summer(sessions: list[Session]) -> None:
    hours = {
        session.utc_offset_s: session.opens.hour for session in sessions
    }
    assert hours == {-5 * 3600: 14, -4 * 3600: 13}
