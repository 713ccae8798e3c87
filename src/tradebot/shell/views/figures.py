"""How do orders fare, in numbers? Sums since the journal began, for `status` and `health`."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from tradebot.core.book.orders import Orders
from tradebot.core.model.money import plain
from tradebot.core.model.order import OrdStatus
from tradebot.shell.views.rows import Plain

_P99: Final = Decimal("0.99")
_ENDS: Final = (OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.REJECTED, OrdStatus.EXPIRED,
                OrdStatus.DONE_FOR_DAY)


def figures(orders: Orders) -> Plain:
    """Tell counts, money by currency, and how long first fills took, in milliseconds."""
    found, rate = orders.figures, orders.figures.fill_rate
    return {
        "total": found.total,
        "open": len(orders.working),
        **{status.value: found.ended.get(status, 0) for status in _ENDS},
        "never_left": found.never_left,
        "fill_rate": None if rate is None else f"{rate:.4f}",
        "fills": found.fills,
        "filled_notional": {name: plain(sum_) for name, sum_ in found.notional.items()},
        "commission": {name: plain(sum_) for name, sum_ in found.commission.items()},
        "fill_latency_ms": {
            "average": _milliseconds(found.latencies.average),
            "p99": _milliseconds(found.latencies.quantile(_P99)),
        },
    }


def _milliseconds(took: timedelta | None) -> float | None:
    return None if took is None else round(took / timedelta(milliseconds=1), 3)
