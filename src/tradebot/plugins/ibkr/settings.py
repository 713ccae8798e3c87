"""What can be set about Interactive Brokers, and when does it reset itself?"""

from datetime import datetime, time
from decimal import Decimal
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from tradebot.core.model.fact import fact

NEW_YORK: Final = ZoneInfo("America/New_York")
_Seconds = Annotated[float, Field(gt=0, le=9)]  # within the deadline of any call to a broker


@fact
class IbkrSettings:
    """Interactive Brokers, through TWS or IB Gateway, which must run and be logged in.

    host: where the gateway is
    port: 4002 is the gateway's port for paper accounts, 4001 for live ones; TWS has 7497 and 7496
    client_id: our number at the gateway, which nobody else may use; orders belong to it
    account: the account to trade; may be left out where the login has only one
    paper: whether the account must be one of paper money; the other kind is refused
    connect_timeout_s: how long the gateway may take to let us in
    answer_timeout_s: how long it may take to answer a question
    heartbeat_s: how often it is asked for the time, to see that it lives
    commission_wait_s: how long an execution waits for its commission before it is told without
    absence_s: how far apart two looks are that must both miss an order before it counts as gone
    reset_window: when IB resets itself at night, by the clock of New York
    messages_per_s: orders, changes and cancels a second; IB takes 50 messages of any kind
    timezone: of times that the gateway tells without one: the one chosen at its login
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(gt=0, lt=65536)] = 4002
    client_id: Annotated[int, Field(ge=0, lt=2**31)] = 1
    account: Annotated[str, Field(max_length=32)] = ""
    paper: bool = True
    connect_timeout_s: _Seconds = 5.0
    answer_timeout_s: _Seconds = 5.0
    heartbeat_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    commission_wait_s: _Seconds = 2.0
    absence_s: _Seconds = 2.0
    reset_window: Annotated[
        str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")
    ] = "23:45-00:45"
    messages_per_s: Annotated[Decimal, Field(gt=0, le=35)] = Decimal(35)
    timezone: str = "America/New_York"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"timezone: there is no {self.timezone[:40]!r}") from None


def resets_until(settings: IbkrSettings, now: datetime) -> time | None:
    """Return when the nightly reset that goes on now is over, by New York's clock."""
    begins, ends = map(time.fromisoformat, settings.reset_window.split("-"))
    wall = now.astimezone(NEW_YORK).time()
    is_over_midnight = ends < begins
    is_within = (begins <= wall, wall < ends)
    return ends if (any if is_over_midnight else all)(is_within) else None
