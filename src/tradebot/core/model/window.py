"""When may strategies go on by themselves? A window is told in terms of its market's session."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.ids import StrategyId

_EDGE: Final = re.compile(r"open(?:\+([0-9]{1,4})m)?|close(?:-([0-9]{1,4})m)?", re.ASCII)


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_DAYS: Final = tuple(Weekday)
_LONG: Final = timedelta(days=30)


@fact
class PromotionWindow:
    """A part of a session in which eligible strategies need nobody's consent.

    A session that closes early or moves with the clocks takes its windows along. What only closes
    positions counts toward no limit.

    name: what the window is called
    starts: when it opens in the session, `open+15m` or `close-60m`
    ends: when it closes in the session, `close-15m` or `open+60m`
    weekdays: the days on which it opens
    calendar: whose sessions; those of the daemon's own calendar where none is named
    strategies: the only ones for whom it opens; all that are eligible where none is named
    orders_max: orders that may go on in it, in a session
    notional_max_usd: what these may be worth together
    """

    name: str
    starts: str = "open"
    ends: str = "close"
    weekdays: tuple[Weekday, ...] = _DAYS
    calendar: str | None = None
    strategies: tuple[StrategyId, ...] = ()
    orders_max: int | None = None
    notional_max_usd: Decimal | None = None

    def span(
        self, session: str | None, opens: datetime | None, closes: datetime | None
    ) -> tuple[datetime, datetime] | None:
        """Return from when until when it is open in this session, or None where it is not."""
        if session is None or opens is None or closes is None:
            return None
        if _DAYS[date.fromisoformat(session).weekday()] not in self.weekdays:
            return None
        starts, ends = _moment(self.starts, opens, closes), _moment(self.ends, opens, closes)
        if starts is None or ends is None or not opens <= starts < ends <= closes:
            return None
        return starts, ends

    def can_open(self) -> bool:
        """Tell whether there is a session in which it would open: at the least, a very long one."""
        opens = datetime(2000, 1, 3, tzinfo=UTC)
        starts, ends = (_moment(edge, opens, opens + _LONG) for edge in (self.starts, self.ends))
        return starts is not None and ends is not None and starts < ends


def is_edge(text: str) -> bool:
    """Tell whether a text names a moment of a session."""
    return _EDGE.fullmatch(text) is not None


def _moment(edge: str, opens: datetime, closes: datetime) -> datetime | None:
    """Return the moment that an edge names; one beyond the session's other end is that end."""
    found = _EDGE.fullmatch(edge)
    if found is None:
        return None
    after, before = (timedelta(minutes=int(minutes or 0)) for minutes in found.groups())
    if edge.startswith("open"):
        return min(opens + after, closes)
    return max(closes - before, opens)
