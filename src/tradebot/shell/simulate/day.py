"""What happens on one simulated day? Trouble first, then calm in which everything must agree."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from tradebot.core.book.book import Book
from tradebot.core.model.commands import BreakerState
from tradebot.core.model.fact import fact
from tradebot.core.model.settings import Loosen, Mode, Promotion, Settings
from tradebot.core.model.window import PromotionWindow
from tradebot.shell.collector import uncollected
from tradebot.shell.journal.place import segment_path
from tradebot.shell.reconcile import IDLE_TURNS
from tradebot.shell.simulate.broker import ROUTE
from tradebot.shell.simulate.chance import Chance
from tradebot.shell.simulate.disk import Platter
from tradebot.shell.simulate.faults import Faults
from tradebot.shell.simulate.loop import ShuffledLoop, Stuck
from tradebot.shell.simulate.market import PRIMARY, SimCalendar, session_of
from tradebot.shell.simulate.people import SIMPLE, People
from tradebot.shell.simulate.process import SimProcess, owned_task
from tradebot.shell.simulate.referee import Violation
from tradebot.shell.simulate.world import JOURNAL, OPENS, SETTINGS, Scene, World, surround

CALM_S: Final = 60.0
_LOOK_EVERY_S: Final = 1.0
_LONG_S: Final = 7200.0
_REDECIDE_EVERY: Final = 5


@fact
class DayResult:
    """What one seed came to; `digest` names the journal's bytes."""

    seed: int
    violations: tuple[Violation, ...]
    faults: Mapping[str, int]
    counts: Mapping[str, int]
    journal: bytes


def play(seed: int, home: Path) -> DayResult:
    """Play the day of one seed, the same every time."""
    for left in home.iterdir():
        left.unlink()
    chance = Chance(seed)
    world = _world(seed, chance, ShuffledLoop(chance), home)
    people = People(world)
    day = Day(world, people)
    try:
        day.live(people.trade(chance.between("trouble", 60, 180)))
        if not seed % _REDECIDE_EVERY:
            world.referee.redecide()
        counts = Counter(world.referee.count)
        counts["crashes"] = day.crashes
        counts["fills"] = sum(len(venue.history) for venue in world.venues.values())
        return DayResult(
            seed=seed, violations=tuple(world.referee.violations), faults=dict(world.faults.fired),
            counts=dict(counts), journal=_journal(world.platter),
        )
    finally:
        day.close()


class Day:
    """Keeps a process running through the trouble, and looks whether all ends well."""

    def __init__(self, world: World, people: People) -> None:
        self.crashes = 0
        self._world = world
        self._people = people
        self._is_over = False

    def live(self, trouble: Coroutine[Any, Any, None]) -> None:
        """Live through it to the end, on the world's own loop."""
        loop = self._world.loop
        loop.set_task_factory(owned_task)
        try:
            asyncio.set_event_loop(loop)
            with uncollected():
                loop.run_until_complete(self._run(trouble))
        except Stuck as stuck:
            self._world.referee.broken(8, str(stuck))
        finally:
            asyncio.set_event_loop(None)

    def close(self) -> None:
        """Let what was killed last come to its end; nobody looks on any more."""
        loop = self._world.loop
        loop.set_exception_handler(lambda loop, told: None)
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        with suppress(Stuck):
            if left:
                loop.run_until_complete(asyncio.wait(left, timeout=CALM_S))
        loop.close()

    async def _run(self, trouble: Coroutine[Any, Any, None]) -> None:
        world, loop = self._world, asyncio.get_running_loop()
        loop.set_exception_handler(self._on_trouble)
        operator = asyncio.create_task(self._keep_running(), name="operator")
        await self._unless_broken(asyncio.create_task(trouble, name="people"))
        world.faults.is_on = False
        if not world.referee.violations:
            await self._unless_broken(asyncio.create_task(self._calm(), name="calm"))
        self._is_over = True
        process = self._people.process
        if process is not None and not process.is_dead:
            process.stop()
            await process.ended.wait()
        operator.cancel()

    async def _unless_broken(self, task: "asyncio.Task[None]") -> None:
        """Let a phase go on to its end, or to the first violation."""
        while not task.done() and not self._world.referee.violations:
            await asyncio.wait({task}, timeout=_LOOK_EVERY_S)
            process = self._people.process
            if process is not None and process.is_up and process.engine is not None:
                self._world.referee.on_bounds(process.engine.waiting, process.tasks)
        if task.done():
            task.result()
        else:
            task.cancel()

    async def _keep_running(self) -> None:
        """Start a process, and another one wherever it ends before the day does."""
        world, chance = self._world, self._world.chance
        while not self._is_over:
            process = self._people.process = SimProcess(world)
            process.start()
            self._kill_somewhere(process)
            await process.ended.wait()
            world.loop.before_turn = lambda turn: None
            if self._is_over:
                return
            world.referee.count["failures"] += bool(process.exit_code)
            if process.exit_code and not process.is_of_the_disk:
                world.referee.broken(7, process.failure)
            if process.exit_code is None or world.chance.happens("machine dies too", .3):
                self.crashes += 1
                if world.faults.hit("power_cut"):
                    world.platter.cut_power()
            if "JournalDamaged" in process.failure:
                world.referee.broken(9, process.failure)
                return
            await asyncio.sleep(chance.between("down for", .05, 5))

    def _kill_somewhere(self, process: SimProcess) -> None:
        """Choose a turn of the loop at which the process dies, now or soon, or none."""
        world, here = self._world, self._world.loop.turns
        if world.faults.hit("kill_in_recovery"):
            world.loop.before_turn = _killer(
                process, here + world.chance.below("turn", 60), "kill_in_recovery"
            )
        elif world.faults.hit("kill_anywhere"):
            world.loop.before_turn = _killer(
                process, here + world.chance.below("turn", 4000), "kill_anywhere"
            )

    async def _calm(self) -> None:
        """Nothing goes wrong any more: book and venue must agree within a minute.

        An outage that began before is trouble until it ends, and so is a breaker that it opened
        until its probe: the minute counts from there.
        While no market is open that is traded, the daemon looks seldom, and has longer.
        """
        people, loop = self._people, asyncio.get_running_loop()
        idle_s = IDLE_TURNS * self._world.scene.reconcile.every_s
        began, limit_s, why = loop.time(), CALM_S, "no process came up"
        while loop.time() < began + limit_s:
            await asyncio.sleep(_LOOK_EVERY_S)
            if any(venue.is_away for venue in self._world.venues.values()):
                began = loop.time()
            process = people.process
            if process is None or not process.is_up or process.engine is None:
                continue
            if _is_cooling(process.engine.book):
                began = loop.time()
            if process.engine.book.kill_reason is not None:
                await people.clear_kill()
            limit_s = CALM_S + (idle_s if process.engine.book.is_idle else 0)
            if process.engine.waiting["unpublished"]:  # for ever, of one that dies meanwhile
                why = "not all that was decided is told"
                continue
            differs = self._world.referee.disagreement(process.engine.book)
            if differs is None:
                self._world.referee.judge()
                return
            why = differs
        self._world.referee.broken(8, f"after {limit_s:.0f} s of calm: {why}")

    def _on_trouble(self, loop: asyncio.AbstractEventLoop, told: Mapping[str, object]) -> None:
        """An error that nobody took: only the dead may leave one."""
        process = self._people.process
        if process is not None and not process.is_dead:
            self._world.referee.broken(7, f"{told.get('message')}: {told.get('exception')!r}")


def _is_cooling(book: Book) -> bool:
    """Tell whether a route is connected, and its breaker lets nothing through for a while."""
    return any(r.is_up and r.breaker is BreakerState.OPEN for r in book.routes.values())


def _killer(process: SimProcess, at: int, by: str) -> Callable[[int], None]:
    def look(turn: int) -> None:
        if turn >= at:
            process.kill(by)

    return look


def _world(seed: int, chance: Chance, loop: ShuffledLoop, home: Path) -> World:
    """One long session, or a short one and another after a pause."""
    faults, closes = Faults(chance), _LONG_S
    sessions = []
    if is_short := faults.hit("early_close"):
        closes = chance.between("closes", 20, 150)
        again = closes + chance.between("closed for", 5, 30)
        sessions.append(session_of(OPENS + timedelta(seconds=again), _LONG_S, 1))
    sessions.insert(0, session_of(OPENS, closes, 0))
    scene = Scene(calendars={PRIMARY: SimCalendar(sessions)}, settings=_rules(chance))
    world = surround(
        scene, chance, faults, loop, home=home,
        proves_absence=chance.happens("proves absence", .3),
        remembers_ids=chance.happens("remembers ids", .4),
        segment_bytes=chance.pick("segment", (8_000, 60_000, 1 << 26)),
    )
    for venue in world.venues.values() if is_short else ():
        loop.call_later(closes, venue.close)
        loop.call_later(again, venue.open)
    return world


def _rules(chance: Chance) -> Settings:
    """Choose who lets orders go, and where to."""
    ask = chance.happens("consent", .3)
    return replace(
        SETTINGS,
        routes=(ROUTE, "spare") if chance.happens("two routes", .3) else (ROUTE,),
        mode=Mode.LIVE if chance.happens("live", .2) else Mode.PAPER,
        promotion=chance.pick("promotion", tuple(Promotion)) if ask else Promotion.DISABLED,
        windows=(PromotionWindow(name="soon", starts="open+1m", ends="open+2m"),),
        eligible=(SIMPLE,), loosen=chance.pick("loosen", (*Loosen, *[Loosen.APPROVED] * 2)),
    )


def _journal(platter: Platter) -> bytes:
    """Return what of the journal is durable."""
    kept, number = b"", 1
    while part := platter.kept(segment_path(JOURNAL, number)):
        kept, number = kept + part, number + 1
    return kept
