"""In which order does a daemon start and stop? What was left open is settled first of all."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.commands import (
    Command,
    DefineInstruments,
    DisarmLive,
    DisconnectRoute,
    SetKillSwitch,
    StrategyState,
)
from tradebot.core.model.events import KillSwitchSet, StrategySwitched
from tradebot.core.session import Trigger
from tradebot.ports import Calendar
from tradebot.shell import clock_watch, reserve
from tradebot.shell.calendar import entry_at, follow
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import KILL_FILE, drop, lay_spare, lift, reason_in, stamp
from tradebot.shell.service import Service
from tradebot.shell.spine import Spine
from tradebot.shell.state import ASKED_TO_STOP, StateChanged
from tradebot.shell.supervisor import (
    CLOSE_WITHIN_S,
    Limits,
    Notice,
    Run,
    Supervisor,
    TaskFailed,
    within,
)
from tradebot.shell.told.telemetry import Telling
from tradebot.shell.vital_signs import VitalSigns

DRAIN_WITHIN_S: Final = 10.0
EXIT_CORE_FAILED: Final = 70
EXIT_FAILED: Final = 1
EXIT_SECOND_SIGNAL: Final = 130
QUARANTINE_FILE: Final = "QUARANTINE"  # names the strategy in whose call the process died


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a daemon is made of; built by the app, started and stopped here.

    `chores` are what runs beside trading, by name: each is started again when it fails. Those that
    are `early` run before anything is settled, and to the very end. `configure` makes the settings
    decide that it starts with, `reload` asks for others.
    """

    spine: Spine
    home: Path
    telling: Telling
    calendars: Mapping[str, Calendar]
    limits: Limits
    chores: Mapping[str, Run]
    configure: Callable[[], Awaitable[None]]
    reload: Callable[[], None]
    status: Callable[[], Mapping[str, Any]]
    status_every_s: Callable[[], float]
    until: datetime | None
    service: Service = field(default_factory=Service)
    early: Mapping[str, Run] = field(default_factory=dict)


class Daemon:
    """One run, from the first command to the exit code."""

    def __init__(self, parts: Parts) -> None:
        self.started = asyncio.Event()
        self.failure: str | None = None
        self._last_fault: str | None = None  # that stood when a rehearsal came to its end
        self._p = parts
        self._spine = spine = parts.spine
        self._supervisor = Supervisor(parts.limits, self._on_notice)
        self._stop = asyncio.Event()
        self._is_signalled = False
        self._latched = asyncio.Event()
        self._cleared: tuple[object, ...] = ()
        spine.engine.listeners.append(self._on_decision)
        spine.engine.arrivals.append(self._on_arrival)
        spine.state.listeners.append(self._on_state)

    def stop(self) -> None:
        """Ask for the end: `run` stops everything in order and returns."""
        self._stop.set()

    def bear(self, limits: Limits) -> None:
        """Let tasks fail as often as these say from now on."""
        self._supervisor.limits = limits

    def stop_on_signals(self) -> None:
        """Take signals over; only for a process that is nothing but this daemon.

        What kills, or ends at once, is no business of the loop, which may stand still: it is done
        between two steps of whatever runs instead.
        """
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGUSR1, lambda *_: self._spine.latch.set("SIGUSR1", "signal"))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, partial(self._on_signal, loop))
        loop.add_signal_handler(signal.SIGHUP, self._on_hangup)
        loop.set_exception_handler(self._on_loop_trouble)

    def on_stall(self) -> None:
        """Halt, from the watchdog's thread: the files speak for us if the call never returns."""
        name = self._spine.host.calling
        where = f"a call of strategy {name}" if name else "a call that is no strategy's"
        reason = f"everything waits for {where}"
        self._spine.latch.set(reason, "watchdog")
        self._leave_flag(reason)
        if name is not None:
            self._leave(QUARANTINE_FILE, name)
        self._say(f"STALLED: {reason}")

    async def run(self) -> int:
        """Run to the end, and return the exit code; `failure` says why it is not 0."""
        loop, latch = asyncio.get_running_loop(), self._spine.latch
        tell = partial(loop.call_soon_threadsafe, self._latched.set)
        latch.heard.append(tell)
        try:
            return await self._run()
        finally:
            latch.heard.remove(tell)

    async def _run(self) -> int:
        self._spine.state.move(Trigger.START, "start")
        self._supervisor.core("engine", self._spine.engine.run)
        if self._p.service.is_heard:
            signs = VitalSigns(self._p.service, self._spine, self._p.status, self._say)
            self._supervisor.core("vital signs", partial(signs.run, self.started))
        for name, run in self._p.early.items():
            self._supervisor.restartable(name, run)
        watch = asyncio.create_task(self._supervisor.watch(self._stop), name="watch")
        start = asyncio.create_task(self._start(), name="start")
        await asyncio.wait({watch, start}, return_when=asyncio.FIRST_COMPLETED)
        if not watch.done() and (error := start.exception()) is not None:
            self.failure = f"start failed: {type(error).__name__}: {error}"
            watch.cancel()
            await self._shut_down(None)
        else:
            self.failure = await watch
            start.cancel()
            await asyncio.wait({start}, timeout=CLOSE_WITHIN_S)
            await self._shut_down(self.failure)
        if self.failure is not None:
            self._say(f"STOPPED BY A FAILURE: {self.failure}")
            return EXIT_CORE_FAILED
        if self._last_fault is not None:
            self.failure = f"in ERROR to the end: {self._last_fault}"
            self._say(f"STOPPED {self.failure}")
            return EXIT_FAILED
        return 0

    async def _start(self) -> None:
        p, spine, tasks = self._p, self._spine, self._supervisor
        submit = spine.engine.submit
        await self._settle_kill_file()
        tasks.core("kill latch", self._follow_latch)
        for name, route in list(spine.engine.book.routes.items()):
            if route.is_up:
                await submit(DisconnectRoute(route=name, reason="restart"))
        await submit(DisarmLive(reason="every start begins disarmed", by="start"))
        await p.configure()
        await submit(DefineInstruments(instruments=tuple(spine.market.instruments())))
        await self._settle_quarantine()
        for name, calendar in p.calendars.items():
            await submit(entry_at(calendar, spine.clock.now()))
            tasks.core(f"calendar {name}", partial(self._follow, calendar))
        for link in spine.links:
            tasks.restartable(f"route {link.route}", link.run, link.was_good)
        for link in spine.links:
            await link.tried  # one that is away is tried again; intents wait for it
        spine.state.follow_calendar("recovered")
        if spine.state.auto_start:
            spine.host.start()
        tasks.restartable("market data", spine.market.run)
        if spine.option_feed is not None:
            tasks.restartable("option facts", spine.option_feed.run)
        for name, run in p.chores.items():
            tasks.restartable(name, run)
        if p.until is None:
            watch = partial(clock_watch.watch, spine.clock, spine.engine, spine.facts)
            tasks.core("clock watch", watch)
        tasks.restartable("flattener", spine.flattener.run)
        tasks.core("reconciliation", spine.reconciler.run)
        tasks.core("status line", self._tell_status)
        for name in spine.host.timed:
            tasks.core(f"timer of {name}", partial(spine.host.keep_time, name))
        if p.until is not None:
            tasks.core("end of rehearsal", self._end_at_until)
        p.service.ready()
        self.started.set()

    async def _follow(self, calendar: Calendar) -> None:
        """Follow to the end of what the calendar knows; from there on its markets stay closed."""
        await follow(calendar, self._spine.clock, self._spine.engine.submit)
        since = f"{calendar.known_until:%Y-%m-%d}"
        reason = f"{calendar.name} knows no day from {since} on: update tradebot"
        self._say(reason)
        if calendar.name == self._spine.settings.primary_calendar:
            self._spine.state.fail(calendar.name, reason)
        await asyncio.Event().wait()

    async def _shut_down(self, fallen: str | None) -> None:
        """Stop in order: no new orders, calls in flight within a bound, then everything else.

        `fallen` says why a core task died: then nothing more is decided, and trading is halted.
        """
        p, spine = self._p, self._spine
        p.service.stopping()
        spine.state.move(Trigger.STOP, self.failure or ASKED_TO_STOP)
        spine.host.stop()
        if fallen is not None:
            await self._halt_without_journal(fallen)
        await self._supervisor.close("api", "api over tcp", "market data")
        drained = await asyncio.gather(*(link.drain(DRAIN_WITHIN_S) for link in spine.links))
        for link, is_drained in zip(spine.links, drained, strict=True):
            if not is_drained:
                self._say(f"route {link.route}: calls still in flight")
        if fallen is None and await within(DRAIN_WITHIN_S, spine.engine.drain) is not None:
            self._say("commands still waiting were left undecided")
        await self._supervisor.close()
        for trouble in await asyncio.gather(
            *(within(CLOSE_WITHIN_S, link.disconnect) for link in spine.links)
        ):
            if trouble is not None:
                self._say(f"a broker was left without goodbye: {trouble}")
        spine.state.move(Trigger.END, "stopped")
        p.telling.status(spine.clock.now(), p.status())

    async def _halt_without_journal(self, failure: str) -> None:
        """Cancels may precede their line when the journal is gone; the next start is halted."""
        self._spine.latch.set(failure)
        reserve.give_up(self._p.home)
        self._leave_flag(failure)
        await asyncio.gather(*(link.cancel_all_unrecorded() for link in self._spine.links))

    async def _settle_kill_file(self) -> None:
        """A kill file, or a kill of the last life, latches before anything else happens."""
        home, spine = self._p.home, self._spine
        if spine.engine.book.kill_reason is not None:
            spine.latch.set(spine.engine.book.kill_reason, "the last life")
            spine.state.move(Trigger.HALT, f"kill switch: {spine.engine.book.kill_reason}")
        if (reason := reason_in(home / KILL_FILE)) is None:
            lay_spare(home)
            return
        spine.latch.set(reason, "kill file")
        await spine.engine.submit(SetKillSwitch(engaged=True, reason=reason, by="kill file"))

    async def _settle_quarantine(self) -> None:
        """Disable the strategy in whose call the last life ended, before anyone calls it again."""
        path = self._p.home / QUARANTINE_FILE
        if path.exists():
            name = path.read_text(encoding="utf-8", errors="replace").strip()
            await self._spine.engine.submit(StrategyState(
                strategy_id=name, enabled=False, reason="a call of it never came back"
            ))
            path.unlink(missing_ok=True)

    def _leave(self, name: str, text: str) -> None:
        """Leave a file for whoever comes next: a later turn of this process, or the next one."""
        try:
            (self._p.home / name).write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            self._say(f"{name} file not written: {error}")

    def _leave_flag(self, reason: str) -> None:
        try:
            drop(self._p.home, reason)
        except OSError as error:
            self._say(f"{KILL_FILE} file not written: {error}")

    async def _follow_latch(self) -> None:
        """Do what a kill asks for besides the latch, however that was set."""
        while True:
            await self._latched.wait()
            self._latched.clear()
            await self._record_kill()

    async def _record_kill(self) -> None:
        latch = self._spine.latch
        if latch.reason is not None and self._spine.engine.book.kill_reason is None:
            await self._spine.engine.submit(
                SetKillSwitch(engaged=True, reason=latch.reason, by=latch.by)
            )

    async def _tell_status(self) -> None:
        while True:
            self._p.telling.status(self._spine.clock.now(), self._p.status())
            await asyncio.sleep(self._p.status_every_s())

    async def _end_at_until(self) -> None:
        assert self._p.until is not None
        left = (self._p.until - self._spine.clock.now()).total_seconds()
        await asyncio.sleep(max(0.0, left))
        self._last_fault = self._spine.state.fault
        self._stop.set()
        await asyncio.Event().wait()

    def _on_signal(self, loop: asyncio.AbstractEventLoop, number: int, *_: object) -> None:
        if self._is_signalled or self._stop.is_set():
            os._exit(EXIT_SECOND_SIGNAL)  # the second one leaves at once; the next start recovers
        self._is_signalled = True
        loop.call_soon_threadsafe(self._stop_for, signal.Signals(number))

    def _on_hangup(self) -> None:
        self._say("SIGHUP: the configuration is read anew")
        self._p.reload()

    def _stop_for(self, number: signal.Signals) -> None:
        self._say(f"{number.name}: stopping")
        self._stop.set()

    def _on_loop_trouble(
        self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]
    ) -> None:
        """Tell it where it holds nobody up: left to itself the loop waits for whoever reads it."""
        self._say(f"event loop: {context['message']}: {context.get('exception')!r}")

    def _on_decision(self, decision: Decision) -> None:
        for event in decision.events:
            if isinstance(event, KillSwitchSet) and not event.engaged:
                self._clear_latch()
            if isinstance(event, StrategySwitched) and not event.enabled:
                (self._p.home / QUARANTINE_FILE).unlink(missing_ok=True)

    def _on_arrival(self, command: Command) -> None:
        if isinstance(command, SetKillSwitch) and not command.engaged:
            self._cleared = self._kills()

    def _clear_latch(self) -> None:
        """Let a durable clearing open what it was meant for, and no kill that came after it."""
        if self._cleared != self._kills():
            self._latched.set()
        elif self._spine.engine.book.kill_reason is None:
            lift(self._p.home)
            self._spine.latch.clear()

    def _kills(self) -> tuple[object, ...]:
        return self._spine.latch.sets, stamp(self._p.home)

    def _on_notice(self, notice: Notice) -> None:
        """Tell what became of a supervised task."""
        if isinstance(notice, TaskFailed):
            rest = "given up until the cooldown ends" if notice.given_up else "starts again"
            self._say(f"task {notice.name} failed: {notice.reason}; {rest}")
        else:
            self._say(f"task {notice.name} runs again")
        self._spine.state.on_notice(notice)

    def _on_state(self, change: StateChanged) -> None:
        self._p.telling.line(
            change.at, f"state {change.before} -> {change.after}: {change.reason}"
        )
        self._p.service.status(f"{change.after}: {change.reason}")

    def _say(self, text: str) -> None:
        self._p.telling.line(self._spine.clock.now(), text)
