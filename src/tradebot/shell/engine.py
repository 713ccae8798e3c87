"""How does anything happen? One writer: decide, make durable, only then tell the world."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeAlias

from tradebot.core.book.book import Book
from tradebot.core.model.commands import (
    ArmLive,
    Command,
    ConnectRoute,
    DisarmLive,
    DisconnectRoute,
    Flatten,
    ReportDelivery,
    RequestCancel,
    RequestCancelAll,
    SetBreaker,
    SetControl,
    SetKillSwitch,
    StrategyState,
    SubmitIntent,
    Tick,
)
from tradebot.core.model.ids import keyed_intent_id
from tradebot.core.model.report import Report
from tradebot.core.model.sound import legible
from tradebot.core.pipeline.handle import handle
from tradebot.ports import Clock
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision

BATCH_MAX: Final = 256
INBOX_MAX: Final = 4096
IN_FLIGHT_MAX: Final = 2  # one batch syncs while the next is decided

Listener: TypeAlias = Callable[[Decision], None]
_URGENT: Final = frozenset({
    Report, ReportDelivery, RequestCancel, RequestCancelAll, Flatten, DisarmLive, StrategyState,
    Tick, ConnectRoute, DisconnectRoute, SetBreaker, SetControl,
})


class Busy(Exception):
    """The inbox is full; nothing was taken in."""


class Appender(Protocol):
    """What the engine needs of a journal."""

    def append(self, decisions: Sequence[Decision]) -> Awaitable[None]: ...


@dataclass(slots=True)
class _Asked:
    command: Command
    answer: "asyncio.Future[Decision | None] | None"
    is_void: bool = False


@dataclass(slots=True)
class _Batch:
    outcomes: list[tuple[_Asked, Decision | None]]
    durable: Awaitable[None] | None


class Engine:
    """The single writer: the only caller of `handle` in a running daemon."""

    def __init__(
        self, *, book: Book, journal: Appender, facts: FactCache, clock: Clock, last_seq: int
    ) -> None:
        self.book = book
        self.listeners: list[Listener] = []
        self.arrivals: list[Callable[[Command], None]] = []
        self._journal = journal
        self._facts = facts
        self._clock = clock
        self._seq = last_seq
        self._urgent: deque[_Asked] = deque()
        self._normal: deque[_Asked] = deque()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._unpublished = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._in_flight: asyncio.Queue[_Batch] = asyncio.Queue(IN_FLIGHT_MAX)
        self._tick: asyncio.TimerHandle | None = None

    @property
    def last_seq(self) -> int:
        return self._seq

    def now(self) -> datetime:
        """Return the time as decisions are stamped with it."""
        return self._clock.now()

    @property
    def waiting(self) -> dict[str, int]:
        """Count what is not decided, by lane, and what is not published yet."""
        return {
            "urgent": len(self._urgent), "normal": len(self._normal),
            "unpublished": self._unpublished,
        }

    def post(self, command: Command) -> None:
        """Put a command in without waiting for its decision; raises Busy when there is no room."""
        self._put(_Asked(command, None))

    async def submit(self, command: Command) -> Decision | None:
        """Return the durable decision, or None when the command changed nothing; raises Busy."""
        answer: asyncio.Future[Decision | None] = asyncio.get_running_loop().create_future()
        self._put(_Asked(command, answer))
        return await answer

    async def deliver(self, report: Report) -> None:
        """Take a broker's report; a full inbox presses back on the adapter, and drops nothing."""
        while len(self._urgent) >= INBOX_MAX:
            self._room.clear()
            await self._room.wait()
        self._put(_Asked(legible(report), None))

    async def run(self) -> None:
        """Decide and publish until cancelled; any failure here must stop the process."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._decide_all(), name="engine: decide")
            group.create_task(self._publish_all(), name="engine: publish")

    async def drain(self) -> None:
        """Return when everything taken in is decided, durable and published."""
        await self._idle.wait()

    def _put(self, asked: _Asked) -> None:
        """Line a command up: a kill before all else, a cancel behind what it wants to cancel."""
        command = asked.command
        if isinstance(command, SetKillSwitch) and command.engaged:
            self._void(SetKillSwitch)
            self._urgent.appendleft(asked)
        elif isinstance(command, RequestCancel) and self._has_waiting(command.target):
            self._normal.append(asked)
        elif isinstance(command, RequestCancelAll) and self._has_submits():
            self._urgent.append(_Asked(command, None))  # what works already waits for nobody
            self._unpublished += 1
            self._normal.append(asked)
        elif type(command) in _URGENT:
            if isinstance(command, DisarmLive):
                self._void(ArmLive)
            self._urgent.append(asked)
        elif len(self._normal) < INBOX_MAX:
            self._normal.append(asked)
        else:
            raise Busy(f"{INBOX_MAX} commands are waiting")
        for heard in self.arrivals:
            heard(command)
        self._unpublished += 1
        self._idle.clear()
        self._wake.set()

    def _has_waiting(self, target: str) -> bool:
        """Tell whether the submit of this intent still waits; only keyed ones are known before."""
        if target in self.book.intents.open or self.book.orders.find(target) is not None:
            return False
        return any(
            isinstance(asked.command, SubmitIntent) and asked.command.intent.key is not None
            and keyed_intent_id(asked.command.intent.key) == target
            for asked in self._normal
        )

    def _has_submits(self) -> bool:
        return any(isinstance(asked.command, SubmitIntent) for asked in self._normal)

    def _void(self, kind: type) -> None:
        """Let none of the commands that are overtaken undo afterwards what overtakes them."""
        for asked in self._normal:
            if isinstance(asked.command, kind):
                asked.is_void = True

    async def _decide_all(self) -> None:
        while True:
            if not self._urgent and not self._normal:
                self._wake.clear()
                await self._wake.wait()
            outcomes = [(asked, self._decide(asked)) for asked in self._take()]
            decisions = [decision for _, decision in outcomes if decision is not None]
            durable = self._journal.append(decisions) if decisions else None
            await self._in_flight.put(_Batch(outcomes, durable))
            self._schedule_tick()

    def _take(self) -> list[_Asked]:
        taken: list[_Asked] = []
        for lane in (self._urgent, self._normal):
            while lane and len(taken) < BATCH_MAX:
                taken.append(lane.popleft())
        self._room.set()
        return taken

    def _decide(self, asked: _Asked) -> Decision | None:
        if asked.is_void:
            return None
        command = asked.command
        at, view = self._clock.now(), self._facts.view()
        events = tuple(handle(self.book, command, view, at))
        if not events:
            return None
        self._seq += 1
        return Decision(seq=self._seq, at=at, command=command, events=events, reads=view.reads())

    async def _publish_all(self) -> None:
        while True:
            batch = await self._in_flight.get()
            if batch.durable is not None:
                await batch.durable
            for asked, decision in batch.outcomes:
                if decision is not None:
                    for listener in self.listeners:
                        listener(decision)
                if asked.answer is not None and not asked.answer.done():
                    asked.answer.set_result(decision)
            self._unpublished -= len(batch.outcomes)
            if not self._unpublished:
                self._idle.set()

    def _schedule_tick(self) -> None:
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
        due = self.book.next_due()
        if due is not None:
            delay = max(0.0, (due - self._clock.now()).total_seconds())
            self._tick = asyncio.get_running_loop().call_later(
                min(delay, self._clock.longest_sleep_s), self._tick_when_due, due
            )

    def _tick_when_due(self, due: datetime) -> None:
        if self._clock.now() < due:
            self._schedule_tick()
            return
        self._tick = None
        self._put(_Asked(Tick(), None))
