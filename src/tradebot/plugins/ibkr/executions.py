"""What was traded? Each execution once, by its id; a correction takes the place of the last one.

Of a combo each leg is an execution of its own. IB tells the whole bag besides: that would count
the same trade twice, and is left out.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.ids import ClOrdID, ExecID, OrderID
from tradebot.core.model.money import ZERO
from tradebot.core.model.report import ExecType, Report
from tradebot.plugins.ibkr.contracts import number, symbol_of
from tradebot.plugins.ibkr.outbox import Outbox
from tradebot.plugins.ibkr.questions import REQUESTS_FROM
from tradebot.plugins.ibkr.translate import BAG

KEPT_MAX: Final = 20_000  # ids; the oldest are forgotten first
_FEE_UNKNOWN: Final = Decimal("1e300")  # IB writes the largest float where it knows no number
_SOLD: Final = "SLD"

class Executions:
    """The executions of an account. `named` says which order of ours one belongs to."""

    def __init__(self, route: str, outbox: Outbox, named: Callable[[Any], ClOrdID]) -> None:
        self.account = ""
        self._route = route
        self._outbox = outbox
        self._named = named
        self._fees: dict[ExecID, Decimal] = {}
        self._told: dict[ExecID, Report] = {}
        self._fee_came = asyncio.Event()

    def heard(self, request: int, contract: Any, execution: Any) -> None:
        """Tell what just traded; what answers a question is left to whoever asked."""
        if request < REQUESTS_FROM:
            self.tell([(request, contract, execution)])

    def tell(self, lines: Iterable[tuple[Any, ...]]) -> None:
        """Tell what of a list was not told; no other client's executions are told by IB unasked."""
        for report in self._untold(lines):
            lacks_fee = bool(report.last_qty) and report.exec_id not in self._fees
            self._outbox.put(report, lacks_fee=lacks_fee)

    def pass_over(self, lines: Iterable[tuple[Any, ...]]) -> None:
        """Leave what was traded before a session to whoever asks what was missed."""
        for _ in self._untold(lines):
            pass

    def commission(self, told: Any) -> None:
        """Take in what an execution cost; where it was told without, correct it."""
        exec_id, fee = ExecID(told.execId), number(told.commission)
        if not (abs(fee) < _FEE_UNKNOWN) or exec_id in self._fees:
            return
        self._keep(self._fees, exec_id, fee)
        self._fee_came.set()
        if self._outbox.add_fee(exec_id, fee) or exec_id not in self._told or not fee:
            return
        corrected = replace(
            self._told[exec_id], exec_type=ExecType.TRADE_CORRECT, fee=fee,
            exec_id=_with_fee(exec_id), exec_ref_id=exec_id,
        )
        self._keep(self._told, _with_fee(exec_id), corrected)
        self._outbox.put(corrected)

    async def with_fees(self, lines: list[tuple[Any, ...]], wait_s: float) -> list[Report]:
        """Return what a list of IB's says was traded; it tells the commissions behind it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while self._lacks_fees(lines):
                    self._fee_came.clear()
                    await self._fee_came.wait()
        return list(self.reports(lines))

    def reports(self, lines: Iterable[tuple[Any, ...]]) -> Iterator[Report]:
        """Yield what a list of IB's says was traded on the account."""
        before: dict[str, ExecID] = {}
        for _, contract, execution in lines:
            if not self._counts(contract, execution):
                continue
            exec_id = ExecID(execution.execId)
            base, _, turn = exec_id.rpartition(".")
            report = self._report(contract, execution)
            if turn.isdigit() and int(turn) > 1:
                yield from self._correction(report, base, int(turn), before.get(base))
            else:
                yield report
            before[base] = exec_id

    def _untold(self, lines: Iterable[tuple[Any, ...]]) -> Iterator[Report]:
        for report in self.reports(lines):
            if report.exec_id is not None and report.exec_id not in self._told:
                self._keep(self._told, report.exec_id, report)
                yield report

    def _lacks_fees(self, lines: Iterable[tuple[Any, ...]]) -> bool:
        return any(
            execution.shares and execution.execId not in self._fees
            for _, contract, execution in lines if self._counts(contract, execution)
        )

    def _counts(self, contract: Any, execution: Any) -> bool:
        return bool(execution.acctNumber == self.account and contract.secType != BAG)

    def _correction(
        self, report: Report, base: str, turn: int, before: ExecID | None
    ) -> Iterator[Report]:
        """Yield a correction; what it corrects too, where IB and we have forgotten that."""
        first = ExecID(f"{base}.{turn - 1:02d}")
        if before is None and first not in self._told:
            yield replace(report, exec_id=first, fee=ZERO)
        stands = before or first
        if _with_fee(stands) in self._told:
            stands = _with_fee(stands)
        is_bust = not report.last_qty
        yield replace(
            report, exec_type=ExecType.TRADE_CANCEL if is_bust else ExecType.TRADE_CORRECT,
            exec_ref_id=stands,
        )

    def _report(self, contract: Any, execution: Any) -> Report:
        exec_id = ExecID(execution.execId)
        return Report(
            route=self._route, cl_ord_id=self._named(execution), exec_type=ExecType.TRADE,
            exec_id=exec_id, order_id=OrderID(str(execution.permId)), symbol=symbol_of(contract),
            last_qty=number(execution.shares), last_px=number(execution.price),
            fee=self._fees.get(exec_id, ZERO), is_sell=execution.side == _SOLD,
            transact_time=execution.time.astimezone(UTC),
        )

    @staticmethod
    def _keep(kept: dict[ExecID, Any], exec_id: ExecID, value: Any) -> None:
        kept[exec_id] = value
        if len(kept) > KEPT_MAX:
            del kept[next(iter(kept))]


def _with_fee(exec_id: ExecID) -> ExecID:
    return ExecID(f"{exec_id}/fee")
