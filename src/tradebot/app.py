"""How does the daemon come together? The only file that knows every concrete class."""

import asyncio
import faulthandler
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO

from tradebot.ports import Calendar, Clock, MarketData
from tradebot.shell import (
    observers,
    own_directory,
    recovery,
    rehearsal,
    reserve,
    stand_in,
    standing,
)
from tradebot.shell.api.alert_routes import alert_routes
from tradebot.shell.api.figure_routes import figure_routes
from tradebot.shell.api.route import ApiRoute
from tradebot.shell.api.routes import usual_routes
from tradebot.shell.api.sockets import Sockets
from tradebot.shell.api.stream_routes import Followers
from tradebot.shell.calendar import build_calendars
from tradebot.shell.collector import collect_seldom
from tradebot.shell.config_watch import chores_of
from tradebot.shell.daemon import Daemon, Parts
from tradebot.shell.desk.desk import OptionsDesk
from tradebot.shell.desk.reading import Reader
from tradebot.shell.engine import Engine, Listener
from tradebot.shell.health import Health, Patient
from tradebot.shell.hot import Hot
from tradebot.shell.journal.damage import JournalFailed
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.lock import DataDirLock
from tradebot.shell.keeper import Keeper
from tradebot.shell.kill_flag import FlagWatch, Latch, drop
from tradebot.shell.metrics.exposition import Exposition
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.build import open_channels
from tradebot.shell.notify.history import AlertHistory
from tradebot.shell.notify.reporter import Reporter
from tradebot.shell.notify.unasked import unasked
from tradebot.shell.reconcile import Reconciler
from tradebot.shell.recovery import Past
from tradebot.shell.reload import Reloader, ReloadParts
from tradebot.shell.retention import Housekeeper
from tradebot.shell.run_options import RunOptions
from tradebot.shell.service import Service
from tradebot.shell.settings.config import Config, ConfigError
from tradebot.shell.settings.effective import inline_secrets
from tradebot.shell.settings.plugin_settings import check_plugins
from tradebot.shell.settings.versions import FOLDER, Versions
from tradebot.shell.shadow import Shadow
from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.spine import Spine, Way
from tradebot.shell.strategies.roster import add_strategies
from tradebot.shell.strategies.watchdog import Watchdog
from tradebot.shell.supervisor import Run
from tradebot.shell.told import ci_metrics
from tradebot.shell.told.dead_letter_files import DeadLetterFiles
from tradebot.shell.told.draft_files import DraftFiles, Keeping
from tradebot.shell.told.execution_log import ExecutionLog
from tradebot.shell.told.gate_files import GateFiles
from tradebot.shell.told.outlet import Outlet
from tradebot.shell.told.promotion_files import PromotionFiles
from tradebot.shell.told.telemetry import Telling
from tradebot.shell.vendors import Vendors
from tradebot.shell.views.drafts import Present, Shelf
from tradebot.shell.views.views import Views


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A daemon ready to run, and what can be asked of it from inside the process."""

    daemon: Daemon
    engine: Engine
    latch: Latch
    views: Views
    reconciler: Reconciler
    status: Callable[[], Mapping[str, Any]]
    metrics: Exposition
    reloader: Reloader


def run(config: Config, options: RunOptions) -> int:
    """Run the daemon until it is told to stop or the rehearsal ends; return the exit code.

    Raises DataDirInUse, JournalDamaged, ConfigError or ValueError before anything is started.
    """
    os.umask(0o077)
    faulthandler.enable(sys.__stderr__ or 2)  # a service manager ends what hangs with SIGABRT
    make_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    if options.rehearse:
        make_loop = partial(SimLoop, options.speed)
    with asyncio.Runner(loop_factory=make_loop) as runner:
        return runner.run(_run(config, options))


async def _run(config: Config, options: RunOptions) -> int:
    service = Service.of(os.environ, os.getpid())
    with assembled(config, options, sys.stdout, service) as built:
        built.daemon.stop_on_signals()
        collect_seldom()
        limits = config.supervision
        with Watchdog(limits.stall_s, limits.stall_exit_s, built.daemon.on_stall):
            return await built.daemon.run()


@contextmanager
def assembled(
    config: Config, options: RunOptions, out: TextIO, service: Service | None = None
) -> Iterator[Assembly]:
    """Lock the data directory, refold the journal and build the daemon; afterwards let go.

    The daemon lives in the event loop that runs when this is called; only where it is the whole
    process, it may speak to the service manager.
    """
    service = service or Service()
    config = stand_in.rehearsed(config) if options.rehearse else config
    if problems := check_plugins(config):
        raise ConfigError(problems)
    calendars, primary = build_calendars(config.schedule), config.schedule.calendar
    closed = _own(config.data_dir)
    with DataDirLock(config.data_dir), ExitStack() as ending:
        home = config.data_dir
        if options.rehearse:
            if not options.resume:  # a mistyped span must not cost the last rehearsal
                options.clock(calendars[primary], None)
            home = rehearsal.prepare(home, resume=options.resume)
        history = observers.alert_history(config, home, ending)
        journal, past = recovery.recover(home, lambda take, since: Journal.open(
            home / "journal", code=version("tradebot"), settings_hash=config.settings_hash,
            threaded=not options.rehearse, sync=not options.rehearse,
            take=service.extending(history.beside(take)), since=since,
        ))
        ending.callback(_let_go, journal, home)
        clock, until = options.clock(calendars[primary], past.last_at)
        lines = observers.lines(config, out, is_rehearsal=options.rehearse)
        ending.callback(lines.close)
        telling = observers.telling(options.log_format, config, lines, past.views)
        ending.callback(lambda: telling.close(clock.now()))
        room = "" if options.rehearse else reserve.keep(home)
        warned = (*config.warnings, *inline_secrets(config))
        told = (closed, journal.torn, past.note, *warned, options.about(until), room)
        for text in filter(None, told):
            telling.line(clock.now(), text)
        built = _Builder(
            config=config, home=home, past=past, journal=journal, calendars=calendars,
            clock=clock, until=until, telling=telling, lines=lines, pace=options.pace,
            ending=ending, service=service, history=history, vendors=Vendors(
                config=config, home=home, clock=clock, calendars=calendars, until=until,
                tell=lambda text: telling.line(clock.now(), text),
            ),
        ).assembly()
        ending.enter_context(FlagWatch(home, built.latch))
        yield built
        if options.rehearse:
            ci_metrics.keep(config.data_dir, built.metrics.watched())


def _let_go(journal: Journal, home: Path) -> None:
    """Close the journal; if the disk fails even then, the next start waits for a person."""
    try:
        journal.close()
    except JournalFailed as error:
        with suppress(OSError):
            drop(home, str(error))
        raise


def _own(data_dir: Path) -> str:
    try:
        return own_directory.own(data_dir)
    except own_directory.NotOurs as error:
        raise ConfigError([str(error)]) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Builder:
    """Builds what a daemon is made of, out of its configuration, its past and its surroundings."""

    config: Config
    home: Path
    past: Past
    journal: Journal
    calendars: Mapping[str, Calendar]
    clock: Clock
    until: datetime | None
    telling: Telling
    lines: Outlet
    pace: float
    ending: ExitStack
    service: Service
    history: AlertHistory
    vendors: Vendors

    def assembly(self) -> Assembly:
        """Build everything, in the order in which a quote must pass through it."""
        config, home, views = self.config, self.home, self.past.views
        executions = observers.executions(
            config, home, views, self.clock, self.ending, is_rehearsal=self.until is not None
        )
        spine = self._spine(executions)
        engine, latch = spine.engine, spine.latch
        shadows, files = list(self._shadows(spine.market)), self._draft_files()
        reporter = Reporter(self._alerts(), views, self.clock, self._tell)
        executions.listen_to(engine)  # before the others: it measures
        spine.listen(views.apply, lines=(self._on_decision,), files=(
            files.on_decision, *self._daily(), *(shadow.on_decision for shadow in shadows),
            reporter.on_decision,
        ))
        housekeeper = Housekeeper(home, config.retention, self.clock, self._tell)
        health = observers.health(config, self.ending, Patient(
            home=home, spine=spine, journal=self.journal, views=views,
            outlets={"log": self.lines, **executions.outlets},
            channels=reporter.alerts.standing, used=lambda: housekeeper.used,
        ), self.telling, self.pace)
        reporter.begin(spine.state, health, self.past.seq)
        api = Sockets(config.api, home, self._tell, reporter.on_notice, pace=self.pace)
        status = partial(
            standing.live_facts, config, home, self.calendars, spine, shadows, api=api.row,
            channels=reporter.alerts.standing,
        )
        views.drafts.present = Present(now=self.clock.now, quote=spine.facts.quotes.get)
        reloader = self._reloader(spine, reporter.alerts)
        routes = usual_routes(
            submit=engine.submit, views=views, latch=latch.set, status=status, pace=self.pace,
            health=health.document, brokers=spine.links, reconciler=spine.reconciler,
            desk=self._desk(spine), market=spine.market, reloader=reloader, failures=api.failures,
        )
        metrics = observers.metrics(health, executions, api, reporter.alerts)
        figures = self._figures(spine, health.started, metrics.text, reporter.alerts)
        api.routes = [*routes, *figures]
        chores: dict[str, Run] = {f"shadow {shadow.route}": shadow.run for shadow in shadows}
        chores |= {**api.runs(_runtime_dir()), "health": health.run, "drafts": files.run}
        chores |= chores_of(reloader, is_rehearsal=self.until is not None)
        chores |= self._asides(spine, health, reporter.alerts, housekeeper)
        daemon = Daemon(self._parts(spine, chores, reloader, reporter))
        reloader.hears += [partial(self._open_channels, reporter.alerts), Hot(
            bear=daemon.bear, marker=spine.marker, health=health, pace=self.pace
        ).take, spine.knock_again]
        return Assembly(
            daemon=daemon, engine=engine, latch=latch, views=views, reconciler=spine.reconciler,
            status=status, metrics=metrics, reloader=reloader,
        )

    def _asides(
        self, spine: Spine, health: Health, alerts: Alerts, housekeeper: Housekeeper
    ) -> dict[str, Run]:
        """Return what looks after people and the journal by itself."""
        is_rehearsal = self.until is not None
        chores = unasked(alerts, health, self.calendars, self._tell, is_rehearsal=is_rehearsal)
        if not is_rehearsal:
            keeper = Keeper(
                self.home, self.past, engine=spine.engine, latch=spine.latch, tell=self._tell
            )
            chores |= {"journal keeper": keeper.run, "retention": housekeeper.run}
        return chores

    def _desk(self, spine: Spine) -> OptionsDesk:
        desk = OptionsDesk(
            market=spine.market, facts=spine.facts, views=self.past.views,
            decide=spine.engine.submit,
            closes=self.calendars[self.config.schedule.calendar].next_close,
            clock=self.clock, read=self._reader().read, threaded=self.until is None, pace=self.pace,
        )
        spine.engine.listeners.append(desk.on_decision)
        return desk

    def _reloader(self, spine: Spine, alerts: Alerts) -> Reloader:
        return Reloader(self.config, ReloadParts(
            engine=spine.engine, configs=self.past.views.configs,
            versions=Versions(self.home / FOLDER), tell=self._tell, tell_alert=alerts.raise_,
            reloading=self.service.reloading, threaded=self.until is None, pace=self.pace,
        ))

    def _figures(
        self, spine: Spine, started: datetime, metrics: Callable[[], bytes], alerts: Alerts
    ) -> Iterator[ApiRoute]:
        """Yield what is read and followed beside what the verbs ask for."""
        views, section = self.past.views, self.config.api
        yield from figure_routes(views, spine.facts.view, self.clock.now, metrics)
        yield from alert_routes(alerts)
        followers = Followers(views, started, section.streams_max, self.pace)
        spine.engine.listeners.append(followers.on_decision)
        yield from followers.routes()

    def _spine(self, executions: ExecutionLog) -> Spine:
        config, past, market = self.config, self.past, self._market()
        spine = Spine(
            settings=config.decisive(), book=past.book(), view=past.views.book, last_seq=past.seq,
            last_heard=past.last_at, journal=self.journal, clock=self.clock, latch=Latch(),
            market=market, way=lambda route: Way(
                config.route_kind(route), self.vendors.broker(route, market),
                config.brokers[route].resilience,
            ),
            auto_start=config.schedule.auto_start, reconcile=config.reconcile,
            mark_every_s=config.telemetry.mark_every_s, tell=self._tell,
            on_sent=executions.on_sent, seed=config.seed, pace=self.pace,
            threaded=self.until is None,
        )
        self.ending.callback(spine.marker.close)
        add_strategies(config, spine.host, past.views.book, market, self.clock)
        return spine

    def _alerts(self) -> Alerts:
        alerts = Alerts(self.history, self.clock, tell=self._tell, pace=self.pace)
        self._open_channels(alerts, self.config)
        return alerts

    def _open_channels(self, alerts: Alerts, config: Config) -> None:
        for told in open_channels(alerts, config, is_rehearsal=self.until is not None):
            self._tell(told)

    def _parts(
        self, spine: Spine, chores: Mapping[str, Run], reloader: Reloader, reporter: Reporter
    ) -> Parts:
        config, telling = self.config, self.telling
        return Parts(
            spine=spine, home=self.home, telling=telling, calendars=self.calendars,
            chores=chores, limits=config.supervision, until=self.until,
            early={"alerts": reporter.alerts.run}, service=self.service,
            configure=reloader.start, reload=reloader.ask,
            status=partial(standing.status_line, spine.state, self.past.views),
            status_every_s=lambda: observers.status_every_s(reloader.latest, telling) * self.pace,
        )

    def _daily(self) -> Iterator[Listener]:
        """Keep the records of each day for auditors."""
        views, own = self.past.views, self.ending.callback
        yield DeadLetterFiles(self.home / "dead_letters", views.dead_letters, own).on_decision
        yield GateFiles(self.home / "gates", views.gate_runs, own).on_decision
        yield PromotionFiles(self.home / "promotions", views.promotions, own).on_decision

    def _draft_files(self) -> DraftFiles:
        """Keep the files of drafts, those too that stand from before staging was switched off."""
        staging, drafts = self.config.staging, self.past.views.drafts
        drafts.shelf = Shelf(directory=self.home / staging.drafts_dir, format=staging.format)
        return DraftFiles(
            drafts, drafts.shelf, self.clock,
            threaded=self.until is None, tell=self._tell, keeping=Keeping(
                retention_days=staging.retention_days, retention_count=staging.retention_count
            ),
        )

    def _reader(self) -> Reader:
        return Reader(self.config.language, self.vendors.language(), self.pace)

    def _market(self) -> MarketData:
        market = self.vendors.market()
        for gap in market.gaps():
            told = f"{gap.sessions} sessions are not recorded, {gap.first} to {gap.last}"
            self._tell(f"market {gap.symbol}: {told}")
        return market

    def _shadows(self, market: MarketData) -> Iterator[Shadow]:
        """Build what records beside a route; it listens after the views, whose book it reads."""
        for name, section in self.config.brokers.items():
            if section.shadow_of is not None:
                yield Shadow(
                    name, section.shadow_of, self.vendors.broker(name, market),
                    view=self.past.views.book, clock=self.clock, tell=self._tell,
                )

    def _tell(self, text: str) -> None:
        self.telling.line(self.clock.now(), text)

    def _on_decision(self, decision: Decision) -> None:
        """Let the lines of a decision be made where they are written: trading does not wait."""
        self.lines.later(partial(self.telling.told, decision))


def _runtime_dir() -> Path | None:
    given = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    return Path(given) if given else None
