"""What may a decision read besides the book? Quotes, option facts, a latch: all recorded."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import option_of
from tradebot.core.model.money import ZERO

_MICROSECOND: Final = timedelta(microseconds=1)
_A_MILLION: Final = Decimal(1_000_000)


def age_s(as_of: datetime, at: datetime) -> Decimal:
    """Return the age in seconds, exact to the microsecond."""
    return (at - as_of) // _MICROSECOND / _A_MILLION


@fact
class Quote:
    """The best bid and ask of one symbol: sizes in units; zero size means unknown.

    `prior_mid` is the middle of the quote before it, as of `prior_as_of`, where one was seen.
    """

    symbol: str
    bid: Decimal
    ask: Decimal
    bid_size: Decimal = ZERO
    ask_size: Decimal = ZERO
    as_of: datetime
    prior_mid: Decimal | None = None
    prior_as_of: datetime | None = None

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2

    @property
    def is_sane(self) -> bool:
        """Tell whether it can be a market: not crossed, and somebody bids.

        For an option that is worth next to nothing nobody does; to be asked for is enough.
        """
        if self.bid == 0:
            return self.ask > 0 and option_of(self.symbol) is not None
        return ZERO < self.bid <= self.ask


@fact
class Bar:
    """What traded from `start` to `end`: prices a unit, volume in units. Known only at `end`."""

    symbol: str
    start: datetime
    end: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


@fact
class OptionFact:
    """How one option trades and what moves its price, a unit; None is what nobody knows.

    delta, gamma: for 1 of currency in the underlying; theta: for a day; vega: for one point (0.01)
    of volatility.
    """

    symbol: str
    open_interest: Decimal | None = None
    volume: Decimal | None = None
    implied_volatility: Decimal | None = None
    delta: Decimal | None = None
    gamma: Decimal | None = None
    theta: Decimal | None = None
    vega: Decimal | None = None
    as_of: datetime


@fact
class VolatilityFact:
    """What the options on an underlying say it will do, and how that ranks in its year, 0 to 1."""

    symbol: str
    implied: Decimal
    iv_rank: Decimal | None = None
    as_of: datetime


class Facts(Protocol):
    """The shell's side of a decision. What it answers is written into the decision's line."""

    def quote(self, symbol: str) -> Quote | None:
        """Return the latest quote, or None where there is none: a stage then holds."""

    def option(self, symbol: str) -> OptionFact | None:
        """Return what is known of how an option trades, or None where nothing is."""

    def volatility(self, symbol: str) -> VolatilityFact | None:
        """Return what is known of an underlying's volatility, or None where nothing is."""

    def latch(self) -> str | None:
        """Return why the kill latch is set, or None. The latch is set before any event says so."""


@fact
class Reads:
    """What one decision read. What answered nothing is not written, and answers nothing again."""

    quotes: tuple[Quote, ...] = ()
    latch: str | None = None
    options: tuple[OptionFact, ...] = ()
    volatilities: tuple[VolatilityFact, ...] = ()
