"""When do currencies trade? From Sunday to Friday, 17:00 in New York, without a pause."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tradebot.core.model.commands import Phase
from tradebot.core.model.fact import fact
from tradebot.ports import Session

_NEW_YORK: Final = ZoneInfo("America/New_York")
_ROLLS: Final = time(17)
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@fact
class WeekdaysSettings:
    """There is nothing to set."""


class WeekdaysOpen:
    """The calendar 24/5: the session of a weekday begins at 17:00 of the evening before."""

    name = "24/5"
    known_until = None
    settings_type = WeekdaysSettings

    def __init__(self, settings: WeekdaysSettings | None = None) -> None:
        """Take what every calendar takes."""

    def session_on(self, day: date) -> Session | None:
        if day.weekday() >= _SATURDAY:
            return None
        opens, closes = _roll(day - _DAY), _roll(day)
        wall = opens.astimezone(_NEW_YORK).replace(tzinfo=UTC)
        return Session(
            calendar=self.name, day=day, pre_opens=opens, opens=opens, closes=closes,
            post_closes=closes, utc_offset_s=(wall - opens) // timedelta(seconds=1),
        )

    def reason_on(self, day: date) -> str | None:
        return "weekend" if day.weekday() >= _SATURDAY else None

    def phase_at(self, at: datetime) -> Phase:
        return Phase.CLOSED if self.session_at(at) is None else Phase.TRADING

    def session_at(self, at: datetime) -> Session | None:
        return self.session_on(_trading_day(at))

    def next_open(self, after: datetime) -> datetime:
        day = _trading_day(after) + _DAY
        while (session := self.session_on(day)) is None:
            day += _DAY
        return session.opens

    def next_close(self, after: datetime) -> datetime:
        day = _trading_day(after)
        while (session := self.session_on(day)) is None:
            day += _DAY
        return session.closes

    def next_change(self, after: datetime) -> tuple[datetime, Phase]:
        """Return the close or open that comes next; where sessions touch, the open."""
        day = _trading_day(after)
        if self.session_on(day) is not None and self.session_on(day + _DAY) is None:
            return _roll(day), Phase.CLOSED
        return self.next_open(after), Phase.TRADING


def _roll(day: date) -> datetime:
    return datetime.combine(day, _ROLLS, _NEW_YORK).astimezone(UTC)


def _trading_day(at: datetime) -> date:
    """Return the day whose roll at 17:00 is the next one."""
    if at.utcoffset() is None:
        raise ValueError(f"expected a time with its zone, got {at.isoformat()}")
    local = at.astimezone(_NEW_YORK)
    return local.date() + _DAY if local.time() >= _ROLLS else local.date()
