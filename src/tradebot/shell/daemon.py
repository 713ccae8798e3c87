"""In which order does a daemon start and stop? What was left open is settled first of all."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.commands import (
    ActivateSettings,
    Command,
    DefineInstruments,
    DisarmLive,
    DisconnectRoute,
    SetKillSwitch,
    StrategyState,
)
from tradebot.core.model.events import KillSwitchSet, StrategySwitched
from tradebot.core.model.settings import Settings
from tradebot.core.session import Trigger
from tradebot.ports import Calendar, Clock, MarketData
from tradebot.shell import clock_watch, reserve
from tradebot.shell.calendar import entry_at, follow
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache
from tradebot.shell.journal.decision import Decision
from tradebot.shell.kill_flag import KILL_FILE, Latch, drop, lay_spare, lift, reason_in, stamp
from tradebot.shell.reconcile import Reconciler
from tradebot.shell.shadow import Shadow
from tradebot.shell.state import DaemonState, StateChanged
from tradebot.shell.strategies.host import StrategyHost
from tradebot.shell.supervisor import CLOSE_WITHIN_S, Notice, Supervisor, TaskFailed, within
from tradebot.shell.told.telemetry import Telling
from tradebot.shell.wire.link import Link

DRAIN_WITHIN_S: Final = 10.0
EXIT_CORE_FAILED: Final = 70
EXIT_FAILED: Final = 1
EXIT_SECOND_SIGNAL: Final = 130
QUARANTINE_FILE: Final = "QUARANTINE"  # names the strategy in whose call the process died


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything a daemon is made of; built by the app, started and stopped here."""

    home: Path
    clock: Clock
    engine: Engine
    facts: FactCache
    latch: Latch
    state: DaemonState
    supervisor: Supervisor
    telling: Telling
    market: MarketData
    links: Sequence[Link]
    host: StrategyHost
    calendars: Mapping[str, Calendar]
    serve: Callable[[], Awaitable[None]]
    status: Callable[[], Mapping[str, Any]]
    look_after: Callable[[], Awaitable[None]]
    settings: Settings
    settings_version: str
    auto_start: bool
    status_every_s: float
    until: datetime | None
    shadows: Sequence[Shadow] = ()
    keep_drafts: Callable[[], Awaitable[None]]
    keep_journal: Callable[[], Awaitable[None]]
    reconciler: Reconciler
    flatten: Callable[[], Awaitable[None]]


class Daemon:
    """One run, from the first command to the exit code."""

    def __init__(self, parts: Parts) -> None:
        self.started = asyncio.Event()
        self.failure: str | None = None
        self._last_fault: str | None = None  # that stood when a rehearsal came to its end
        self._p = parts
        self._stop = asyncio.Event()
        self._is_signalled = False
        self._latched = asyncio.Event()
        self._cleared: tuple[object, ...] = ()
        parts.engine.listeners.append(self._on_decision)
        parts.engine.arrivals.append(self._on_arrival)
        parts.state.listeners.append(self._on_state)

    def stop(self) -> None:
        """Ask for the end: `run` stops everything in order and returns."""
        self._stop.set()

    def stop_on_signals(self) -> None:
        """Take signals over; only for a process that is nothing but this daemon.

        What kills, or ends at once, is no business of the loop, which may stand still: it is done
        between two steps of whatever runs instead.
        """
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGUSR1, lambda *_: self._p.latch.set("SIGUSR1", "signal"))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, partial(self._on_signal, loop))
        loop.add_signal_handler(signal.SIGHUP, self._say, "SIGHUP: settings are read at a start")
        loop.set_exception_handler(self._on_loop_trouble)

    def on_stall(self) -> None:
        """Halt, from the watchdog's thread: the files speak for us if the call never returns."""
        p, name = self._p, self._p.host.calling
        where = f"a call of strategy {name}" if name else "a call that is no strategy's"
        reason = f"everything waits for {where}"
        p.latch.set(reason, "watchdog")
        self._leave_flag(reason)
        if name is not None:
            self._leave(QUARANTINE_FILE, name)
        self._say(f"STALLED: {reason}")

    async def run(self) -> int:
        """Run to the end, and return the exit code; `failure` says why it is not 0."""
        loop, latch = asyncio.get_running_loop(), self._p.latch
        tell = partial(loop.call_soon_threadsafe, self._latched.set)
        latch.heard.append(tell)
        try:
            return await self._run()
        finally:
            latch.heard.remove(tell)

    async def _run(self) -> int:
        self._p.state.move(Trigger.START, "start")
        self._p.supervisor.core("engine", self._p.engine.run)
        watch = asyncio.create_task(self._p.supervisor.watch(self._stop), name="watch")
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
        p, submit = self._p, self._p.engine.submit
        await self._settle_kill_file()
        p.supervisor.core("kill latch", self._follow_latch)
        for name, route in list(p.engine.book.routes.items()):
            if route.is_up:
                await submit(DisconnectRoute(route=name, reason="restart"))
        await submit(DisarmLive(reason="every start begins disarmed", by="start"))
        await submit(ActivateSettings(settings=p.settings, version=p.settings_version))
        await submit(DefineInstruments(instruments=tuple(p.market.instruments())))
        await self._settle_quarantine()
        for name, calendar in p.calendars.items():
            await submit(entry_at(calendar, p.clock.now()))
            p.supervisor.core(f"calendar {name}", partial(self._follow, calendar))
        for link in p.links:
            p.supervisor.restartable(f"route {link.route}", link.run, link.was_good)
        for link in p.links:
            await link.tried  # one that is away is tried again; intents wait for it
        for shadow in p.shadows:
            p.supervisor.restartable(f"shadow {shadow.route}", shadow.run)
        p.state.follow_calendar("recovered")
        if p.auto_start:
            p.host.start()
        p.supervisor.restartable("market data", p.market.run)
        p.supervisor.restartable("api", p.serve)
        p.supervisor.restartable("health", p.look_after)
        p.supervisor.restartable("drafts", p.keep_drafts)
        if p.until is None:
            p.supervisor.restartable("journal keeper", p.keep_journal)
            watch = partial(clock_watch.watch, p.clock, p.engine, p.facts)
            p.supervisor.core("clock watch", watch)
        p.supervisor.restartable("flattener", p.flatten)
        p.supervisor.core("reconciliation", p.reconciler.run)
        p.supervisor.core("status line", self._tell_status)
        for name in p.host.timed:
            p.supervisor.core(f"timer of {name}", partial(p.host.keep_time, name))
        if p.until is not None:
            p.supervisor.core("end of rehearsal", self._end_at_until)
        self.started.set()

    async def _follow(self, calendar: Calendar) -> None:
        """Follow to the end of what the calendar knows; from there on its markets stay closed."""
        await follow(calendar, self._p.clock, self._p.engine.submit)
        since = f"{calendar.known_until:%Y-%m-%d}"
        reason = f"{calendar.name} knows no day from {since} on: update tradebot"
        self._say(reason)
        if calendar.name == self._p.settings.primary_calendar:
            self._p.state.fail(calendar.name, reason)
        await asyncio.Event().wait()

    async def _shut_down(self, fallen: str | None) -> None:
        """Stop in order: no new orders, calls in flight within a bound, then everything else.

        `fallen` says why a core task died: then nothing more is decided, and trading is halted.
        """
        p = self._p
        p.state.move(Trigger.STOP, self.failure or "asked to stop")
        p.host.stop()
        if fallen is not None:
            await self._halt_without_journal(fallen)
        await p.supervisor.close("api", "market data")
        drained = await asyncio.gather(*(link.drain(DRAIN_WITHIN_S) for link in p.links))
        for link, is_drained in zip(p.links, drained, strict=True):
            if not is_drained:
                self._say(f"route {link.route}: calls still in flight")
        if fallen is None and await within(DRAIN_WITHIN_S, p.engine.drain) is not None:
            self._say("commands still waiting were left undecided")
        await p.supervisor.close()
        for trouble in await asyncio.gather(
            *(within(CLOSE_WITHIN_S, link.disconnect) for link in p.links)
        ):
            if trouble is not None:
                self._say(f"a broker was left without goodbye: {trouble}")
        p.state.move(Trigger.END, "stopped")
        p.telling.status(p.clock.now(), p.status())

    async def _halt_without_journal(self, failure: str) -> None:
        """Cancels may precede their line when the journal is gone; the next start is halted."""
        self._p.latch.set(failure)
        reserve.give_up(self._p.home)
        self._leave_flag(failure)
        await asyncio.gather(*(link.cancel_all_unrecorded() for link in self._p.links))

    async def _settle_kill_file(self) -> None:
        """A kill file, or a kill of the last life, latches before anything else happens."""
        p = self._p
        if p.engine.book.kill_reason is not None:
            p.latch.set(p.engine.book.kill_reason, "the last life")
            p.state.move(Trigger.HALT, f"kill switch: {p.engine.book.kill_reason}")
        if (reason := reason_in(p.home / KILL_FILE)) is None:
            lay_spare(p.home)
            return
        p.latch.set(reason, "kill file")
        await p.engine.submit(SetKillSwitch(engaged=True, reason=reason, by="kill file"))

    async def _settle_quarantine(self) -> None:
        """Disable the strategy in whose call the last life ended, before anyone calls it again."""
        path = self._p.home / QUARANTINE_FILE
        if path.exists():
            name = path.read_text(encoding="utf-8", errors="replace").strip()
            await self._p.engine.submit(StrategyState(
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
        latch = self._p.latch
        if latch.reason is not None and self._p.engine.book.kill_reason is None:
            await self._p.engine.submit(
                SetKillSwitch(engaged=True, reason=latch.reason, by=latch.by)
            )

    async def _tell_status(self) -> None:
        while True:
            self._p.telling.status(self._p.clock.now(), self._p.status())
            await asyncio.sleep(self._p.status_every_s)

    async def _end_at_until(self) -> None:
        assert self._p.until is not None
        left = (self._p.until - self._p.clock.now()).total_seconds()
        await asyncio.sleep(max(0.0, left))
        self._last_fault = self._p.state.fault
        self._stop.set()
        await asyncio.Event().wait()

    def _on_signal(self, loop: asyncio.AbstractEventLoop, number: int, *_: object) -> None:
        if self._is_signalled or self._stop.is_set():
            os._exit(EXIT_SECOND_SIGNAL)  # the second one leaves at once; the next start recovers
        self._is_signalled = True
        loop.call_soon_threadsafe(self._stop_for, signal.Signals(number))

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
        elif self._p.engine.book.kill_reason is None:
            lift(self._p.home)
            self._p.latch.clear()

    def _kills(self) -> tuple[object, ...]:
        return self._p.latch.sets, stamp(self._p.home)

    def _on_state(self, change: StateChanged) -> None:
        self._p.telling.line(
            change.at, f"state {change.before} -> {change.after}: {change.reason}"
        )

    def _say(self, text: str) -> None:
        self._p.telling.line(self._p.clock.now(), text)


def on_notice(telling: Telling, clock: Clock, notice: Notice) -> None:
    """Tell what became of a supervised task."""
    if isinstance(notice, TaskFailed):
        rest = "given up until the cooldown ends" if notice.given_up else "starts again"
        text = f"task {notice.name} failed: {notice.reason}; {rest}"
    else:
        text = f"task {notice.name} runs again"
    telling.line(clock.now(), text)
