"""Where does one order stand at the broker? Folded from what the broker said of it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.intent import Intent, OrdType, TimeInForce
from tradebot.core.model.money import ZERO
from tradebot.core.model.report import ExecType, Report

_ENDS: Final = frozenset({ExecType.CANCELED, ExecType.EXPIRED, ExecType.REJECTED})
_STOPS: Final = frozenset({OrdType.STOP, OrdType.STOP_LIMIT})
_AT_ONCE: Final = frozenset({TimeInForce.IOC, TimeInForce.FOK})


@dataclass(slots=True)
class PaperOrder:
    """One order. `ids` is the chain of its ClOrdIDs, the newest last.

    `unit_need` is the buying power that a unit takes which opens, `opening_qty` how many do;
    `is_resting` tells that the market has passed the order by once.
    """

    number: int
    intent: Intent
    ids: list[ClOrdID]
    order_qty: Decimal
    price: Decimal | None
    cum_qty: Decimal = ZERO
    accepted_at: datetime | None = None
    expires: datetime | None = None
    unit_need: Decimal = ZERO
    opening_qty: Decimal = ZERO
    awaits_stop: bool = False
    is_resting: bool = False
    is_ended: bool = False
    reports: list[Report] = field(default_factory=list)

    @classmethod
    def of(cls, number: int, sent: OrderSubmitted) -> "PaperOrder":
        intent = sent.intent
        return cls(
            number, intent, [sent.cl_ord_id], intent.order_qty, intent.price,
            awaits_stop=intent.ord_type in _STOPS,
        )

    @property
    def cl_ord_id(self) -> ClOrdID:
        return self.ids[-1]

    @property
    def is_done(self) -> bool:
        return self.is_ended or self.cum_qty >= self.order_qty

    @property
    def leaves_qty(self) -> Decimal:
        return ZERO if self.is_done else self.order_qty - self.cum_qty

    @property
    def reserved(self) -> Decimal:
        """Return the buying power that is kept for what has not filled, in currency."""
        return self.unit_need * min(self.leaves_qty, self.opening_qty)

    @property
    def is_at_once(self) -> bool:
        return self.intent.time_in_force in _AT_ONCE

    def apply(self, report: Report, price: Decimal | None) -> None:
        """Fold what was said: live and at the next start alike."""
        self.reports.append(report)
        match report.exec_type:
            case ExecType.NEW:
                self.accepted_at = report.transact_time
            case ExecType.TRIGGERED:
                self.awaits_stop = False
            case ExecType.TRADE:
                self.cum_qty += report.last_qty
            case ExecType.REPLACED:
                assert report.order_qty is not None
                self.ids.append(report.cl_ord_id)
                self.order_qty, self.price = report.order_qty, price
                self.is_resting = False
            case kind if kind in _ENDS:
                self.is_ended = True
            case _:
                pass
