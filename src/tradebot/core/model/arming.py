"""What can happen to the leave to trade live? Events, as those in `events`."""

from datetime import datetime
from decimal import Decimal

from tradebot.core.model.fact import fact
from tradebot.core.model.reason import Reason


@fact
class LiveArmed:
    """Orders may go to this live account until then, and no more than these; `token` names it."""

    token: str
    account: str
    until: datetime
    orders_max: int
    notional_max_usd: Decimal
    reason: str
    by: str


@fact
class LiveDisarmed:
    """No order may go to a live account any more; `token` names what ended."""

    token: str
    reason: str
    by: str


@fact
class ArmingRefused:
    """Someone asked to arm what cannot be armed."""

    account: str
    reason: Reason
    detail: str
    by: str
