"""How does one process of the daemon live and die? The real daemon, on the simulated world."""

import asyncio
import weakref
from collections.abc import Sequence
from contextvars import ContextVar, copy_context
from functools import partial
from io import StringIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from tradebot.core.book.book import Book
from tradebot.core.gates.routes import KIND_OF_MODE
from tradebot.core.model.commands import AcceptConfig
from tradebot.core.model.settings import RouteKind
from tradebot.shell.daemon import Daemon, Parts
from tradebot.shell.engine import Engine
from tradebot.shell.journal.damage import JournalDamaged, JournalFailed
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.kill_flag import Latch
from tradebot.shell.preserve import copied
from tradebot.shell.simulate.broker import SimBroker, Watch
from tradebot.shell.simulate.disk import Killed, SimDisk
from tradebot.shell.simulate.market import SimMarket
from tradebot.shell.simulate.world import JOURNAL, World
from tradebot.shell.spine import Spine, Way
from tradebot.shell.supervisor import Limits
from tradebot.shell.told.telemetry import Console

_RUNNING: Final[ContextVar["SimProcess | None"]] = ContextVar("process", default=None)


class SimProcess:
    """The daemon from its start to its end: asked to stop, stopped by a failure, or killed."""

    def __init__(self, world: World) -> None:
        self.is_dead = False
        self.killed_by = ""
        self.exit_code: int | None = None
        self.failure = ""
        self.ended = asyncio.Event()
        self.daemon: Daemon | None = None
        self.engine: Engine | None = None
        self.latch = Latch()
        self._world = world
        self._tasks: list[weakref.ref[asyncio.Task[Any]]] = []

    @property
    def is_up(self) -> bool:
        return not self.is_dead and self.daemon is not None and self.daemon.started.is_set()

    @property
    def is_of_the_disk(self) -> bool:
        """Tell whether it was the journal's failure that ended it."""
        return "Journal" in self.failure or "Errno" in self.failure

    @property
    def tasks(self) -> int:
        """Count what runs."""
        self._tasks = [known for known in self._tasks if known() is not None]
        return len(self._tasks)

    def start(self) -> None:
        context = copy_context()
        context.run(_RUNNING.set, self)
        task = asyncio.get_running_loop().create_task(
            self._live(), name="process", context=context
        )
        task.add_done_callback(self._ended)

    def owns(self, task: "asyncio.Task[Any]") -> None:
        if self.is_dead:
            task.cancel()
        self._tasks.append(weakref.ref(task))

    def stop(self) -> None:
        """Ask it to end."""
        if self.daemon is not None and not self.is_dead:
            self.daemon.stop()

    def signal(self, by: str) -> None:
        """Kill as a signal does: the latch, and nothing else, is set between two steps."""
        if self.is_up:
            self.latch.set(by, "signal")

    def kill(self, by: str) -> None:
        """End it here and now: nothing that it still runs touches the world."""
        if self.is_dead:
            return
        self.is_dead, self.killed_by = True, by
        for known in self._tasks:
            task = known()
            if task is not None and not task.done():
                task.cancel()
        self.ended.set()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._world.referee.broken(7, f"the process broke: {error!r}")

    async def _live(self) -> None:
        try:
            self.exit_code = await self._run()
        except Killed:
            return
        except (JournalFailed, JournalDamaged, OSError) as error:
            self.exit_code, self.failure = 70, f"{type(error).__name__}: {error}"
        finally:
            if not self.is_dead:
                self.is_dead = True
                self.ended.set()

    async def _run(self) -> int:
        world = self._world
        disk = SimDisk(world.platter, self, world.chance, world.faults)
        past: list[Decision] = []
        journal = Journal.open(
            JOURNAL, code="1", settings_hash="sim", threaded=False, disk=disk, prewrite=False,
            segment_bytes=world.segment_bytes, take=past.append,
        )
        writing = Writing(journal, world)
        view = Book()
        for decision in past:
            view.fold(decision.at, decision.events)
        world.referee.on_start(past, view)
        spine = _spine(world, self, view, writing, past)
        self.engine, self.daemon = spine.engine, Daemon(_parts(world, spine))
        writer = asyncio.create_task(writing.run(), name="journal writer")
        try:
            code = await self.daemon.run()
            self.failure = self.daemon.failure or ""
        finally:
            writer.cancel()
        journal.close()
        if code == 0:
            world.referee.on_clean_end(view, journal)
        return code


class Writing:
    """The journal's thread, as a task: it commits what waits when the last sync has returned."""

    def __init__(self, journal: Journal, world: World) -> None:
        self._journal = journal
        self._chance = world.chance
        self._faults = world.faults
        self._waiting: list[tuple[Sequence[Decision], asyncio.Future[None]]] = []
        self._wake = asyncio.Event()

    def append(self, decisions: Sequence[Decision]) -> "asyncio.Future[None]":
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((decisions, future))
        self._wake.set()
        return future

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            taken, self._waiting = self._waiting, []
            is_slow = self._faults.hit("slow_sync")
            await asyncio.sleep(self._chance.between("sync", .0005, 4 if is_slow else .003))
            try:
                self._journal.write([decision for batch, _ in taken for decision in batch])
            except JournalFailed as error:
                for _, future in taken:
                    future.set_exception(error)
                    future.exception()  # the engine stops for the first of several
                continue
            for _, future in taken:
                if not future.done():
                    future.set_result(None)


def _spine(
    world: World, process: SimProcess, view: Book, writing: Writing, past: Sequence[Decision]
) -> Spine:
    """Join what the daemon joins, between simulated ends."""
    chance, faults, clock, scene = world.chance, world.faults, world.clock, world.scene
    primary, kind = scene.settings.primary_calendar, KIND_OF_MODE[scene.settings.mode]
    watch = Watch(before_send=partial(world.referee.before_send, clock, process.latch))
    market = SimMarket(world.prices, chance, faults, clock, primary=primary)
    spine = Spine(
        book=copied(view), view=view, journal=writing, clock=clock, latch=process.latch,
        last_seq=past[-1].seq if past else 0, last_heard=past[-1].at if past else None,
        market=market, way=lambda route: Way(kind, SimBroker(
            route, world.venues[route], process, chance, faults, when=clock.at, watch=watch,
            proves_absence=world.proves_absence, remembers_ids=world.remembers_ids,
            real_money=kind is RouteKind.LIVE,
        ), scene.patience),
        settings=scene.settings, auto_start=True, reconcile=scene.reconcile, mark_every_s=5.0,
    )
    scene.equip(spine.host, view, market, clock)
    spine.listen(
        lambda decision: view.fold(decision.at, decision.events),
        lambda decision: world.referee.on_published(decision, view),
    )
    return spine


def _parts(world: World, spine: Spine) -> Parts:
    """Have nobody look on."""
    return Parts(
        spine=spine, home=world.home, calendars=world.scene.calendars, until=None,
        telling=Console(StringIO(), ZoneInfo("UTC"), is_terminal=False),
        limits=Limits(max_restarts=5, initial_backoff_s=1.0, cooldown_s=30.0),
        chores=dict.fromkeys(("api", "health", "drafts", "journal keeper"), _nothing),
        status=dict, status_every_s=lambda: 60.0, reload=_nobody,
        configure=partial(_configure, world, spine),
    )


async def _configure(world: World, spine: Spine) -> None:
    """Start with the day's own settings: what of them is looser than those of the last life waits.
    """
    await spine.engine.submit(AcceptConfig(
        settings=world.scene.settings, version="sim", hash="sim", by="start", source="start"
    ))


def _nobody() -> None:
    """Nobody sends a hangup."""


async def _nothing() -> None:
    await asyncio.Event().wait()


def owned_task(
    loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any
) -> "asyncio.Task[Any]":
    """Make a task that its process owns, so that it dies with it."""
    task = asyncio.Task(coroutine, loop=loop, **more)
    context = more.get("context")
    process = context.get(_RUNNING) if context is not None else _RUNNING.get()
    if process is not None:
        process.owns(task)
    return task
