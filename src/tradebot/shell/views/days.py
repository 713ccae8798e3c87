"""What did each of the last sessions bring? Counted as it happens, so a restart tells the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model import events as e
from tradebot.core.model.money import ZERO, plain
from tradebot.core.model.report import ExecType
from tradebot.shell.views.equity import Equity
from tradebot.shell.views.history import Histories, Moment
from tradebot.shell.views.rows import Plain, iso, rounded

DAYS_MAX: Final = 10  # sessions; a week of digests needs five


@dataclass(slots=True)
class SessionFigures:
    """One session of the primary calendar; the sums are since it began, before its open."""

    session: str
    began: datetime
    equity: dict[str, Decimal] = field(default_factory=dict)  # that each account began with
    profits: dict[str, Decimal] = field(default_factory=dict)  # that each strategy had by then
    orders: int = 0
    executions: int = 0
    realized: Decimal = ZERO
    fees: Decimal = ZERO
    refused: dict[str, int] = field(default_factory=dict)  # by their reasons
    breaks: int = 0
    halts: int = 0


class Days:
    """The newest sessions, the newest last; it hears what the histories and equity have taken."""

    def __init__(self, kept: Histories, equity: Equity) -> None:
        self._kept = kept
        self._equity = equity
        self._days: dict[str, SessionFigures] = {}

    def apply(self, moment: Moment, event: e.Event) -> None:
        if isinstance(event, e.SessionEntered):
            self._enter(moment, event)
        elif self._days:
            day = next(reversed(self._days.values()))
            count = _COUNTS.get(type(event))
            if count is not None:
                count(day, event)
            if isinstance(event, e.RouteConnected):
                self._begin(day)

    def knows(self, session: str) -> bool:
        return session in self._days

    def document(self, sessions: Sequence[str]) -> Plain:
        """Sum these sessions up; what is told of equity and profit is up to now."""
        days = [self._days[name] for name in sessions if name in self._days]
        accounts, profits = self._kept.book.ledger.accounts, self._equity.profits()
        before = days[0].equity if days else {}
        earned = days[0].profits if days else {}
        refused: dict[str, int] = {}
        for day in days:
            for name, count in day.refused.items():
                refused[name] = refused.get(name, 0) + count
        return {
            "sessions": [day.session for day in days],
            "began": iso(days[0].began) if days else None,
            "orders": sum(day.orders for day in days),
            "executions": sum(day.executions for day in days),
            "fees": plain(sum((day.fees for day in days), ZERO)),
            "realized": rounded(sum((day.realized for day in days), ZERO)),
            "refused": dict(sorted(refused.items(), key=lambda row: -row[1])),
            "breaks": sum(day.breaks for day in days),
            "halts": sum(day.halts for day in days),
            "equity": {
                name: {
                    "now": rounded(account.equity),
                    "change": rounded(account.equity - before.get(name, account.equity)),
                    "fallen": rounded(account.fallen),
                } for name, account in accounts.items() if not account.unmarked
            },
            "profit": {
                name: rounded(net - earned.get(name, ZERO))
                for name, net in profits.items() if net != earned.get(name, ZERO)
            },
        }

    def _enter(self, moment: Moment, event: e.SessionEntered) -> None:
        is_ours = event.calendar == self._kept.book.settings.primary_calendar
        if not is_ours or event.session is None or event.session in self._days:
            return
        day = SessionFigures(event.session, moment.at, profits=dict(self._equity.profits()))
        self._days[event.session] = day
        self._begin(day)
        while len(self._days) > DAYS_MAX:
            del self._days[next(iter(self._days))]

    def _begin(self, day: SessionFigures) -> None:
        """Note with what an account began; one that comes later begins later."""
        for name, account in self._kept.book.ledger.accounts.items():
            if not account.unmarked:
                day.equity.setdefault(name, account.equity)


def _submitted(day: SessionFigures, event: e.OrderSubmitted) -> None:
    day.orders += 1


def _reported(day: SessionFigures, event: e.OrderReported) -> None:
    day.executions += event.report.exec_type is ExecType.TRADE


def _booked(day: SessionFigures, event: e.TradeBooked) -> None:
    day.realized += event.realized
    day.fees += event.fee


def _refused(day: SessionFigures, event: e.IntentRefused) -> None:
    name = event.reason.value
    day.refused[name] = day.refused.get(name, 0) + 1


def _broke(day: SessionFigures, event: e.BreakFound) -> None:
    day.breaks += 1


def _halted(day: SessionFigures, event: e.InstrumentHalted) -> None:
    day.halts += 1


_COUNTS: Final[Mapping[type, Callable[[SessionFigures, Any], None]]] = {
    e.OrderSubmitted: _submitted, e.OrderReported: _reported, e.TradeBooked: _booked,
    e.IntentRefused: _refused, e.BreakFound: _broke, e.InstrumentHalted: _halted,
}
