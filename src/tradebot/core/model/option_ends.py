"""What happens to options when they end, and just before? The broker's word, and a warning."""

from decimal import Decimal

from tradebot.core.model.fact import fact
from tradebot.core.model.report import Report


@fact
class PositionSettled:
    """A broker exercised, assigned or expired an option; a booking for each owner follows."""

    report: Report


@fact
class PinNoticed:
    """An option that is held ends today, and its underlying stands near the strike.

    Whether it will be exercised, and what is held the day after, is anybody's guess.
    """

    account: str
    symbol: str
    qty: Decimal
    spot: Decimal
