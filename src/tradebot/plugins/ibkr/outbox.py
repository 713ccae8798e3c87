"""What is to be told next? Reports in IB's order; an execution waits for its commission.

Nothing is dropped: what nobody takes stays here, and soon nothing more is read from the socket.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tradebot.core.model.ids import ExecID
from tradebot.core.model.report import Report

UNREAD_MAX: Final = 1_000


class Outbox:
    """Reports on their way out. `pause` is told when there are too many, and when no more."""

    def __init__(self, pause: Callable[[bool], None], wait_s: float) -> None:
        self.is_full = False
        self._pause = pause
        self._wait_s = wait_s
        self._waiting: deque[Report] = deque()
        self._due: dict[ExecID, float] = {}  # executions that lack their commission, until when
        self._stirred = asyncio.Event()
        self._failure: Exception | None = None

    def put(self, report: Report, *, lacks_fee: bool = False) -> None:
        if lacks_fee and report.exec_id is not None:
            self._due[report.exec_id] = asyncio.get_running_loop().time() + self._wait_s
        self._waiting.append(report)
        self._stirred.set()
        if not self.is_full and len(self._waiting) >= UNREAD_MAX:
            self.is_full = True
            self._pause(True)

    def add_fee(self, exec_id: ExecID, fee: Decimal) -> bool:
        """Complete an execution that waits for this; tell whether there was one."""
        if self._due.pop(exec_id, None) is None:
            return False
        for place, report in enumerate(self._waiting):
            if report.exec_id == exec_id:
                self._waiting[place] = replace(report, fee=fee)
        self._stirred.set()
        return True

    def begin(self) -> None:
        self._failure = None

    def end(self, reason: Exception) -> None:
        """Let whoever reads know that nothing more comes."""
        self._failure = reason
        self._stirred.set()

    async def take(self) -> Report:
        """Return the next report; raise what ended the session once all before it is told."""
        while True:
            self._stirred.clear()
            wait_s = self._wait_of_first()
            if wait_s is not None and wait_s <= 0:
                return self._pop()
            if self._failure is not None:
                raise self._failure
            try:
                async with asyncio.timeout(wait_s):
                    await self._stirred.wait()
            except TimeoutError:
                continue

    def _wait_of_first(self) -> float | None:
        if not self._waiting:
            return None
        exec_id = self._waiting[0].exec_id
        due = None if exec_id is None else self._due.get(exec_id)
        return 0.0 if due is None else due - asyncio.get_running_loop().time()

    def _pop(self) -> Report:
        report = self._waiting.popleft()
        if report.exec_id is not None:
            self._due.pop(report.exec_id, None)
        if self.is_full and len(self._waiting) <= UNREAD_MAX // 2:
            self.is_full = False
            self._pause(False)
        return report
