"""How did each strategy fare, and which kinds of route has it earned by that?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tradebot.core.model.events import OrderSubmitted, TradeBooked
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.money import CENT, ZERO, plain
from tradebot.core.model.settings import RouteKind
from tradebot.core.model.trust import TrustLadder, TrustStep

K = RouteKind
STEPS: Final = (K.PAPER, K.LIVE)  # what is earned, in this order; a mock is everyone's

# What happens on a kind of route counts toward these steps.
COUNTS_FOR: Final[Mapping[RouteKind, tuple[RouteKind, ...]]] = {
    K.MOCK: (K.PAPER,), **dict.fromkeys((K.PAPER, K.SHADOW, K.TESTNET, K.LIVE), STEPS),
}
STEP_TO: Final[Mapping[RouteKind, RouteKind]] = {
    K.PAPER: K.PAPER, K.SHADOW: K.PAPER, K.TESTNET: K.PAPER, K.LIVE: K.LIVE,
}


@dataclass(slots=True)
class Record:
    """What counts toward one step.

    `net` is the profit realised after fees, in currency, `drawdown` the furthest that it ever fell
    from its highest. Sessions are clean since a statement last differed from the book.
    """

    sessions: int = 0
    last_session: str = ""
    clean_sessions: int = 0
    orders: int = 0
    fills: int = 0
    rejects: int = 0
    net: Decimal = ZERO
    highest: Decimal = ZERO
    drawdown: Decimal = ZERO

    def sent(self, session: str) -> None:
        self.orders += 1
        if session != self.last_session:
            self.last_session = session
            self.sessions += 1
            self.clean_sessions += 1

    def booked(self, profit: Decimal, *, is_reversal: bool) -> None:
        self.fills += -1 if is_reversal else 1
        self.net += profit
        self.highest = max(self.highest, self.net)
        self.drawdown = max(self.drawdown, self.highest - self.net)

    def lacks(self, step: TrustStep) -> list[str]:
        """Say every bound that is not kept, with both numbers."""
        least = (
            ("sessions", self.sessions, step.sessions_min),
            ("clean sessions", self.clean_sessions, step.clean_sessions_min),
            ("orders", self.orders, step.orders_min),
            ("fills", self.fills, step.fills_min),
            ("net", self.net, step.net_min_usd),
        )
        most = (
            ("rejects", self.rejects, step.rejects_max_frac * self.orders),
            ("drawdown", self.drawdown, step.drawdown_max_usd),
        )
        return [
            *(f"{what} {_short(actual)} of {_short(bound)}"
              for what, actual, bound in least if bound is not None and not (actual >= bound)),
            *(f"{what} {_short(actual)} over {_short(bound)}"
              for what, actual, bound in most if bound is not None and not (actual <= bound)),
        ]


@dataclass(slots=True)
class Records:
    of: dict[str, dict[RouteKind, Record]] = field(default_factory=dict)  # strategy -> step
    kinds: dict[str, RouteKind] = field(default_factory=dict)  # of the accounts that were used

    def sent(self, event: OrderSubmitted, kind: RouteKind, session: str) -> None:
        """Count a new order of a strategy's own; what people send under its name shows nothing."""
        self.kinds[event.account] = kind
        if event.attempt == 1 and event.intent.source is Source.STRATEGY:
            for record in self._toward(event.intent.owner, event.account):
                record.sent(session)

    def rejected(self, intent: Intent, account: str) -> None:
        if intent.source is Source.STRATEGY:
            for record in self._toward(intent.owner, account):
                record.rejects += 1

    def booked(self, event: TradeBooked) -> None:
        """Count a fill of its position, whoever ordered it: it is the strategy's profit or loss."""
        if event.strategy_id not in self.of:
            return
        profit, is_reversal = event.realized - event.fee, event.reverses is not None
        for record in self._toward(event.strategy_id, event.account):
            record.booked(profit, is_reversal=is_reversal)

    def broke(self, account: str) -> None:
        """Let sessions on routes of the account's kind count as clean from now on only."""
        for owner in self.of:
            for record in self._toward(owner, account):
                record.clean_sessions = 0

    def toward(self, strategy: str, step: RouteKind) -> Record:
        return self.of.get(strategy, {}).get(step) or Record()

    def lacks(self, strategy: str, kind: RouteKind, ladder: TrustLadder) -> list[str]:
        """Say what a strategy has still to show before it may use this kind of route."""
        if kind not in STEP_TO:
            return []
        step = STEP_TO[kind]
        asked = ladder.live if step is K.LIVE else ladder.paper
        return self.toward(strategy, step).lacks(asked)

    def _toward(self, owner: str, account: str) -> Iterator[Record]:
        """Yield the records that something in this account counts in."""
        steps = self.of.setdefault(owner, {})
        for step in COUNTS_FOR[self.kinds[account]] if account in self.kinds else ():
            yield steps.setdefault(step, Record())


def _short(number: Decimal | int) -> str:
    return plain(Decimal(number).quantize(CENT))
