"""Does a rehearsal play one whole session, whatever the market's days are like?"""

from datetime import UTC, datetime, timedelta

import pytest

from tradebot.plugins.calendars.always_open import AlwaysOpen
from tradebot.plugins.calendars.exchange import ExchangeCalendar
from tradebot.ports import Calendar
from tradebot.shell.rehearsal import AFTER_CLOSE, BEFORE_OPEN, window

SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(("calendar", "opens", "hours"), [
    (ExchangeCalendar(), datetime(2026, 11, 23, 14, 30, tzinfo=UTC), 6.5),
    (AlwaysOpen(), datetime(2026, 11, 22, tzinfo=UTC), 24),
], ids=["a market that closes", "one that never does"])
def test_the_next_session_is_played_from_before_its_open_to_after_its_close(
    calendar: Calendar, opens: datetime, hours: float
) -> None:
    played = window(calendar, SATURDAY, None, None)
    assert played.start == opens - BEFORE_OPEN
    assert played.until == opens + timedelta(hours=hours) + AFTER_CLOSE


def test_a_start_within_a_session_is_played_to_the_close_of_that_session() -> None:
    start = datetime(2026, 11, 23, 15, tzinfo=UTC)
    played = window(ExchangeCalendar(), SATURDAY, start, "close")
    assert (played.start, played.until) == (start, start.replace(hour=21) + AFTER_CLOSE)
