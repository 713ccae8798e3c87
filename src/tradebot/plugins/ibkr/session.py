"""What is asked in one session with the gateway, and who watches that it lives?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from tradebot.core.model.ids import ClOrdID
from tradebot.plugins.ibkr.catalog import Catalog
from tradebot.plugins.ibkr.connection import NUMBER, Connection
from tradebot.plugins.ibkr.orders import name_of
from tradebot.plugins.ibkr.questions import (
    COMPLETED,
    EXECUTIONS,
    ORDERS,
    REQUESTS_FROM,
    TIME,
    Take,
)
from tradebot.plugins.ibkr.settings import IbkrSettings
from tradebot.ports import WireError

Lines: TypeAlias = list[tuple[Any, ...]]

FRESH_S: Final = 1.0  # one look answers all questions so soon behind it, unless something traded


@dataclass(frozen=True, slots=True)
class Lists:
    """All that IB tells of orders: those that work, those that ended today, what was traded."""

    asked_at: float
    heard: int
    working: Lines
    completed: Lines
    executions: Lines

    def has(self, cl_ord_id: ClOrdID) -> bool:
        told = [line[2] for line in self.working if not isinstance(line[1], str)]
        told += [line[1] for line in self.completed]
        told += [line[2] for line in self.executions]
        return any(name_of(order) == cl_ord_id for order in told)


class GatewaySession:
    """One login. `settle` is awaited when something was doubted, as `doubt` says."""

    def __init__(
        self, settings: IbkrSettings, hears: Mapping[str, Take], *,
        on_end: Callable[[Exception], None], settle: Callable[[], Awaitable[None]],
        is_paused: Callable[[], bool],
    ) -> None:
        self._executions = 0  # that were told unasked
        hears = {**hears, "execDetails": self._counted(hears["execDetails"])}
        self.connection = Connection(settings, hears, self._on_end)
        self.catalog = Catalog(self.connection)
        self._every_s = settings.heartbeat_s
        self._tell_end = on_end
        self._settle = settle
        self._is_paused = is_paused
        self._looking = asyncio.Lock()
        self._last: Lists | None = None
        self._doubted = asyncio.Event()
        self._settled_at = float("-inf")
        self._watch: asyncio.Task[None] | None = None

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await self.connection.close()

    def watch(self, name: str) -> None:
        """Look from now on whether IB is there, and settle doubts."""
        self._watch = asyncio.create_task(self._watching(), name=name)

    def doubt(self) -> None:
        self._doubted.set()

    async def turn(self) -> None:
        await self.connection.turn()

    def send(self, name: str, *fields: Any) -> None:
        """Send what changes an order: the last look says nothing about it."""
        self.connection.send(name, *fields)
        self.forget()

    def forget(self) -> None:
        self._last = None

    async def lists(self) -> Lists:
        """Return what IB tells of orders now; what was sent meanwhile makes it ask anew."""
        async with self._looking:
            now, last, heard = asyncio.get_running_loop().time(), self._last, self._executions
            if last is not None and last.heard == heard and now < last.asked_at + FRESH_S:
                return last
            ask = self.connection.ask
            lists = Lists(
                asked_at=now, heard=heard,
                working=await ask(ORDERS, "reqAllOpenOrders"),
                completed=await ask(COMPLETED, "reqCompletedOrders", False),
                executions=await ask(
                    EXECUTIONS, "reqExecutions", NUMBER,
                    self.connection.library.ExecutionFilter(),
                ),
            )
            self._last = lists
            return lists

    async def time(self) -> datetime:
        """Return the time by IB's clock, in whole seconds."""
        (seconds,) = await self.connection.ask(TIME, "reqCurrentTime")
        return datetime.fromtimestamp(seconds, UTC)

    async def _watching(self) -> None:
        connection = self.connection
        try:
            while connection.failure is None:
                await self._look()
        except (WireError, OSError) as error:
            connection.distrust(ConnectionError(f"IB is not there: {error}"))
        finally:
            connection.distrust(ConnectionError("nobody watches the session any more"))

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(self._every_s):
                await self._doubted.wait()
        except TimeoutError:
            if not self._is_paused():  # else the answer would not be read
                await self.connection.ask(TIME, "reqCurrentTime")
            return
        rest_s = self._settled_at + FRESH_S - asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, rest_s))
        self._doubted.clear()
        self.forget()
        await self._settle()
        self._settled_at = asyncio.get_running_loop().time()

    def _counted(self, take: Take) -> Take:
        def heard(request: int, *told: Any) -> None:
            self._executions += request < REQUESTS_FROM
            take(request, *told)
        return heard

    def _on_end(self) -> None:
        assert self.connection.failure is not None
        self._doubted.set()
        self._tell_end(self.connection.failure)
