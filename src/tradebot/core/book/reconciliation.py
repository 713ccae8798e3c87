"""How well do book and broker agree? The last look at each account, and the breaks that stand."""

from dataclasses import dataclass, field
from datetime import datetime

from tradebot.core.model.drift import BreakKind, Drift
from tradebot.core.model.events import (
    BreakAccepted,
    BreakClosed,
    BreakFound,
    StatementCompared,
)


@dataclass(slots=True)
class Compared:
    """The last time that a route's statement was compared, and what came of it."""

    at: datetime
    compared: StatementCompared


@dataclass(slots=True)
class Break:
    """A difference that was confirmed, since when, and what it came to last."""

    found: datetime
    drift: Drift


@dataclass(slots=True)
class Reconciliation:
    """Breaks by their names. What is `accepted` of orders and accounts stays so while it differs.

    `unmatched` counts the orders of an account that finished since it last agreed in all.
    """

    looks: dict[str, Compared] = field(default_factory=dict)
    breaks: dict[str, Break] = field(default_factory=dict)
    accepted: dict[str, Drift] = field(default_factory=dict)
    unmatched: dict[str, int] = field(default_factory=dict)

    def is_settled(self, drift: Drift) -> bool:
        """Tell whether it is known what to think of a difference: it is a break, or accepted."""
        known = self.breaks.get(drift.name)
        if known is None:
            return drift.name in self.accepted
        return (known.drift.kind, known.drift.amount) == (drift.kind, drift.amount)

    def doubtful(self, route: str) -> list[Drift]:
        """Return the differences of the last look that may be gone at the next."""
        return [drift for drift in self.open(route) if not self.is_settled(drift)]

    def open(self, route: str) -> list[Drift]:
        """Return the differences of the last look that nobody accepted."""
        look = self.looks.get(route)
        drifts = look.compared.drifts if look else ()
        return [drift for drift in drifts if drift.name not in self.accepted]

    def is_nothing_new(self, event: StatementCompared) -> bool:
        """Tell whether all agrees, as it did at the route's last look, and nothing happened."""
        look = self.looks.get(event.route)
        if look is None or look.compared.drifts or self.breaks:
            return False
        last, news = look.compared, (event.drifts, event.recovered, event.matched)
        return not any(news) and (event.account, event.orders, event.positions) == (
            last.account, last.orders, last.positions
        )

    def compared(self, event: StatementCompared, now: datetime) -> None:
        self.looks[event.route] = Compared(now, event)
        differs = {drift.name for drift in event.drifts}
        for name, drift in list(self.accepted.items()):
            if drift.account == event.account and name not in differs:
                del self.accepted[name]
        if event.matched:
            del self.unmatched[event.account]

    def finished(self, account: str) -> None:
        self.unmatched[account] = self.unmatched.get(account, 0) + 1

    def found(self, event: BreakFound, now: datetime) -> None:
        known = self.breaks.get(event.drift.name)
        self.breaks[event.drift.name] = Break(known.found if known else now, event.drift)

    def closed(self, event: BreakClosed) -> None:
        del self.breaks[event.drift.name]

    def accept(self, event: BreakAccepted) -> None:
        del self.breaks[event.drift.name]
        if event.drift.kind not in (BreakKind.CASH, BreakKind.POSITION):  # the ledger follows those
            self.accepted[event.drift.name] = event.drift
