"""Are the sessions those of the exchange: hours, holidays, short days, summer time, its past?"""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tradebot.core.model.commands import Phase
from tradebot.plugins.calendars.always_open import AlwaysOpen
from tradebot.plugins.calendars.exchange import ExchangeCalendar, ExchangeSettings

NEW_YORK = ZoneInfo("America/New_York")
CLOSED, PRE, TRADING, POST = Phase.CLOSED, Phase.PRE_MARKET, Phase.TRADING, Phase.POST_MARKET
XNYS = ExchangeCalendar()


def new_york(text):
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def weekdays(year):
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return [day for day in days if day.year == year and day.weekday() < 5]


def closed_in(year, calendar=XNYS):
    return [f"{day:%m-%d}" for day in weekdays(year) if calendar.session_on(day) is None]


def short_in(year, calendar=XNYS):
    sessions = (calendar.session_on(day) for day in weekdays(year))
    return [f"{session.day:%m-%d}" for session in sessions if session and session.is_early_close]


@pytest.mark.parametrize(("at", "phase"), [
    ("00:01", CLOSED), ("03:59:59.999999", CLOSED), ("04:00", PRE), ("09:29:59.999999", PRE),
    ("09:30", TRADING), ("15:59:59", TRADING), ("16:00", POST), ("19:59:59.999999", POST),
    ("20:00", CLOSED), ("23:59", CLOSED),
])
@pytest.mark.parametrize("day", [
    "2026-11-23",
    "2026-03-06", "2026-03-09",  # the sessions beside the Sunday on which summer time begins
    "2026-10-30", "2026-11-02",  # and ends
    "2026-12-31", "2027-01-04",
])
def test_a_usual_day_has_these_phases_in_new_york(day, at, phase):
    assert XNYS.phase_at(new_york(f"{day}T{at}")) is phase


@pytest.mark.parametrize(("at", "phase"), [
    ("03:59", CLOSED), ("04:00", PRE), ("09:30", TRADING), ("12:59:59.999999", TRADING),
    ("13:00", POST), ("16:59:59", POST), ("17:00", CLOSED),
])
def test_a_short_day_closes_at_one_and_ends_at_five(at, phase):
    assert XNYS.phase_at(new_york(f"2026-11-27T{at}")) is phase


@pytest.mark.fault(43)
@pytest.mark.parametrize(("day", "opens"), [
    ("2026-03-06", "14:30"), ("2026-03-09", "13:30"), ("2026-10-30", "13:30"),
    ("2026-11-02", "14:30"),
])
def test_the_open_moves_in_utc_with_summer_time(day, opens):
    session = XNYS.session_on(date.fromisoformat(day))
    assert session is not None
    assert session.opens == utc(f"{day}T{opens}")
    assert session.opens.tzinfo is UTC


def test_a_sunday_on_which_the_clocks_change_is_closed_in_every_hour():
    for day in ("2026-03-08", "2026-11-01"):
        hours = (utc(day) + timedelta(hours=hour, minutes=30) for hour in range(5, 29))
        assert {XNYS.phase_at(at) for at in hours} == {CLOSED}
        assert XNYS.session_on(date.fromisoformat(day)) is None


@pytest.mark.fault(47)
@pytest.mark.parametrize(("year", "closed", "short"), [
    (2001, "01-01 01-15 02-19 04-13 05-28 07-04 09-03 09-11 09-12 09-13 09-14 11-22 12-25",
     "07-03 11-23 12-24"),
    (2002, "01-01 01-21 02-18 03-29 05-27 07-04 09-02 11-28 12-25", "07-05 11-29 12-24"),
    (2012, "01-02 01-16 02-20 04-06 05-28 07-04 09-03 10-29 10-30 11-22 12-25",
     "07-03 11-23 12-24"),
    (2013, "01-01 01-21 02-18 03-29 05-27 07-04 09-02 11-28 12-25", "07-03 11-29 12-24"),
    (2018, "01-01 01-15 02-19 03-30 05-28 07-04 09-03 11-22 12-05 12-25", "07-03 11-23 12-24"),
    (2022, "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26", "11-25"),
    (2024, "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25", "07-03 11-29 12-24"),
    (2025, "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25",
     "07-03 11-28 12-24"),
    (2026, "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25", "11-27 12-24"),
    (2027, "01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24", "11-26"),
    (2028, "01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25", "07-03 11-24"),
])
def test_a_year_has_these_holidays_and_short_days(year, closed, short):
    assert closed_in(year) == closed.split()
    assert short_in(year) == short.split()


def test_a_new_year_on_saturday_takes_no_friday_away():
    for year in (1993, 1999, 2004, 2010, 2021, 2027, 2032):
        assert XNYS.session_on(date(year, 12, 31)) is not None


def test_juneteenth_and_martin_luther_king_day_are_kept_from_their_first_year_on():
    assert XNYS.session_on(date(2021, 6, 18)) is not None
    assert XNYS.session_on(date(2022, 6, 20)) is None
    assert XNYS.session_on(date(1997, 1, 20)) is not None
    assert XNYS.session_on(date(1998, 1, 19)) is None


def test_third_fridays_that_are_holidays_are_closed():
    for day in ("2000-04-21", "2008-03-21", "2019-04-19", "2025-04-18", "2026-06-19", "2027-06-18"):
        assert XNYS.session_on(date.fromisoformat(day)) is None


def test_a_late_opening_of_the_past_is_kept_with_its_pre_market():
    session = XNYS.session_on(date(2002, 9, 11))
    assert session is not None
    assert session.pre_opens == new_york("2002-09-11T04:00")
    assert session.opens == new_york("2002-09-11T12:00")
    assert not session.is_early_close
    assert XNYS.phase_at(new_york("2002-09-11T11:59:59")) is PRE


def test_before_1993_short_days_closed_at_two():
    session = XNYS.session_on(date(1992, 11, 27))
    assert session is not None
    assert session.closes == new_york("1992-11-27T14:00")


@pytest.mark.parametrize(("after", "opens"), [
    ("2026-11-25T16:00", "2026-11-27T09:30"),  # over Thanksgiving
    ("2026-11-27T13:00", "2026-11-30T09:30"),  # over the weekend
    ("2026-07-02T16:00", "2026-07-06T09:30"),  # a long weekend
    ("2001-09-10T09:30", "2001-09-17T09:33"),
    ("2026-12-31T19:30", "2027-01-04T09:30"),  # already next year in UTC
    ("2026-12-31T20:00", "2027-01-04T09:30"),
    ("2027-01-01T12:00", "2027-01-04T09:30"),
    ("2026-11-23T09:29:59.999999", "2026-11-23T09:30"),
    ("2026-11-23T09:30", "2026-11-24T09:30"),
    ("2026-03-06T12:00", "2026-03-09T09:30"),
])
def test_the_next_open_is_strictly_after(after, opens):
    assert XNYS.next_open(new_york(after)) == new_york(opens)


@pytest.mark.parametrize(("after", "closes"), [
    ("2026-11-25T15:59", "2026-11-25T16:00"),
    ("2026-11-25T16:00", "2026-11-27T13:00"),
    ("2026-12-31T16:00", "2027-01-04T16:00"),
    ("2027-01-01T00:00", "2027-01-04T16:00"),
])
def test_the_next_close_is_strictly_after(after, closes):
    assert XNYS.next_close(new_york(after)) == new_york(closes)


def test_following_each_next_change_walks_through_all_phases_of_two_years_in_order():
    at, end = utc("2026-01-01T00:00"), utc("2028-01-01T12:00")
    order = [PRE, TRADING, POST, CLOSED]
    at, phase = XNYS.next_change(at)
    while phase is not PRE:
        at, phase = XNYS.next_change(at)
    walked = 0
    while at < end:
        assert phase is order[walked % 4]
        assert XNYS.phase_at(at) is phase
        assert XNYS.phase_at(at - timedelta(microseconds=1)) is not phase
        walked += 1
        at, phase = XNYS.next_change(at)
    assert walked == 4 * sum(len(weekdays(y)) - len(closed_in(y)) for y in (2026, 2027))


def test_the_session_at_a_time_spans_pre_market_to_post_market():
    friday = XNYS.session_on(date(2026, 11, 27))
    assert XNYS.session_at(new_york("2026-11-27T04:00")) == friday
    assert XNYS.session_at(new_york("2026-11-27T16:59:59")) == friday
    assert XNYS.session_at(new_york("2026-11-27T17:00")) is None
    assert XNYS.session_at(new_york("2026-11-27T03:59:59")) is None
    assert XNYS.session_at(new_york("2026-11-26T12:00")) is None
    new_years_eve = XNYS.session_at(utc("2027-01-01T00:59:59"))
    assert new_years_eve is not None
    assert new_years_eve.day == date(2026, 12, 31)


def test_the_zone_of_the_question_changes_no_answer():
    at = new_york("2026-11-23T09:30")
    for zone in (UTC, ZoneInfo("Asia/Tokyo"), timezone(timedelta(hours=-11))):
        assert XNYS.phase_at(at.astimezone(zone)) is TRADING
        assert XNYS.next_close(at.astimezone(zone)) == new_york("2026-11-23T16:00")


@pytest.mark.parametrize("calendar", [XNYS, AlwaysOpen()], ids=lambda calendar: calendar.name)
@pytest.mark.parametrize(
    "question", ["phase_at", "session_at", "next_open", "next_close", "next_change"]
)
def test_a_time_without_its_zone_is_refused(calendar, question):
    naive = datetime.fromisoformat("2026-11-23T12:00")
    with pytest.raises(ValueError, match="with its zone"):
        getattr(calendar, question)(naive)


def test_a_datetime_does_not_pass_for_a_day():
    with pytest.raises(ValueError, match="without a time"):
        XNYS.session_on(new_york("2026-11-23T12:00"))


@pytest.mark.parametrize("at", [
    "1989-12-31T12:00", "2036-01-02T12:00", "0001-01-01T00:00", "9999-12-31T23:59",
])
def test_a_time_beyond_the_known_years_is_refused_in_a_sentence(at):
    with pytest.raises(ValueError, match="XNYS is known from 1990 to 2035, not in "):
        XNYS.next_open(utc(at))
    with pytest.raises(ValueError, match="XNYS is known from 1990 to 2035, not in "):
        XNYS.reason_on(utc(at).date())


def test_the_first_and_the_last_known_day_answer():
    assert XNYS.phase_at(new_york("1990-01-01T00:00")) is CLOSED
    assert XNYS.phase_at(new_york("2035-12-31T19:59:59")) is POST
    assert XNYS.next_open(new_york("1990-01-01T00:00")) == new_york("1990-01-02T09:30")
    with pytest.raises(ValueError, match="not in 2036"):
        XNYS.next_open(new_york("2035-12-31T12:00"))


@pytest.mark.fault(47)
def test_after_the_last_known_year_the_market_counts_as_closed():
    end = new_york("2036-01-01T00:00")
    assert XNYS.known_until == end
    assert XNYS.next_change(new_york("2035-12-31T19:00")) == (new_york("2035-12-31T20:00"), CLOSED)
    assert XNYS.next_change(new_york("2035-12-31T20:00")) == (end, CLOSED)
    assert XNYS.next_change(new_york("2034-12-29T20:00"))[1] is PRE
    for at in (end, new_york("2036-01-02T10:00"), utc("9999-12-31T23:59")):
        assert (XNYS.phase_at(at), XNYS.session_at(at)) == (CLOSED, None)
        assert XNYS.session_on(at.date()) is None
    with pytest.raises(ValueError, match="not in 2036"):
        XNYS.next_change(end)


def test_settings_add_closures_and_short_days():
    calendar = ExchangeCalendar(ExchangeSettings(
        closures=(date(2027, 3, 10),), early_closes=(date(2027, 3, 11),)
    ))
    assert calendar.session_on(date(2027, 3, 10)) is None
    assert calendar.next_open(new_york("2027-03-09T16:00")) == new_york("2027-03-11T09:30")
    assert calendar.next_close(new_york("2027-03-09T16:00")) == new_york("2027-03-11T13:00")
    assert short_in(2027, calendar) == ["03-11", "11-26"]
    assert XNYS.session_on(date(2027, 3, 10)) is not None


@pytest.mark.parametrize("settings", [
    ExchangeSettings(early_closes=(date(2026, 12, 25),)),
    ExchangeSettings(early_closes=(date(2026, 11, 22),)),
    ExchangeSettings(early_closes=(date(2027, 3, 10),), closures=(date(2027, 3, 10),)),
])
def test_a_short_day_without_a_session_is_a_mistake_in_the_settings(settings):
    with pytest.raises(ValueError, match="early_closes: XNYS has no session on"):
        ExchangeCalendar(settings)


def test_answers_are_quick():
    def best(run, rounds):
        spans = []
        for _ in range(rounds):
            start = time.perf_counter()
            run()
            spans.append(time.perf_counter() - start)
        return min(spans)

    at = new_york("2026-11-23T12:00")
    assert best(lambda: ExchangeCalendar().next_open(at), 10) < 0.020
    assert best(lambda: [XNYS.phase_at(at) for _ in range(1000)], 10) < 0.005
    assert best(lambda: [XNYS.next_change(at) for _ in range(1000)], 10) < 0.005


def test_the_market_that_never_closes_trades_at_every_hour():
    calendar = AlwaysOpen()
    sunday = utc("2026-11-22T23:59:59.999999")
    assert calendar.phase_at(sunday) is TRADING
    assert calendar.next_change(sunday) == (utc("2026-11-23"), TRADING)
    assert calendar.next_open(utc("2026-11-22")) == utc("2026-11-23")
    session = calendar.session_at(new_york("2026-11-22T20:00"))
    assert session is not None
    assert (session.day, session.opens) == (date(2026, 11, 23), utc("2026-11-23"))
    assert calendar.next_close(sunday) == utc("2026-11-23")


@pytest.mark.parametrize(("day", "reason"), [
    ("2026-06-19", "Juneteenth"), ("2022-12-26", "Christmas"),
    ("2001-09-11", "Attacks on New York"),
    ("2026-11-21", "weekend"), ("2026-11-23", None), ("2026-12-24", "Christmas Eve"),
    ("2002-09-11", "Remembrance of the attacks"), ("2024-07-03", "beside Independence Day"),
])
def test_every_unusual_day_has_its_reason(day, reason):
    assert XNYS.reason_on(date.fromisoformat(day)) == reason
