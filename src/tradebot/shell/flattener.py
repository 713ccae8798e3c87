"""Who closes what a kill found held? The daemon, until the brokers state nothing; nobody need wait.

It asks for statements and hands them to the core, which alone decides what is sent.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from tradebot.core.book.book import Book
from tradebot.core.model.commands import Flatten
from tradebot.core.model.events import (
    BreakAccepted,
    IntentRefused,
    KillSwitchSet,
    OrderNeverLeft,
    ReconRequested,
    RouteConnected,
    SessionEntered,
)
from tradebot.core.model.reason import Reason
from tradebot.core.model.report import Statement
from tradebot.ports import WIRE_TROUBLE
from tradebot.shell.engine import Busy, Engine
from tradebot.shell.journal.decision import Decision

TRIES_MAX: Final = 20  # until a kill, a session, a connection or a person gives reason for more
FIRST_WAIT_S: Final = 0.1  # doubled by each try
LONGEST_WAIT_S: Final = 30.0
DECIDE_WITHIN_S: Final = 10.0
_NEWS: Final = (KillSwitchSet, SessionEntered, RouteConnected, BreakAccepted)
_CLEARS_THE_WAY: Final = (*_NEWS, ReconRequested, OrderNeverLeft)
_FAILURES: Final = (*WIRE_TROUBLE, Busy)


class States(Protocol):
    """A route whose broker can be asked how its account stands."""

    route: str

    async def statement(self) -> Statement: ...


class Flattener:
    """Carries out what a kill asked for; what that still is the book knows, also after a crash."""

    def __init__(
        self, engine: Engine, brokers: Sequence[States], tell: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._brokers = brokers
        self._tell = tell
        self._tries = 0
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Try whenever something may have cleared the way; never ends."""
        self._wake.set()  # the last life may have left something
        while True:
            await self._wake.wait()
            await asyncio.sleep(min(FIRST_WAIT_S * 2**self._tries, LONGEST_WAIT_S))
            self._wake.clear()
            due = [broker for broker in self._brokers if _is_due(self._engine.book, broker.route)]
            if due and self._tries < TRIES_MAX:
                self._tries += 1
                for broker in due:
                    await self._try(broker)

    def on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, _NEWS):
                self._tries = 0
            if isinstance(event, _CLEARS_THE_WAY):
                self._wake.set()

    async def _try(self, broker: States) -> None:
        if self._tries == TRIES_MAX:
            self._tell(f"route {broker.route} is tried for the last time: look why it is not flat")
        try:
            is_unclear = await self._flatten(broker)
        except _FAILURES as error:
            self._tell(f"route {broker.route} was not flattened: {type(error).__name__}: {error}")
            is_unclear = True
        if is_unclear:
            self._wake.set()

    async def _flatten(self, broker: States) -> bool:
        """Close what the broker states, and tell whether that statement settled nothing.

        It may be late, or lack what the book holds; whatever else is in the way ends with news.
        """
        book = self._engine.book
        by, account = book.kill.to_flatten[broker.route], book.routes[broker.route].account
        booked = book.ledger.bookings(account)
        statement = await broker.statement()
        async with asyncio.timeout(DECIDE_WITHIN_S):
            decision = await self._engine.submit(Flatten(
                route=broker.route, statement=statement, by=by, booked=booked
            ))
        return decision is None or any(
            isinstance(event, IntentRefused) and event.reason is Reason.RISK_STALE_DATA
            for event in decision.events
        )


def _is_due(book: Book, route: str) -> bool:
    """Tell whether a route can be flattened now: no order of it still ends.

    Of one in doubt nobody knows when it does, so nothing waits for it.
    """
    return route in book.kill.to_flatten and book.routes[route].is_up and not any(
        state.route == route and not state.order.is_done and not state.in_doubt
        for state in book.orders.working.values()
    )
