"""When may strategies go on by themselves? A window is told in terms of its market's session."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tradebot.core.model.fact import fact

_EDGE: Final = re.compile(
    r"open(?:\+(?P<after>[0-9]{1,4})m)?|close(?:-(?P<before>[0-9]{1,4})m)?"
    r"|(?P<wall>(?:[01][0-9]|2[0-3]):[0-5][0-9])",
    re.ASCII,
)


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_DAYS: Final = tuple(Weekday)


@fact
class Hours:
    """One session of a market: its date, times in UTC, its wall clock so far ahead of that."""

    session: str
    opens: datetime
    closes: datetime
    utc_offset_s: int | None = None


@fact
class PromotionWindow:
    """A part of a session in which what is eligible needs nobody's consent.

    A session that closes early or moves with the clocks takes its windows along. What only closes
    positions counts toward no limit.

    name: what the window is called
    starts: when it opens, `open+15m`, `close-60m` or `10:00` by the market's own clock
    ends: when it closes, `close-15m`, `open+60m` or `15:30`; with the session at the latest
    weekdays: the days on which it opens
    calendar: whose sessions; those of the daemon's own calendar where none is named
    strategies: the only ones for whom it opens; all that are eligible where none is named
    orders_max: orders that may go on in it, in a session
    notional_max_usd: what these may be worth together
    enabled: false keeps it shut
    """

    name: str
    starts: str = "open"
    ends: str = "close"
    weekdays: tuple[Weekday, ...] = _DAYS
    calendar: str | None = None
    strategies: tuple[str, ...] = ()
    orders_max: int | None = None
    notional_max_usd: Decimal | None = None
    enabled: bool = True

    def span(self, hours: Hours) -> tuple[datetime, datetime] | None:
        """Return from when until when it is open in this session, or None where it is not."""
        day = date.fromisoformat(hours.session)
        if not self.enabled or _DAYS[day.weekday()] not in self.weekdays:
            return None
        starts, ends = _moment(self.starts, day, hours), _moment(self.ends, day, hours)
        if starts is None or ends is None or not starts < ends:
            return None
        return starts, ends

    def overlaps(self, other: "PromotionWindow", sessions: Iterable[Hours]) -> bool:
        """Tell whether both would be open at once for the same strategies in any of these."""
        are_apart = self.strategies and other.strategies and not (
            set(self.strategies) & set(other.strategies)
        )
        if are_apart:
            return False
        spans = ((self.span(hours), other.span(hours)) for hours in sessions)
        return any(a and b and a[0] < b[1] and b[0] < a[1] for a, b in spans)


US_RTH: Final = PromotionWindow(name="US_RTH", starts="09:30", ends="16:00", calendar="XNYS")


def is_edge(text: str) -> bool:
    """Tell whether a text names a moment of a session."""
    return _EDGE.fullmatch(text) is not None


def _moment(edge: str, day: date, hours: Hours) -> datetime | None:
    """Return the moment that an edge names; one beyond an end of the session is that end."""
    found = _EDGE.fullmatch(edge)
    if found is None:
        return None
    if (wall := found["wall"]) is not None:
        if hours.utc_offset_s is None:
            return None
        told = datetime.combine(day, time.fromisoformat(wall), UTC)
        moment = told - timedelta(seconds=hours.utc_offset_s)
    elif edge.startswith("open"):
        moment = hours.opens + timedelta(minutes=int(found["after"] or 0))
    else:
        moment = hours.closes - timedelta(minutes=int(found["before"] or 0))
    return max(hours.opens, min(moment, hours.closes))
