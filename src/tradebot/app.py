"""How does the daemon come together? The only file that knows every concrete class."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TextIO

from tradebot.core.model.fact import fact
from tradebot.ports import Broker, Calendar, Clock, MarketData
from tradebot.shell import observers, recovery, rehearsal, reserve, standing
from tradebot.shell.api.server import Server
from tradebot.shell.calendar import build_calendars
from tradebot.shell.clock import LoopClock, WallClock
from tradebot.shell.collector import collect_seldom
from tradebot.shell.daemon import Daemon, Parts, on_notice
from tradebot.shell.engine import Engine
from tradebot.shell.facts import FactCache, Waker
from tradebot.shell.flattener import Flattener
from tradebot.shell.journal.damage import JournalFailed
from tradebot.shell.journal.decision import Decision
from tradebot.shell.journal.file import Journal
from tradebot.shell.journal.lock import DataDirLock
from tradebot.shell.keeper import Keeper
from tradebot.shell.kill_flag import FlagWatch, Latch, drop
from tradebot.shell.marks import Marker
from tradebot.shell.reconcile import Reconciler
from tradebot.shell.recovery import Past
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import Config, ConfigError, Section, fill
from tradebot.shell.settings.plugin_settings import check_plugins
from tradebot.shell.shadow import Shadow
from tradebot.shell.sim_loop import SimLoop
from tradebot.shell.state import DaemonState
from tradebot.shell.strategies.host import StrategyHost
from tradebot.shell.strategies.roster import add_strategies
from tradebot.shell.strategies.watchdog import Watchdog
from tradebot.shell.supervisor import Notice, Supervisor
from tradebot.shell.told.dead_letter_files import DeadLetterFiles
from tradebot.shell.told.draft_files import DraftFiles, Keeping
from tradebot.shell.told.execution_log import ExecutionLog
from tradebot.shell.told.outlet import Outlet
from tradebot.shell.told.telemetry import Telling
from tradebot.shell.views.drafts import Shelf
from tradebot.shell.views.views import Views
from tradebot.shell.wire.link import Link
from tradebot.shell.wire.may_send import WhyNot, last_look


@fact
class RunOptions:
    """How to run: in real time, or as a rehearsal on a simulated clock; speed None jumps."""

    rehearse: bool = False
    resume: bool = False
    speed: Decimal | None = Decimal(60)
    start: datetime | None = None
    until: datetime | Literal["close"] | None = None
    log_format: Literal["text", "json", "auto"] = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A daemon ready to run, and what can be asked of it from inside the process."""

    daemon: Daemon
    engine: Engine
    latch: Latch
    views: Views
    reconciler: Reconciler
    status: Callable[[], Mapping[str, Any]]


def run(config: Config, options: RunOptions) -> int:
    """Run the daemon until it is told to stop or the rehearsal ends; return the exit code.

    Raises DataDirInUse, JournalDamaged, ConfigError or ValueError before anything is started.
    """
    os.umask(0o077)
    make_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    if options.rehearse:
        make_loop = partial(SimLoop, options.speed)
    with asyncio.Runner(loop_factory=make_loop) as runner:
        return runner.run(_run(config, options))


async def _run(config: Config, options: RunOptions) -> int:
    with assembled(config, options, sys.stdout) as built:
        built.daemon.stop_on_signals()
        collect_seldom()
        limits = config.supervision
        with Watchdog(limits.stall_s, limits.stall_exit_s, built.daemon.on_stall):
            return await built.daemon.run()


@contextmanager
def assembled(config: Config, options: RunOptions, out: TextIO) -> Iterator[Assembly]:
    """Lock the data directory, refold the journal and build the daemon; afterwards let go.

    The daemon lives in the event loop that runs when this is called.
    """
    if problems := check_plugins(config):
        raise ConfigError(problems)
    calendars = build_calendars(config.schedule)
    _make(config.data_dir)
    with DataDirLock(config.data_dir), ExitStack() as ending:
        home = config.data_dir
        if options.rehearse:
            if not options.resume:  # a mistyped span must not cost the last rehearsal
                _clock(config, options, calendars, None)
            home = rehearsal.prepare(home, resume=options.resume)
        journal, past = recovery.recover(home, lambda take, since: Journal.open(
            home / "journal", code=version("tradebot"), settings_hash=config.settings_hash,
            threaded=not options.rehearse, sync=not options.rehearse, take=take, since=since,
        ))
        ending.callback(_let_go, journal, home)
        clock, until = _clock(config, options, calendars, past.last_at)
        lines = observers.lines(config, out, is_rehearsal=options.rehearse)
        ending.callback(lines.close)
        telling = observers.telling(options.log_format, config, lines, past.views)
        ending.callback(lambda: telling.close(clock.now()))
        room = "" if options.rehearse else reserve.keep(home)
        told = (journal.torn, past.note, *config.warnings, _about(options, until), room)
        for text in filter(None, told):
            telling.line(clock.now(), text)
        parts = _parts(config, home, past, _World(
            journal=journal, calendars=calendars, clock=clock, until=until, telling=telling,
            pace=_pace(options), lines=lines, ending=ending,
        ))
        ending.enter_context(FlagWatch(home, parts.latch))
        yield Assembly(
            daemon=Daemon(parts), engine=parts.engine, latch=parts.latch, views=past.views,
            reconciler=parts.reconciler,
            status=partial(
                standing.live_facts, config, home, calendars, parts.state, parts.host,
                market=parts.market, links=parts.links, shadows=parts.shadows,
                reconciler=parts.reconciler,
            ),
        )


def _about(options: RunOptions, until: datetime | None) -> str:
    """Say what a rehearsal is, and how to ask it from elsewhere."""
    if until is None:
        return ""
    pace = "as fast as it goes" if options.speed is None else f"{options.speed} times as fast"
    end = f"{until.astimezone(UTC):%F %T} UTC"
    return f"a rehearsal to {end}, {pace}; to ask it: tradebot status --rehearsal"


def _let_go(journal: Journal, home: Path) -> None:
    """Close the journal; if the disk fails even then, the next start waits for a person."""
    try:
        journal.close()
    except JournalFailed as error:
        with suppress(OSError):
            drop(home, str(error))
        raise


def _make(data_dir: Path) -> None:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        text = f"data_dir: expected a directory to write to, got {data_dir}: {error.strerror}"
        raise ConfigError([text]) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """What surrounds the daemon."""

    journal: Journal
    calendars: Mapping[str, Calendar]
    clock: Clock
    until: datetime | None
    telling: Telling
    pace: float
    lines: Outlet
    ending: ExitStack

    def tell(self, text: str) -> None:
        self.telling.line(self.clock.now(), text)

    def on_decision(self, decision: Decision) -> None:
        """Let the lines of a decision be made where they are written: trading does not wait."""
        self.lines.later(partial(self.telling.told, decision))

    def on_market_trouble(self, symbol: str, text: str) -> None:
        self.tell(f"market {symbol}: {text}")


def _pace(options: RunOptions) -> float:
    """Return how many seconds of the clock a second at the terminal is; jumping counts as 1800."""
    if not options.rehearse:
        return 1.0
    return 1800.0 if options.speed is None else float(options.speed)


def _clock(
    config: Config, options: RunOptions, calendars: Mapping[str, Calendar],
    last_at: datetime | None,
) -> tuple[Clock, datetime | None]:
    """Take the wall's time, or a rehearsal's: it goes on where its journal ends, when resumed."""
    wall = WallClock()
    if not options.rehearse:
        return wall, None
    start = last_at if options.resume and last_at is not None else options.start
    primary = calendars[config.schedule.calendar]
    span = rehearsal.window(primary, wall.now(), start, options.until)
    return LoopClock(span.start, asyncio.get_running_loop()), span.until


def _parts(config: Config, home: Path, past: Past, world: _World) -> Parts:
    """Build everything, in the order in which a quote must pass through it."""
    latch, clock, book = Latch(), world.clock, past.book()
    facts = FactCache(latch, world.on_market_trouble)
    engine = Engine(book=book, journal=world.journal, facts=facts, clock=clock, last_seq=past.seq)
    state, market = _state(config, past.views, clock), _market(config, world)
    symbols = [instrument.symbol for instrument in market.instruments()]
    market.subscribe(symbols, facts.on_market)
    executions = _executions(config, home, past.views, engine, world)
    wire = _Wire(engine, market, last_look(engine, latch, clock), world, executions, past.last_at)
    links = [_link(config, name, home, wire) for name in config.decisive().routes]
    host = _host(config, engine, past.views, market, world)
    marker = _marker(config, engine, facts, world)
    for hears in (host, Waker(book, engine.post), marker):
        market.subscribe(symbols, hears.on_market)
    files = _draft_files(config, home, past.views, world)
    dead = DeadLetterFiles(home / "dead_letters", past.views.dead_letters, world.ending.callback)
    reconciler = Reconciler(engine, links, config.reconcile, world.tell, pace=world.pace)
    flattener = Flattener(engine, links, world.tell)
    engine.listeners.extend((
        past.views.apply, state.on_decision, world.on_decision,
        *(link.on_decision for link in links), host.on_decision, files.on_decision,
        marker.on_decision, reconciler.on_decision, dead.on_decision, flattener.on_decision,
    ))
    shadows = list(_shadows(config, home, past.views, wire))
    health = observers.health(config, world.ending, observers.Watched(
        home=home, clock=clock, engine=engine, journal=world.journal, state=state, market=market,
        views=past.views, telling=world.telling, lines=world.lines, executions=executions.out,
        pace=world.pace, links=links, reconciler=reconciler,
    ))
    seen = partial(standing.live_facts, market=market, links=links, shadows=shadows)
    live = partial(seen, config, home, world.calendars, state, host, reconciler=reconciler)
    server = Server(
        submit=engine.submit, views=past.views, latch=latch.set, status=live, pace=world.pace,
        health=health.document, socket_path=home / "tradebot.sock", brokers=links,
        reconciler=reconciler, runtime_dir=_runtime_dir(),
    )
    return Parts(
        home=home, clock=clock, engine=engine, facts=facts, latch=latch, state=state,
        telling=world.telling, market=market, links=links, host=host,
        supervisor=Supervisor(config.supervision, partial(_on_notice, state, world.telling, clock)),
        calendars=world.calendars, serve=server.run, look_after=health.run, keep_drafts=files.run,
        keep_journal=Keeper(home, past, engine=engine, latch=latch, tell=world.tell).run,
        reconciler=reconciler, flatten=flattener.run, shadows=shadows,
        status=partial(standing.status_line, state, past.views),
        settings=config.decisive(), settings_version=config.settings_hash[:12],
        auto_start=config.schedule.auto_start, until=world.until,
        status_every_s=observers.status_every_s(config, world.telling) * world.pace,
    )


def _executions(
    config: Config, home: Path, views: Views, engine: Engine, world: _World
) -> ExecutionLog:
    built = observers.executions(config, home, views, world.clock, world.ending)
    if config.telemetry.execution_log:
        built.listen_to(engine)
    return built


def _state(config: Config, views: Views, clock: Clock) -> DaemonState:
    schedule = config.schedule
    return DaemonState(schedule.calendar, clock, views.book, auto_start=schedule.auto_start)


def _marker(config: Config, engine: Engine, facts: FactCache, world: _World) -> Marker:
    every_s = config.telemetry.mark_every_s
    marker = Marker(engine.book, facts, engine.post, every_s=every_s, pace=world.pace)
    world.ending.callback(marker.close)
    return marker


def _draft_files(config: Config, home: Path, views: Views, world: _World) -> DraftFiles:
    """Keep the files of drafts, those too that stand from before staging was switched off."""
    staging = config.staging
    shelf = Shelf(directory=home / staging.drafts_dir, format=staging.format)
    views.drafts.shelf = shelf
    return DraftFiles(
        views.drafts, shelf, world.clock, threaded=world.until is None,
        keeping=Keeping(
            retention_days=staging.retention_days, retention_count=staging.retention_count
        ),
        tell=world.tell,
    )


def _market(config: Config, world: _World) -> MarketData:
    section = config.market_data
    plugin = plugins.load("market_data", section.provider)
    settings = _with_seed(fill(plugin.settings_type, section.own), section.own, config)
    built: MarketData = plugins.build(
        "market_data", plugin, settings, clock=world.clock,
        calendars=world.calendars, until=world.until,
    )
    for gap in built.gaps():
        told = f"{gap.sessions} sessions are not recorded, {gap.first} to {gap.last}"
        world.on_market_trouble(gap.symbol, told)
    return built


@dataclass(frozen=True, slots=True)
class _Wire:
    engine: Engine
    market: MarketData
    may_send: WhyNot
    world: _World
    executions: ExecutionLog
    last_heard: datetime | None


def _link(config: Config, name: str, home: Path, wire: _Wire) -> Link:
    broker = _broker(config, name, home, wire)
    return Link(
        name, config.route_kind(name), broker, engine=wire.engine, may_send=wire.may_send,
        on_sent=wire.executions.on_sent, patience=config.brokers[name].resilience, seed=config.seed,
        last_heard=wire.last_heard, pace=wire.world.pace,
    )


def _shadows(config: Config, home: Path, views: Views, wire: _Wire) -> Iterator[Shadow]:
    """Build what records beside a route; it listens after the views, whose book it reads."""
    for name, section in config.brokers.items():
        if section.shadow_of is not None:
            shadow = Shadow(
                name, section.shadow_of, _broker(config, name, home, wire), view=views.book,
                clock=wire.world.clock, tell=wire.world.tell,
            )
            wire.engine.listeners.append(shadow.on_decision)
            yield shadow


def _broker(config: Config, name: str, home: Path, wire: _Wire) -> Broker:
    section = config.brokers[name]
    plugin = plugins.load("brokers", section.adapter)
    settings = _with_seed(fill(plugin.settings_type, section.own), section.own, config)
    built: Broker = plugins.build(
        "brokers", plugin, settings, route=name, clock=wire.world.clock,
        market=wire.market, state_dir=home / "brokers" / name,
        calendars=wire.world.calendars,
    )
    return built


def _with_seed(settings: Any, own: Section, config: Config) -> Any:
    """Give a plugin the one seed, unless its own section names another."""
    has_seed = any(field.name == "seed" for field in fields(settings))
    is_free = has_seed and "seed" not in own.entries
    return replace(settings, seed=config.seed) if is_free else settings


def _host(
    config: Config, engine: Engine, views: Views, market: MarketData, world: _World
) -> StrategyHost:
    clock, telling = world.clock, world.telling
    host = StrategyHost(
        book=views.book, post=engine.post,
        tell=lambda name, text: telling.line(clock.now(), f"strategy {name}: {text}"),
    )
    add_strategies(config, host, views.book, market, clock)
    return host


def _on_notice(state: DaemonState, telling: Telling, clock: Clock, notice: Notice) -> None:
    on_notice(telling, clock, notice)
    state.on_notice(notice)


def _runtime_dir() -> Path | None:
    given = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    return Path(given) if given else None
