"""When does the New York Stock Exchange trade? Its rules, the days it broke them, and no network.

The exchange's zone is fixed: a display zone never moves the hours. All intervals are half open.
"""

import tomllib
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

from tradebot.core.model.commands import Phase
from tradebot.core.model.fact import fact
from tradebot.ports import Session

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2035

_NEW_YORK: Final = ZoneInfo("America/New_York")
_WINTER: Final = timedelta(hours=-5)  # the offset at every turn of the year
_DAY: Final = timedelta(days=1)

_PRE_OPENS: Final = time(4)
_OPENS: Final = time(9, 30)
_CLOSES: Final = time(16)
_POST_CLOSES: Final = time(20)
_CLOSES_EARLY: Final = time(13)
_CLOSED_EARLY_BEFORE_1993: Final = time(14)
_POST_CLOSES_EARLY: Final = time(17)
_USUAL: Final = (_CLOSES, "")

# A session has four changes, so the place of a change in its table tells the phase it begins.
_BEGINS: Final = (Phase.PRE_MARKET, Phase.TRADING, Phase.POST_MARKET, Phase.CLOSED)
_OPEN: Final = 1
_CLOSE: Final = 2

_MON, _TUE, _WED, _THU, _FRI, _SAT, _SUN = range(7)


@fact
class ExchangeSettings:
    """Days that the exchange announced after this release: closed all day, or closing at 13:00."""

    closures: tuple[date, ...] = ()
    early_closes: tuple[date, ...] = ()


@fact
class _Irregular:
    """What happened once: days closed, days with other hours (None: as usual), and why."""

    closures: dict[date, str]
    hours: dict[date, tuple[time | None, time | None]]
    reasons: dict[date, str]


@fact
class _Year:
    """One year's sessions by New York date, and all their changes in order, four a session."""

    number: int
    sessions: tuple[Session, ...]
    by_day: dict[date, Session]
    changes: tuple[datetime, ...]


class ExchangeCalendar:
    """Sessions of XNYS, FIRST_YEAR to LAST_YEAR; a year's table is built when first needed."""

    name = "XNYS"
    known_until = datetime(LAST_YEAR + 1, 1, 1, tzinfo=_NEW_YORK).astimezone(UTC)
    settings_type = ExchangeSettings

    def __init__(self, settings: ExchangeSettings | None = None) -> None:
        settings = settings or ExchangeSettings()
        self._irregular = _with_settings(_recorded(), settings)
        self._years: dict[int, _Year] = {}
        for day in settings.early_closes:
            if self.session_on(day) is None:
                raise ValueError(f"early_closes: {self.name} has no session on {day}")

    def session_on(self, day: date) -> Session | None:
        if isinstance(day, datetime):
            # It passes for a date but equals none, so every day would look closed.
            text = f"expected New York's date without a time, got {day.isoformat()}"
            raise ValueError(text)  # noqa: TRY004
        return self._year(day.year).by_day.get(day)

    def phase_at(self, at: datetime) -> Phase:
        _, passed = self._place(at)
        return _BEGINS[(passed - 1) % 4]

    def session_at(self, at: datetime) -> Session | None:
        year, passed = self._place(at)
        return year.sessions[passed // 4] if passed % 4 else None

    def next_open(self, after: datetime) -> datetime:
        return self._next(after, _OPEN)[0]

    def next_close(self, after: datetime) -> datetime:
        return self._next(after, _CLOSE)[0]

    def next_change(self, after: datetime) -> tuple[datetime, Phase]:
        return self._next(after, None)

    def reason_on(self, day: date) -> str | None:
        """Say why a day is no session, or has other hours than most; None for a usual day."""
        if day.year > LAST_YEAR:
            raise _unknown(self.name, day.year)
        session = self.session_on(day)
        if session is None:
            if day.weekday() >= _SAT:
                return "weekend"
            return holidays(day.year).get(day) or self._irregular.closures[day]
        why = self._irregular.reasons.get(day)
        return why or (early_closes(day.year)[day][1] if session.is_early_close else None)

    def _next(self, after: datetime, kind: int | None) -> tuple[datetime, Phase]:
        year, place = self._place(after)
        changes = year.changes
        if kind is not None:
            place += (kind - place) % 4
        if place >= len(changes):
            if year.number == LAST_YEAR and kind is None:
                return self.known_until, Phase.CLOSED
            if year.number >= LAST_YEAR:
                raise _unknown(self.name, LAST_YEAR + 1)
            changes = self._year(year.number + 1).changes
            place = kind or 0
        return changes[place], _BEGINS[place % 4]

    def _place(self, at: datetime) -> tuple[_Year, int]:
        """Return New York's year at that time, and how many of its changes have passed."""
        if at.utcoffset() is None:
            raise ValueError(f"expected a time with its zone, got {at.isoformat()}")
        if at.year < FIRST_YEAR - 1:
            raise _unknown(self.name, at.year)
        if at >= self.known_until:
            return self._year(LAST_YEAR + 1), 0
        utc = at.astimezone(UTC)  # once, or each comparison would ask the zone again
        year = self._year((utc + _WINTER).year)
        return year, bisect_right(year.changes, utc)

    def _year(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            if year < FIRST_YEAR:
                raise _unknown(self.name, year)
            found = self._years[year] = _build(self.name, year, self._irregular)
        return found


def _unknown(name: str, year: int) -> ValueError:
    return ValueError(f"{name} is known from {FIRST_YEAR} to {LAST_YEAR}, not in {year}")


def _recorded() -> _Irregular:
    text = (files("tradebot.plugins.calendars") / "xnys.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return _Irregular(
        closures={entry["day"]: entry["reason"] for entry in data["closure"]},
        hours={
            entry["day"]: (entry.get("opens"), entry.get("closes")) for entry in data["hours"]
        },
        reasons={entry["day"]: entry["reason"] for entry in data["hours"]},
    )


def _with_settings(recorded: _Irregular, settings: ExchangeSettings) -> _Irregular:
    early = {
        day: (recorded.hours.get(day, (None, None))[0], _CLOSES_EARLY)
        for day in settings.early_closes
    }
    told = "by configuration"
    return _Irregular(
        closures={**dict.fromkeys(settings.closures, told), **recorded.closures},
        hours={**recorded.hours, **early},
        reasons={**dict.fromkeys(settings.early_closes, told), **recorded.reasons},
    )


def _build(name: str, year: int, irregular: _Irregular) -> _Year:
    closed = holidays(year).keys() | irregular.closures.keys()
    early = early_closes(year)
    sessions = []
    day = date(year, 1, 1)
    while day.year == year <= LAST_YEAR:
        if day.weekday() < _SAT and day not in closed:
            opens, closes = irregular.hours.get(day, (None, None))
            sessions.append(
                _session(name, day, opens or _OPENS, closes or early.get(day, _USUAL)[0])
            )
        day += _DAY
    return _Year(
        number=year,
        sessions=tuple(sessions),
        by_day={session.day: session for session in sessions},
        changes=tuple(
            chain.from_iterable((s.pre_opens, s.opens, s.closes, s.post_closes) for s in sessions)
        ),
    )


def _session(name: str, day: date, opens: time, closes: time) -> Session:
    is_early = closes < _CLOSES
    wall = datetime.combine(day, opens, _NEW_YORK)
    return Session(
        calendar=name,
        day=day,
        pre_opens=_utc(day, _PRE_OPENS),
        opens=_utc(day, opens),
        closes=_utc(day, closes),
        post_closes=_utc(day, _POST_CLOSES_EARLY if is_early else _POST_CLOSES),
        utc_offset_s=(wall.replace(tzinfo=UTC) - wall) // timedelta(seconds=1),
        is_early_close=is_early,
    )


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, _NEW_YORK).astimezone(UTC)


def holidays(year: int) -> dict[date, str]:
    """Return the days of the year that the exchange's rules keep closed, with their names."""
    new_year = date(year, 1, 1)
    days = {
        _weekday_in(year, 2, _MON, 3): "Presidents' Day",
        _easter(year) - 2 * _DAY: "Good Friday",
        _weekday_in(year, 6, _MON, 1) - 7 * _DAY: "Memorial Day",  # the last Monday of May
        _observed(date(year, 7, 4)): "Independence Day",
        _weekday_in(year, 9, _MON, 1): "Labor Day",
        _thanksgiving(year): "Thanksgiving",
        _observed(date(year, 12, 25)): "Christmas",
    }
    if new_year.weekday() != _SAT:  # that Friday ends a year's accounts, so it is a session
        days[_observed(new_year)] = "New Year's Day"
    if year >= 1998:
        days[_weekday_in(year, 1, _MON, 3)] = "Martin Luther King, Jr. Day"
    if year >= 2022:
        days[_observed(date(year, 6, 19))] = "Juneteenth"
    return days


def early_closes(year: int) -> dict[date, tuple[time, str]]:
    """Return when sessions end early by the rules, and why; some of the days may be holidays."""
    closes = _CLOSED_EARLY_BEFORE_1993 if year < 1993 else _CLOSES_EARLY
    days = {date(year, 12, 24): "Christmas Eve"}
    if year >= 1992:
        days[_thanksgiving(year) + _DAY] = "day after Thanksgiving"
    if year >= 1995:
        days |= dict.fromkeys(_beside_independence_day(year), "beside Independence Day")
    return {day: (closes, why) for day, why in days.items()}


def _beside_independence_day(year: int) -> list[date]:
    fourth = date(year, 7, 4)
    if fourth.weekday() == _THU and year < 2013:
        return [fourth + _DAY]  # until then the Friday after was short, not the Wednesday before
    return [fourth - _DAY] if fourth.weekday() in (_TUE, _WED, _THU, _FRI) else []


def _thanksgiving(year: int) -> date:
    return _weekday_in(year, 11, _THU, 4)


def _observed(day: date) -> date:
    return day + {_SAT: -_DAY, _SUN: _DAY}.get(day.weekday(), 0 * _DAY)


def _weekday_in(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar, for 1900 to 2099 (Gauss)."""
    moon = (19 * (year % 19) + 24) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7
    if sunday == 6 and (moon == 29 or (moon == 28 and year % 19 > 10)):
        sunday = -1
    return date(year, 3, 22) + timedelta(days=moon + sunday)
