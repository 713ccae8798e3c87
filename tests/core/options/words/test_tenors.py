"""Is the day that somebody names read as that day, whatever today is?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradebot.core.options.words.grammar import read
from tradebot.core.options.words.tenors import third_friday

TODAY = st.dates(date(2024, 1, 1), date(2030, 12, 31))
AHEAD = st.integers(0, 270)


def day_in(text: str, today: date) -> date | None:
    reading = read(f"SPY iron condor {text}", frozenset({"SPY"}), today)
    asked = {question.about for question in reading.questions}
    assert (reading.request.expiry is None) == (asked == {"expiry"})
    return reading.request.expiry


@given(TODAY, AHEAD)
def test_a_day_is_read_in_every_form_it_is_written(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    for form in (
        f"{day}", f"{day:%B} {day.day}", f"{day:%b} {day.day}, {day.year}", f"{day:%b %d %Y}",
        f"on {day.day} {day:%B}", f"{day.day}th of {day:%B} {day.year}", f"{day.day} {day:%b %Y}",
        f"expiring {day.month}/{day.day}", f"{day.month}/{day.day}/{day.year}",
        f"by {day.month}/{day.day}/{day:%y}", f"{day.month}-{day.day} expiry", f"{day:%Y/%m/%d}",
    ):
        assert day_in(form, today) == day, form


@given(TODAY, st.integers(1, 94))
def test_a_day_that_has_just_passed_is_asked_about(today: date, ago: int) -> None:
    day = today - timedelta(days=ago)
    for form in (f"{day}", f"{day:%B} {day.day}", f"{day:%b} {day.day}, {day.year}"):
        assert day_in(form, today) is None, form


@given(TODAY)
def test_words_for_a_day_lead_to_it(today: date) -> None:
    weekly, monthly = day_in("next weekly", today), day_in("next monthly", today)
    friday, following = day_in("this friday", today), day_in("next month", today)
    assert weekly and monthly and friday and following
    assert (weekly.weekday(), 0 < (weekly - today).days <= 7) == (4, True)
    assert (friday.weekday(), 0 <= (friday - today).days < 7) == (4, True)
    assert monthly == third_friday(monthly.year, monthly.month)
    assert 0 < (monthly - today).days <= 35
    assert (following.year * 12 + following.month) - (today.year * 12 + today.month) == 1
    assert day_in("tomorrow", today) == today + timedelta(days=1)
    assert day_in("next friday", today) is None


@given(st.integers(2000, 2100), st.integers(1, 12))
def test_the_third_friday_is_the_third(year: int, month: int) -> None:
    day = third_friday(year, month)
    assert (day.weekday(), (day.day - 1) // 7) == (4, 2)


@pytest.mark.parametrize(("today", "text", "day"), [
    ("2025-12-01", "monthly", "2025-12-19"),
    ("2025-12-19", "monthly", "2026-01-16"),
    ("2025-12-20", "this month", None),
    ("2025-12-19", "friday", "2025-12-19"),
    ("2025-12-20", "friday", "2025-12-26"),
    ("2025-12-20", "this week", None),
    ("2025-12-20", "next week", "2025-12-26"),
    ("2025-12-21", "coming wednesday", "2025-12-24"),
    ("2025-12-31", "end of year", "2025-12-31"),
    ("2025-12-31", "end of month", "2025-12-31"),
    ("2024-02-01", "month end", "2024-02-29"),
    ("2025-12-01", "November", None),
    ("2025-12-01", "in May", "2026-05-15"),
    ("2025-12-01", "March monthly", "2026-03-20"),
    ("2025-12-01", "Sep 19", None),
    ("2025-12-01", "Aug 21", "2026-08-21"),
    ("2025-12-01", "Feb 30", None),
    ("2025-12-01", "13/13/2025 expiry", None),
    ("2025-12-01", "2028-12-05", "2028-12-05"),
    ("2025-12-01", "2028-12-06", None),
    ("2025-12-01", "12/19", None),
    ("2025-12-01", "10 Dec", None),
    ("2025-12-01", "11 Dec", "2025-12-11"),
])
def test_a_day_is_read_or_asked_about(today: str, text: str, day: str | None) -> None:
    read_as = read(f"SPY iron condor {text}", {"SPY"}, date.fromisoformat(today)).request.expiry
    assert read_as == (date.fromisoformat(day) if day else None)
