"""What went out lately, and what came back? Counts over short times, bounded at any rate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import IntentId
from tradebot.core.model.intent import Intent
from tradebot.core.model.settings import Policy

REJECTIONS_MAX: Final = 1000  # kept a strategy and symbol; the oldest leave first
_STEPS: Final = 20  # of which a window consists
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Recently:
    """How often within the last twenty steps of this length? A step counts until all of it is past.

    So the memory is bounded, and an answer may be too high by what one step holds, never too low.
    """

    step: timedelta
    steps: list[tuple[int, int]] = field(default_factory=list)  # number of the step, count in it
    total: int = 0

    def add(self, at: datetime) -> None:
        now, gone = self._step(at), 0
        for step, count in self.steps:
            if step >= now - _STEPS:
                break
            gone += 1
            self.total -= count
        del self.steps[:gone]
        if self.steps and self.steps[-1][0] >= now:
            step, count = self.steps[-1]
            self.steps[-1] = (step, count + 1)
        else:
            self.steps.append((now, 1))
        self.total += 1

    def count(self, at: datetime) -> int:
        oldest, found = self._step(at) - _STEPS, self.total
        for step, count in self.steps:
            if step >= oldest:
                break
            found -= count
        return found

    def eases(self, at: datetime) -> datetime:
        """Return when the count next falls; at once where there is nothing to forget."""
        oldest = self._step(at) - _STEPS
        first = next((step for step, _ in self.steps if step >= oldest), None)
        if first is None:
            return at
        return _EPOCH + (first + _STEPS + 1) * self.step

    def _step(self, at: datetime) -> int:
        return (at - _EPOCH) // self.step


@dataclass(slots=True)
class Flow:
    """Messages to brokers, orders of the day, what was sent last, and what brokers rejected."""

    a_second: Recently = field(default_factory=lambda: Recently(timedelta(seconds=1) / _STEPS))
    a_minute: Recently = field(default_factory=lambda: Recently(timedelta(minutes=1) / _STEPS))
    session: str | None = None
    orders_today: int = 0
    sent: dict[str, tuple[datetime, IntentId]] = field(default_factory=dict)
    rejections: dict[str, list[datetime]] = field(default_factory=dict)

    def message(self, at: datetime) -> None:
        """Count an order, a change or a cancel on its way to a broker."""
        self.a_second.add(at)
        self.a_minute.add(at)

    def submitted(self, event: OrderSubmitted, at: datetime, policy: Policy) -> None:
        """Count an order once, however often it takes until it leaves."""
        self.message(at)
        if event.attempt == 1:
            self.orders_today += 1
        content = content_of(event.intent)
        self.sent.pop(content, None)
        self.sent[content] = (at, event.intent_id)
        past = at - timedelta(seconds=policy.duplicate_within_s)
        while (oldest := next(iter(self.sent))) != content and self.sent[oldest][0] < past:
            del self.sent[oldest]

    def entered(self, session: str | None) -> bool:
        """Begin a day's count with its session, whatever phase comes first; tell if it is one."""
        is_new = session is not None and session != self.session
        if is_new:
            self.session, self.orders_today = session, 0
        return is_new

    def rejected(self, body: Intent, at: datetime, policy: Policy) -> None:
        kept = self.rejections.setdefault(lane_of(body), [])
        past = at - timedelta(seconds=policy.rejections_window_s)
        kept[:] = [then for then in kept if then > past][1 - REJECTIONS_MAX:]
        kept.append(at)

    def rejections_of(self, body: Intent) -> Sequence[datetime]:
        """Return when brokers rejected the strategy's orders on the symbol, oldest first."""
        return self.rejections.get(lane_of(body), ()) if self.rejections else ()


def content_of(body: Intent) -> str:
    """Name what two orders have in common that differ in nothing but their time."""
    said = [body.owner, body.ord_type]
    for leg in body.legs:
        said += leg.side, leg.symbol, _same(leg.ratio_qty)
    said += _same(body.order_qty), _same(body.price), _same(body.stop_px)
    return "|".join(said)


def _same(number: Decimal | None) -> str:
    """Write a number the same way however many zeros it came with."""
    return "" if number is None else str(number.normalize())


def lane_of(body: Intent) -> str:
    return f"{body.owner}|{body.symbol}"
