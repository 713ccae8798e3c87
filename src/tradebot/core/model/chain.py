"""Which options on one underlying could be traded at one moment, and at what prices?"""

from datetime import date, datetime
from decimal import Decimal

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.money import ZERO


@fact
class Listed:
    """One option of a chain: prices a unit, counts in contracts; None is what nobody told."""

    option: Instrument
    bid: Decimal
    ask: Decimal
    open_interest: Decimal | None = None
    volume: Decimal | None = None

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2


@fact
class Expiry:
    """The options that end on one day, and the moment at which they do."""

    day: date
    ends: datetime
    options: tuple[Listed, ...]

    def days_from(self, start: datetime) -> int:
        """Count the whole days that are left, negative once it has ended."""
        return (self.ends - start).days


@fact
class Chain:
    """All expiries of one underlying, by day; rates a year, continuously compounded."""

    underlying: Instrument
    spot: Decimal
    as_of: datetime
    expiries: tuple[Expiry, ...]
    rate: Decimal = ZERO
    dividend_yield: Decimal = ZERO
