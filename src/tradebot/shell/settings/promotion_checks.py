"""Do promotion and its windows agree with the strategies there are?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.model.window import US_RTH, Hours, PromotionWindow, Weekday, is_edge
from tradebot.shell.settings import plugins
from tradebot.shell.settings.document import quoted, suggestion
from tradebot.shell.settings.ranges import Flaw, KeyPath
from tradebot.shell.settings.sections import PromotionSection, Sections

_EDGE: Final = "a moment of the session such as open, open+15m, close-15m or 10:00"
_STRUCTURES: Final = frozenset(map(str, StrategyType))
_A_WEEK: Final = [date(2026, 1, 12) + timedelta(days=n) for n in range(7)]  # without holidays


def about_promotion(sections: Sections) -> Iterator[Flaw]:
    """Find names that nobody has, windows that never open, and windows that nobody may use."""
    section = sections.promotion
    known = [strategy.strategy_id for strategy in sections.strategies]
    for at, name in enumerate(section.eligible):
        if name not in _STRUCTURES:
            yield from _unknown(("promotion", "eligible", at), name, known, "strategies")
    yield from _about_caps(section)
    yield from _about_windows(section, sections.schedule.calendar)
    if section.by_window:
        for name, given in (("eligible", section.eligible), ("windows", section.windows)):
            if not given:
                expected = f"at least one, because strategy is {section.strategy}"
                yield ("promotion", name), expected, "none"


def _about_caps(section: PromotionSection) -> Iterator[Flaw]:
    names = Counter(cap.name for cap in section.caps)
    for at, cap in enumerate(section.caps):
        path = ("promotion", "caps", at)
        yield from _unknown((*path, "name"), cap.name, section.eligible, "eligible")
        if names[cap.name] > 1:
            yield (*path, "name"), "each name once", quoted(cap.name)


def _about_windows(section: PromotionSection, primary: str) -> Iterator[Flaw]:
    if section.windows == (US_RTH,):
        return  # ours
    names = Counter(window.name for window in section.windows)
    before: list[tuple[str, PromotionWindow]] = []
    for at, window in enumerate(section.windows):
        path = ("promotion", "windows", at)
        if names[window.name] > 1 or not window.name.strip():
            yield (*path, "name"), "a name of its own", quoted(window.name)
        for place, name in enumerate(window.strategies):
            yield from _unknown((*path, "strategies", place), name, section.eligible, "eligible")
        calendar = window.calendar or primary
        sessions = _usual(calendar)
        yield from _about_window(path, window, sessions)
        for theirs, other in before:
            if theirs == calendar and window.overlaps(other, sessions):
                expected = f"windows one after the other ({other.name} is open then, too)"
                yield path, expected, quoted(window.name)
        before.append((calendar, window))


def _usual(calendar: str) -> Sequence[Hours]:
    """Return the sessions of a usual week, none of a calendar that is not known."""
    if calendar not in plugins.names("calendars"):
        return ()
    known = plugins.load("calendars", calendar)()
    return [
        Hours(session=day.isoformat(), opens=session.opens, closes=session.closes,
              utc_offset_s=session.utc_offset_s)
        for day in _A_WEEK if (session := known.session_on(day)) is not None
    ]


def _about_window(
    path: KeyPath, window: PromotionWindow, sessions: Sequence[Hours]
) -> Iterator[Flaw]:
    edges = (("starts", window.starts), ("ends", window.ends))
    daily = replace(window, weekdays=tuple(Weekday), enabled=True)
    if wrong := [(name, edge) for name, edge in edges if not is_edge(edge)]:
        for name, edge in wrong:
            yield (*path, name), _EDGE, quoted(edge)
    elif sessions and not any(daily.span(hours) for hours in sessions):
        yield (*path, "ends"), f"a moment after {window.starts}", quoted(window.ends)
    if not window.weekdays:
        yield (*path, "weekdays"), "at least one day", "none"
    calendars = sorted(plugins.names("calendars"))
    if window.calendar is not None and window.calendar not in calendars:
        expected = f"one of {', '.join(calendars)}"
        yield (*path, "calendar"), expected, quoted(window.calendar)


def _unknown(
    path: KeyPath, name: str, known: Sequence[str], what: str
) -> Iterator[Flaw]:
    if name not in known:
        listed = ", ".join(known) or "there are none"
        yield path, f"one of {what} ({listed})", quoted(name) + suggestion(name, known)
