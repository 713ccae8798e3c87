"""On which days of 46 years do three independent calendars differ from ours, and do we know why?

Every disagreement stands in xnys_disagreements.toml with the reason why ours is kept.
"""

import tomllib
import warnings
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tradebot.plugins.calendars.exchange import FIRST_YEAR, LAST_YEAR, ExchangeCalendar
from tradebot.ports import Session

FIRST, LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
NEW_YORK = ZoneInfo("America/New_York")
KNOWN = {
    library["name"]: {entry["day"]: entry["theirs"] for entry in library["days"]}
    for library in tomllib.loads(
        Path(__file__).with_name("xnys_disagreements.toml").read_text(encoding="utf-8")
    )["library"]
}

Hours = dict[date, tuple[datetime, datetime]]


@pytest.fixture(scope="module")
def sessions() -> dict[date, Session]:
    calendar = ExchangeCalendar()
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    return {day: session for day in days if (session := calendar.session_on(day))}


@pytest.fixture(scope="module")
def regular(sessions: dict[date, Session]) -> Hours:
    return {day: (session.opens, session.closes) for day, session in sessions.items()}


def read(schedule: Any, opens: str, closes: str) -> Hours:
    return {
        day.date(): (first.to_pydatetime(), last.to_pydatetime())
        for day, first, last in schedule[[opens, closes]].itertuples()
    }


def differing(ours: Hours, theirs: Hours) -> dict[date, str]:
    """Return what they say on each day on which they say something else."""
    return {
        day: _spoken(theirs.get(day))
        for day in sorted(ours.keys() | theirs.keys()) if ours.get(day) != theirs.get(day)
    }


def _spoken(hours: tuple[datetime, datetime] | None) -> str:
    return "-".join(f"{at.astimezone(NEW_YORK):%H:%M}" for at in hours) if hours else "closed"


@pytest.fixture(scope="module")
def exchange_calendars(sessions: dict[date, Session]) -> Hours:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        import exchange_calendars as library

        calendar = library.get_calendar("XNYS", start=str(FIRST), end=str(LAST))
        return read(calendar.schedule, "open", "close")


@pytest.fixture(scope="module")
def pandas_market_calendars() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        import pandas_market_calendars as library

        return library.get_calendar("NYSE").schedule(
            str(FIRST), str(LAST), market_times=["pre", "market_open", "market_close", "post"]
        )


def named(category: str) -> set[date]:
    import holidays

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return set(holidays.financial_holidays("XNYS", years=years, categories=(category,)))


def test_exchange_calendars_sees_every_session_as_we_do_but_for_the_days_we_name(
    regular: Hours, exchange_calendars: Hours
) -> None:
    assert len(exchange_calendars) == len(regular) == 11_577
    assert differing(regular, exchange_calendars) == KNOWN["exchange_calendars"]


def test_pandas_market_calendars_sees_every_session_as_we_do_but_for_the_days_we_name(
    regular: Hours, pandas_market_calendars: Any
) -> None:
    theirs = read(pandas_market_calendars, "market_open", "market_close")
    assert differing(regular, theirs) == KNOWN["pandas_market_calendars"]


def test_extended_hours_are_those_of_pandas_market_calendars_since_the_last_irregular_day(
    sessions: dict[date, Session], pandas_market_calendars: Any
) -> None:
    theirs = read(pandas_market_calendars, "pre", "post")
    ours = {day: (session.pre_opens, session.post_closes) for day, session in sessions.items()}
    assert max(differing(ours, theirs)) == date(2006, 12, 27)


def test_the_weekdays_without_a_session_are_those_of_holidays(regular: Hours) -> None:
    weekdays = {FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)}
    weekdays = {day for day in weekdays if day.weekday() < 5}
    theirs = {day for day in named("public") if day.weekday() < 5}
    assert weekdays - regular.keys() == theirs


def test_the_short_days_are_those_of_holidays_but_for_the_days_we_name(
    sessions: dict[date, Session]
) -> None:
    ours = {day for day, session in sessions.items() if session.is_early_close}
    theirs = named("half_day")
    assert {
        day: "not short" if day in ours else "short" for day in ours ^ theirs
    } == KNOWN["holidays"]


def test_wherever_one_of_them_differs_another_agrees_with_us(
    regular: Hours, exchange_calendars: Hours, pandas_market_calendars: Any
) -> None:
    others = read(pandas_market_calendars, "market_open", "market_close")
    for day in KNOWN["exchange_calendars"].keys() | KNOWN["holidays"].keys():
        assert others[day] == regular[day]
    for day in KNOWN["pandas_market_calendars"]:
        assert exchange_calendars[day] == regular[day]


def test_a_day_that_we_moved_would_be_noticed(regular: Hours, exchange_calendars: Hours) -> None:
    opens, closes = regular[date(2030, 6, 3)]
    moved = {**regular, date(2030, 6, 3): (opens, closes - timedelta(minutes=1))}
    del moved[date(2031, 6, 3)]
    assert differing(moved, exchange_calendars).keys() - KNOWN["exchange_calendars"].keys() == {
        date(2030, 6, 3), date(2031, 6, 3)
    }
