"""Do currencies trade from Sunday to Friday evening, New York's, through summer time too?"""

from datetime import UTC, date, datetime, timedelta

import pytest

from tradebot.core.model.commands import Phase
from tradebot.plugins.calendars.weekdays import WeekdaysOpen

FX = WeekdaysOpen()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("at", "phase"), [
    ("2026-11-20T21:59:59", Phase.TRADING),  # Friday, a second before 17:00 in New York
    ("2026-11-20T22:00:00", Phase.CLOSED),
    ("2026-11-22T21:59:59", Phase.CLOSED),  # Sunday
    ("2026-11-22T22:00:00", Phase.TRADING),
    ("2026-07-17T20:59:59", Phase.TRADING),  # in summer an hour earlier
    ("2026-07-17T21:00:00", Phase.CLOSED),
])
def test_the_week_ends_and_begins_at_five_in_new_york(at: str, phase: Phase) -> None:
    assert FX.phase_at(utc(at)) is phase


def test_the_evening_belongs_to_the_next_day() -> None:
    session = FX.session_at(utc("2026-11-24T22:00:00"))
    assert session is not None
    assert session.day == date(2026, 11, 25)


def test_changes_follow_one_another_without_holes_for_a_year() -> None:
    at, end = utc("2026-01-01T12:00:00"), utc("2027-01-01T12:00:00")
    while at < end:
        change, phase = FX.next_change(at)
        assert change > at
        assert FX.phase_at(change) is phase
        assert FX.phase_at(change - timedelta(microseconds=1)) is FX.phase_at(at)
        assert FX.next_open(at) > at
        assert FX.phase_at(FX.next_open(at)) is Phase.TRADING
        assert FX.next_close(at) > at
        at = change


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a time with its zone"):
        FX.phase_at(datetime(2026, 1, 1))  # noqa: DTZ001
