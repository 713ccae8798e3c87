"""How does one call to a broker end? By an answer, an error or its deadline: all are counted."""

import asyncio
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

from tradebot.core.model.commands import BreakerState, Delivery, ReportDelivery, SetBreaker
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import ExecType, Report
from tradebot.ports import Broker, Declined, DeliveryUnknown, NotSent
from tradebot.shell.engine import Engine
from tradebot.shell.wire.breaker import Breaker
from tradebot.shell.wire.deadline import Deadline
from tradebot.shell.wire.limiter import Limiter
from tradebot.shell.wire.patience import Patience

T = TypeVar("T")

CALL_DEADLINE_S: Final = 10.0
UNSURE: Final = (DeliveryUnknown, TimeoutError, OSError)  # who knows how far it came?
FAILED: Final = (NotSent, *UNSURE)


class Line:
    """One route's line: every call within its deadline, and the core told what came of it."""

    def __init__(self, route: str, broker: Broker, engine: Engine, patience: Patience) -> None:
        self.route = route
        self.broker = broker
        self.engine = engine
        self.is_up = False
        self.breaker = Breaker(
            patience.breaker_threshold, patience.breaker_timeout_s, self._on_breaker
        )
        declared = broker.capabilities.messages_per_s
        limit = patience.messages_per_s or (float(declared) if declared else None)
        self._limiter = Limiter(limit, patience.cancels_frac) if limit else None
        self._deadline = Deadline(CALL_DEADLINE_S)

    async def turn(self, *, is_stop: bool = False) -> None:
        """Wait until the broker takes one more message; what stops has a share of its own."""
        if self._limiter is not None:
            await (self._limiter.cancel() if is_stop else self._limiter.order())

    async def make(self, call: Awaitable[T]) -> T:
        """Make a call; what the broker refuses in so many words is an answer, and no failure."""
        try:
            result = await self._deadline.bound(call)
        except Declined:
            self.breaker.succeeded()
            raise
        except FAILED as error:
            self.breaker.failed(asyncio.get_running_loop().time(), named(error))
            raise
        self.breaker.succeeded()
        return result

    def overdue_s(self) -> float:
        """Tell how long a call goes on behind its deadline: one that cannot even be cancelled."""
        return self._deadline.overdue_s()

    def blocked(self, *, is_stop: bool = False) -> str | None:
        """Say why no order takes this route now: also while the core does not know the account.

        What stops, as cancels do, passes a breaker that is open.
        """
        known = self.engine.book.routes.get(self.route)
        if not self.is_up or known is None or not known.is_up:
            return f"route {self.route} is down"
        if self.breaker.state is not BreakerState.CLOSED and not is_stop:
            return f"the breaker of route {self.route} is {self.breaker.state}"
        return None

    async def tell(self, cl_ord_id: ClOrdID, delivery: Delivery, detail: str) -> None:
        await self.engine.submit(
            ReportDelivery(cl_ord_id=cl_ord_id, delivery=delivery, detail=detail)
        )

    async def refused(
        self, cl_ord_id: ClOrdID, exec_type: ExecType, no: Declined, orig: ClOrdID | None = None
    ) -> None:
        """What the broker declined to do becomes a report of its own."""
        await self.engine.deliver(Report(
            route=self.route, cl_ord_id=cl_ord_id, orig_cl_ord_id=orig, exec_type=exec_type,
            rej_reason=no.rej_reason, text=str(no),
        ))

    def standing(self) -> dict[str, Any]:
        """Tell how the calls went, for `status` and `health`."""
        breaker, now = self.breaker, asyncio.get_running_loop().time()
        return {
            "route": self.route, "up": self.is_up, "circuit_state": breaker.state.value,
            "failure_count": breaker.failures, "total_failures": breaker.failures_total,
            "recent_failures_5min": breaker.recent(now),
            "last_failure": breaker.last_failure or None,
            "probe_in_s": breaker.probe_in_s(now),
        }

    def _on_breaker(self, state: BreakerState, reason: str) -> None:
        self.engine.post(SetBreaker(route=self.route, state=state, reason=reason))


def named(error: BaseException) -> str:
    return str(error) or type(error).__name__
