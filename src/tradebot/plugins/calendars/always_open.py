"""When does a market trade that never closes? Always; each UTC day is a session, for day orders."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from tradebot.core.model.commands import Phase
from tradebot.core.model.fact import fact
from tradebot.ports import Session

_DAY: Final = timedelta(days=1)


@fact
class AlwaysOpenSettings:
    """There is nothing to set."""


class AlwaysOpen:
    """The calendar 24/7: sessions touch at midnight UTC, which is the only change there is."""

    name = "24/7"
    known_until = None
    settings_type = AlwaysOpenSettings

    def __init__(self, settings: AlwaysOpenSettings | None = None) -> None:
        """Take what every calendar takes."""

    def session_on(self, day: date) -> Session | None:
        opens = datetime.combine(day, time(), UTC)
        closes = opens + _DAY
        return Session(
            calendar=self.name, day=opens.date(), pre_opens=opens, opens=opens, closes=closes,
            post_closes=closes,
        )

    def phase_at(self, at: datetime) -> Phase:
        _day_of(at)
        return Phase.TRADING

    def session_at(self, at: datetime) -> Session | None:
        return self.session_on(_day_of(at))

    def reason_on(self, day: date) -> str | None:
        """Every day is as the others."""
        return None

    def next_open(self, after: datetime) -> datetime:
        return datetime.combine(_day_of(after), time(), UTC) + _DAY

    def next_close(self, after: datetime) -> datetime:
        return self.next_open(after)

    def next_change(self, after: datetime) -> tuple[datetime, Phase]:
        return self.next_open(after), Phase.TRADING


def _day_of(at: datetime) -> date:
    if at.utcoffset() is None:
        raise ValueError(f"expected a time with its zone, got {at.isoformat()}")
    return at.astimezone(UTC).date()
