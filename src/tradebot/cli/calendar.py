"""When does the market trade, and when not? Every weekday is answered for."""

import argparse
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradebot.ports import Calendar

_DAYS: Final = 30
_DAY: Final = timedelta(days=1)
_COLUMNS: Final = {
    "day": "DAY", "weekday": "", "pre_opens": "PRE-MARKET", "opens": "OPEN", "closes": "CLOSE",
    "post_closes": "POST-MARKET", "reason": "NOTE",
}
_TIMES: Final = ("pre_opens", "opens", "closes", "post_closes")


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "calendar", "tradebot.cli.calendar:calendar")
    parser.add_argument("--from", metavar="DAY", dest="first", type=_day,
                        help="the first day, as 2026-11-26 (default: today)")
    parser.add_argument("--to", metavar="DAY", dest="last", type=_day,
                        help=f"the last day (default: {_DAYS} days on)")
    parser.add_argument("--calendar", metavar="NAME", dest="name",
                        help="which calendar (default: the one of the configuration)")
    flags.takes_config(parser)
    flags.takes_json(parser)


def calendar(args: argparse.Namespace) -> int:
    from tradebot.shell.calendar import build_calendars
    from tradebot.shell.clock import WallClock
    from tradebot.shell.settings.document import ConfigError

    config = place.load(args)
    try:
        known = build_calendars(config.schedule)
    except ConfigError as error:
        raise Stop(Exit.CONFIG, "\n".join(error.problems)) from None
    name = args.name or config.schedule.calendar
    if name not in known:
        raise Stop(Exit.USAGE, f"--calendar: expected one of {', '.join(sorted(known))}")
    first = args.first or WallClock().now().date()
    last = args.last or first + _DAYS * _DAY
    if last < first:
        raise Stop(Exit.USAGE, f"--to: expected {first} or later, got {last}")
    try:
        days = list(_days(known[name], first, last))
    except ValueError as error:
        raise Stop(Exit.USAGE, str(error)) from None
    if args.json:
        show.document({"calendar": name, "from": str(first), "to": str(last), "days": days})
    else:
        _table(name, days)
    return Exit.DONE


def _days(calendar: "Calendar", first: date, last: date) -> "Iterator[dict[str, Any]]":
    """Yield every day that is a session or should be one: weekends only where they trade."""
    day = first
    while day <= last:
        session, reason = calendar.session_on(day), calendar.reason_on(day)
        if session is not None:
            times = {name: getattr(session, name).isoformat() for name in _TIMES}
            early = session.is_early_close
            yield {"day": str(day), "is_session": True, **times, "is_early_close": early,
                   "reason": reason}
        elif reason != "weekend":
            yield {"day": str(day), "is_session": False, **dict.fromkeys(_TIMES),
                   "is_early_close": False, "reason": reason}
        day += _DAY


def _table(name: str, days: list[dict[str, Any]]) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/New_York")
    rows = []
    for found in days:
        day = date.fromisoformat(found["day"])
        local = {key: _at(found[key], day, zone) for key in _TIMES if found["is_session"]}
        note = found["reason"] or ""
        if not found["is_session"]:
            note = f"closed: {note}"
        rows.append({**found, **local, "weekday": f"{day:%a}", "reason": note or " "})
    show.table(rows, _COLUMNS, "no sessions in these days")
    show.note(f"{name}, times of New York")


def _at(stamp: str, day: date, zone: Any) -> str:
    at = datetime.fromisoformat(stamp).astimezone(zone)
    return f"{at:%H:%M}" if at.date() == day else f"{at:%a %H:%M}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = f"expected a day such as 2026-11-26, got {text!r}"
        raise argparse.ArgumentTypeError(problem) from None
