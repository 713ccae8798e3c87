"""What does the reference say of the exchange's calendar?"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent))
from tables import table
from tradebot.plugins.calendars.exchange import (
    FIRST_YEAR,
    LAST_YEAR,
    ExchangeCalendar,
    early_closes,
    holidays,
)
from tradebot.ports import Session

ROOT = Path(__file__).resolve().parent.parent
DISAGREEMENTS = ROOT / "tests" / "plugins" / "xnys_disagreements.toml"


def write() -> Iterator[str]:
    calendar = ExchangeCalendar()
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    sessions = {day: found for day in days if (found := calendar.session_on(day))}
    short = sum(session.is_early_close for session in sessions.values())
    yield "# The exchange's calendar"
    yield f"\n{calendar.name} from {FIRST_YEAR} to {LAST_YEAR}: {len(sessions):,} sessions, {short}"
    yield "of them short. Times are New York's. How it is used is in [calendar](../calendar.md)."
    unusual = {
        day: (_hours(sessions.get(day)), why)
        for day in days if (why := calendar.reason_on(day)) not in (None, "weekend")
    }
    yield "\n## By the rules: two years of them\n"
    yield from table(("day", "", "hours", "because"), [
        (f"{day}", f"{day:%a}", *said) for day, said in unusual.items() if day.year in (2026, 2027)
    ])
    yield "\n## What no rule foretold\n"
    yield from table(("day", "hours", "because"), [
        (f"{day}", *said) for day, said in unusual.items()
        if day not in holidays(day.year) and day not in early_closes(day.year)
    ])
    yield "\n## Against three other calendars\n"
    yield from _disagreements(sessions)


def _disagreements(sessions: Mapping[date, Session]) -> Iterator[str]:
    libraries = tomllib.loads(DISAGREEMENTS.read_text(encoding="utf-8"))["library"]
    yield "A test compares every day of all years, each library where it speaks. These are all the"
    yield "days on which one of them says something else. Each time another one agrees with ours.\n"
    yield from table(("calendar", "compared in", "days apart"), [
        (f"`{library['name']}`", library["speaks"], str(len(library["days"])))
        for library in libraries
    ])
    yield ""
    yield from table(("day", "ours", "theirs", "whose", "ours is kept because"), [
        (f"{entry['day']}", _hours(sessions.get(entry["day"])), entry["theirs"],
         f"`{library['name']}`", entry["why"])
        for library in libraries for entry in library["days"]
    ])


def _hours(session: Session | None) -> str:
    if session is None:
        return "closed"
    zone = ZoneInfo("America/New_York")
    return "-".join(f"{at.astimezone(zone):%H:%M}" for at in (session.opens, session.closes))
