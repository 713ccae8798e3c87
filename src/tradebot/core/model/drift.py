"""How may a broker's statement differ from the book, how bad is that, and what comes of it?"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ExecID
from tradebot.core.model.money import ZERO


class BreakKind(StrEnum):
    """What differs. EXPLAIN_BREAK says what each means."""

    ACCOUNT = "account"
    CASH = "cash"
    POSITION = "position"
    FILL = "fill"
    MISSING_ORDER = "missing_order"
    FINISHED_ORDER = "finished_order"
    UNKNOWN_ORDER = "unknown_order"


class Severity(StrEnum):
    """How bad a break is, the worst last."""

    WARN = "warn"
    FAIL = "fail"
    CRITICAL = "critical"


K, S = BreakKind, Severity

SEVERITY: Final[Mapping[BreakKind, Severity]] = {
    K.ACCOUNT: S.CRITICAL, K.CASH: S.CRITICAL, K.POSITION: S.CRITICAL, K.FINISHED_ORDER: S.CRITICAL,
    K.FILL: S.FAIL, K.UNKNOWN_ORDER: S.FAIL, K.MISSING_ORDER: S.WARN,
}

EXPLAIN_BREAK: Final[Mapping[BreakKind, str]] = {
    K.ACCOUNT: "The route leads to another account than before; everything is halted.",
    K.CASH: "The broker states other cash; everything is halted.",
    K.POSITION: "The broker states another position; the instrument is halted.",
    K.FILL: "The broker filled another quantity of the order; its instruments are halted.",
    K.MISSING_ORDER: "The broker does not list the order, nor say what became of it: it is in"
    " doubt, its risk reserved. Accept that only of one that you know to be gone: from then on"
    " nothing is reserved for it, and what it trades after all is booked past every limit.",
    K.FINISHED_ORDER: "The broker works an order that ended; its instruments are halted.",
    K.UNKNOWN_ORDER: "The broker works an order that is none of ours: halted or adopted.",
}

CASH: Final = "cash"


@fact
class Drift:
    """One number on which book and statement differ: cash in currency, all else in units.

    Of orders it is what is left to fill. `subject` is `cash`, a symbol, an order's first ClOrdID or
    another account's name. `moves` counts what was ever booked of the symbol: as long as it stands
    still, so does the book's number. `symbols` are what an order is about, `px` what the broker
    says that a unit of a position cost.
    """

    kind: BreakKind
    account: str
    subject: str
    book: Decimal = ZERO
    statement: Decimal = ZERO
    moves: int = 0
    symbols: tuple[str, ...] = ()
    px: Decimal = ZERO

    @property
    def name(self) -> str:
        """Name the break that this may be, for people to speak of."""
        return f"{self.account}/{self.subject}"

    @property
    def amount(self) -> Decimal:
        """Return what the broker has more than the book."""
        return self.statement - self.book


@fact
class StatementCompared:
    """A broker's statement was held against the book: so many orders and positions, and cash.

    `drifts` are all differences there were, breaks or not yet. `recovered` are executions that the
    broker should have reported long before, and that are booked now. `matched` counts the orders
    that finished since the last statement without a drift, and are part of this one.
    """

    route: str
    account: str
    as_of: datetime
    because: str
    orders: int
    positions: int
    drifts: tuple[Drift, ...] = ()
    recovered: tuple[ExecID, ...] = ()
    matched: int = 0


@fact
class BreakFound:
    """A difference is no passing one. A break is never mended by an order."""

    drift: Drift


@fact
class BreakClosed:
    """Book and statement agree again on what a break was about."""

    drift: Drift


@fact
class BreakAccepted:
    """Someone said that the broker is right: cash and positions follow it, as if always so.

    `px` is what a unit of the position is taken to be worth; nothing of it is profit or loss.
    """

    drift: Drift
    reason: str
    by: str
    px: Decimal = ZERO
