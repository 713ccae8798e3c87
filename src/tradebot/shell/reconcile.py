"""When is the book compared with its brokers? On the clock, at the close, on demand, and again."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field

from tradebot.core import recon
from tradebot.core.model.commands import Phase, Reconcile
from tradebot.core.model.drift import Drift
from tradebot.core.model.events import SessionEntered
from tradebot.core.model.fact import fact
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.report import Report, Statement
from tradebot.core.model.sound import legible
from tradebot.ports import WIRE_TROUBLE
from tradebot.shell.engine import Busy, Engine
from tradebot.shell.journal.decision import Decision
from tradebot.shell.wire.asking import OVERLAP

LOOKS_MAX: Final = 3
IDLE_TURNS: Final = 12  # let go by where every market is closed and no order works
FILLS_MAX: Final = 1_000  # in one decision; more are booked before it, one by one
DECIDE_WITHIN_S: Final = 10.0
_FAILURES: Final = (*WIRE_TROUBLE, Busy)


@fact
class ReconcileSection:
    """How the book is compared with what brokers state.

    every_s: how often, beside each connection, each close and on demand
    confirm_after_s: when to look again where they differ; what both looks show is a break
    cash_tolerance: a smaller difference in cash is none, in the account's currency
    unknown_orders: an order at the broker that is none of ours halts its instrument, or is adopted
    """

    every_s: Annotated[float, Field(ge=1)] = 300.0
    confirm_after_s: Annotated[float, Field(gt=0)] = 2.0
    cash_tolerance: Annotated[Decimal, Field(ge=0)] = Decimal("0.01")
    unknown_orders: Literal["halt", "adopt"] = "halt"


class Counterparty(Protocol):
    """One route's wire, as far as reconciling needs it."""

    route: str

    async def statement(self) -> Statement: ...
    async def fills_since(self, since: datetime) -> Sequence[Report]: ...
    async def ask(self, cl_ord_id: ClOrdID) -> None: ...


class Reconciler:
    """Fetches statements and hands them to the core. It compares nothing and mends nothing.

    `pace` is how many times as fast as ours the loop's clock runs: who waits for a run waits here.
    """

    def __init__(
        self, engine: Engine, links: Iterable[Counterparty], section: ReconcileSection,
        tell: Callable[[str], None], *, pace: float = 1.0,
    ) -> None:
        self.failures: dict[str, str] = {}  # route -> why the last run did not come to its end
        self.looked: dict[str, datetime] = {}  # route -> when it was compared last, told of or not
        self._engine = engine
        self._links = list(links)
        self._section = section
        self._every_s = section.every_s * pace
        self._tell = tell
        self._one_at_a_time = asyncio.Lock()
        self._closed = asyncio.Event()

    async def run(self) -> None:
        """Compare now, then whenever it is time or the market closed; never ends."""
        because, is_routine = "start", False
        while True:
            await self.compare_all(because, is_routine=is_routine)
            is_routine = not await self._closes_within_a_turn()
            because = f"every {self._section.every_s:g} s" if is_routine else "close"

    async def compare_all(self, because: str, *, is_routine: bool = False) -> Mapping[str, str]:
        """Compare every route that is up; return why some were not."""
        async with self._one_at_a_time:
            for link in self._links:
                self.failures.pop(link.route, None)
                failure = await self._compare(link, because, is_routine)
                if failure is not None:
                    self.failures[link.route] = failure
                    self._tell(f"route {link.route} was not reconciled: {failure}")
        return dict(self.failures)

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, SessionEntered) and self._is_close(event):
                self._closed.set()

    def _is_close(self, event: SessionEntered) -> bool:
        is_primary = event.calendar == self._engine.book.settings.primary_calendar
        return is_primary and event.phase in (Phase.POST_MARKET, Phase.CLOSED)

    async def _closes_within_a_turn(self) -> bool:
        """Wait for the next run, and tell whether it is the close that asks for it."""
        self._closed.clear()
        for _ in range(IDLE_TURNS):
            try:
                async with asyncio.timeout(self._every_s):
                    await self._closed.wait()
            except TimeoutError:
                if not self._engine.book.is_idle:
                    break
            else:
                return True
        return False

    async def _compare(self, link: Counterparty, because: str, is_routine: bool) -> str | None:
        """Look until it is clear what to think of each difference, within a bound."""
        book = self._engine.book
        route = book.routes.get(link.route)
        if route is None or not route.is_up:
            return "it is not connected"
        for number in range(LOOKS_MAX):
            if number:
                await asyncio.sleep(self._section.confirm_after_s)
            try:
                await self._look(link, because, is_routine)
                await self._ask(link, book.recon.open(link.route))
            except _FAILURES as error:
                return f"{type(error).__name__}: {error}"
            doubtful = book.recon.doubtful(link.route)
            if not doubtful:
                return None
        return f"{len(doubtful)} differences that no two looks showed alike"

    async def _look(self, link: Counterparty, because: str, is_routine: bool) -> None:
        """Fetch the statement first: then the fills hold all that it can know of."""
        book, engine = self._engine.book, self._engine
        since = book.compared_until(link.route)
        assert since is not None  # the route is up: its account is open
        statement = await link.statement()
        told = [legible(fill) for fill in await link.fills_since(since - OVERLAP)]
        unheard = recon.unheard(book, told)
        for fill in unheard[:-FILLS_MAX]:
            await engine.deliver(fill)
        async with asyncio.timeout(DECIDE_WITHIN_S):
            await engine.submit(Reconcile(
                route=link.route, statement=statement, because=because,
                fills=unheard[-FILLS_MAX:], is_routine=is_routine,
            ))
        self.looked[link.route] = engine.now()

    async def _ask(self, link: Counterparty, drifts: Iterable[Drift]) -> None:
        """Ask about each order that differs: a report of it may be lost, of a known break too."""
        orders = self._engine.book.orders
        for drift in drifts:
            state = orders.find(drift.subject)
            if state is not None:
                await link.ask(state.root)
