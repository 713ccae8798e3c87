"""How do our orders fare? Counts, money and latencies of all orders, in bounded memory."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Final

from tradebot.core.model.events import TradeBooked
from tradebot.core.model.money import ZERO
from tradebot.core.model.order import OrdStatus

_MICROSECOND: Final = timedelta(microseconds=1)
_FINE: Final = 3  # bits behind the leading one: a class is at most an eighth of its times wide


@dataclass(slots=True)
class Latencies:
    """How long something took: exact on average, quantiles to an eighth, at any number of them."""

    count: int = 0
    total: timedelta = timedelta(0)
    classes: dict[int, int] = field(default_factory=dict)

    def add(self, took: timedelta) -> None:
        self.count += 1
        self.total += took
        place = _class_of(max(took // _MICROSECOND, 0))
        self.classes[place] = self.classes.get(place, 0) + 1

    @property
    def average(self) -> timedelta | None:
        return self.total / self.count if self.count else None

    def quantile(self, share: Decimal) -> timedelta | None:
        """Return a time that so large a share of all did not exceed."""
        left = ceil(self.count * share)
        for place in sorted(self.classes):
            left -= self.classes[place]
            if left <= 0:
                return _longest_of(place) * _MICROSECOND
        return None


@dataclass(slots=True)
class Figures:
    """Sums over all orders since the journal began.

    `ended` counts finished orders by their last status; `fills` and `notional` count executions
    that stand (one a leg), not those that were busted. A fill's latency is that of the order's
    first execution, from its submission.
    """

    total: int = 0
    never_left: int = 0
    ended: dict[OrdStatus, int] = field(default_factory=dict)
    fills: int = 0
    notional: dict[str, Decimal] = field(default_factory=dict)  # by currency, as is commission
    commission: dict[str, Decimal] = field(default_factory=dict)
    latencies: Latencies = field(default_factory=Latencies)

    @property
    def fill_rate(self) -> Decimal | None:
        """Return which share of the finished orders was filled."""
        finished = sum(self.ended.values())
        filled = self.ended.get(OrdStatus.FILLED, 0)
        return Decimal(filled) / finished if finished else None

    def finished(self, status: OrdStatus, change: int) -> None:
        """Count an order as finished, or no longer where a bust opens it again."""
        self.ended[status] = self.ended.get(status, 0) + change

    def booked(self, trade: TradeBooked, took: timedelta | None) -> None:
        """Count an execution, or take one back; `took` is set for an order's first."""
        sign = 1 if trade.reverses is None else -1
        worth = sign * abs(trade.qty) * trade.px * trade.multiplier
        self.fills += sign
        self.notional[trade.currency] = self.notional.get(trade.currency, ZERO) + worth
        self.commission[trade.currency] = self.commission.get(trade.currency, ZERO) + trade.fee
        if took is not None:
            self.latencies.add(took)


def _class_of(microseconds: int) -> int:
    shift = max(microseconds.bit_length() - 1 - _FINE, 0)
    return (shift << _FINE) + (microseconds >> shift)


def _longest_of(place: int) -> int:
    """Return the longest time of a class, in microseconds."""
    shift = max((place >> _FINE) - 1, 0)
    return (((place - (shift << _FINE)) + 1) << shift) - 1
