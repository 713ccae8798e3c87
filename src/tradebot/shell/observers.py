"""Who looks on while the daemon trades? Log, execution log, health and alerts; nobody waits."""

import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from tradebot.ports import Clock
from tradebot.shell.api.sockets import Sockets
from tradebot.shell.health import Health, Patient, Rounds
from tradebot.shell.metrics.counts import Counts
from tradebot.shell.metrics.exposition import Exposition
from tradebot.shell.metrics.metric import Watched
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.history import AlertHistory, path_in
from tradebot.shell.settings.config import Config
from tradebot.shell.settings.plugin_settings import secrets_of
from tradebot.shell.told.execution_log import ExecutionLog
from tradebot.shell.told.importance import Importance
from tradebot.shell.told.outlet import Outlet, instead_of, to_file, to_stream
from tradebot.shell.told.redact import hiding
from tradebot.shell.told.telemetry import Console, JsonLog, Telling
from tradebot.shell.told.traces import Traces
from tradebot.shell.views.views import Views


def lines(config: Config, out: TextIO, *, is_rehearsal: bool) -> Outlet:
    """Lines for whoever runs the daemon; a rehearsal's time waits a while for its reader."""
    return Outlet(
        "log", to_stream(out, hiding(secrets_of(config))), is_terminal=out.isatty(),
        patience_s=1.0 if is_rehearsal else 0.0,
    )


def telling(asked: str, config: Config, out: Outlet, views: Views) -> Telling:
    """Lines for people where a terminal listens or text was asked for, JSON for all else."""
    chosen = config.telemetry.log_format if asked == "auto" else asked
    least = Importance[config.telemetry.log_level.upper()]
    if chosen == "json" or (chosen == "auto" and not out.isatty()):
        return JsonLog(out, views.ids_of, least, for_journald="JOURNAL_STREAM" in os.environ)
    can_redraw = out.isatty() and os.environ.get("TERM") != "dumb"
    return Console(out, config.schedule.timezone, is_terminal=can_redraw, least=least)


def status_every_s(config: Config, telling: Telling) -> float:
    """Renew a terminal's line each second; a log hears of it as often as the settings say."""
    is_line = isinstance(telling, Console) and telling.is_terminal
    return 1.0 if is_line else config.telemetry.status_every_s


def executions(
    config: Config, home: Path, views: Views, clock: Clock, ending: ExitStack,
    *, is_rehearsal: bool,
) -> ExecutionLog:
    section = config.telemetry
    out = Outlet("execution log", to_file(
        home / "telemetry" / "execution_log.jsonl",
        bytes_max=section.execution_log_bytes_max, files_max=section.execution_log_files_max,
    ))
    ending.callback(out.close)
    log = ExecutionLog(out, views, clock, is_written=section.execution_log)
    if section.otlp.url is not None and (section.otlp.rehearsals or not is_rehearsal):
        traces = Traces(section.otlp, section.otlp.url, views.ids_of)
        log.outlets["traces"] = traces.out
        log.listeners.append(traces.on_end)
        ending.callback(traces.out.close)
    return log


def health(
    config: Config, ending: ExitStack, patient: Patient, telling: Telling, pace: float
) -> Health:
    document = Outlet("health", instead_of(patient.home / "telemetry" / "system_health.json"))
    ending.callback(document.close)
    return Health(
        replace(patient, outlets={**patient.outlets, "health": document}),
        rounds(config, pace), write=document.write, beat=telling.heartbeat,
    )


def rounds(config: Config, pace: float) -> Rounds:
    """Say how often health is looked at."""
    section = config.telemetry
    return Rounds(
        heartbeat_s=section.heartbeat_s * pace, health_check_s=section.health_check_s * pace,
        pace=pace,
    )


def alert_history(config: Config, home: Path, ending: ExitStack) -> AlertHistory:
    path = path_in(home)
    size = config.notifications.history_bytes_max
    out = Outlet("alerts", to_file(path, bytes_max=size, files_max=2))
    ending.callback(out.close)
    return AlertHistory(path, out)


def metrics(
    health: Health, executions: ExecutionLog, api: Sockets, alerts: Alerts
) -> Exposition:
    spine, counts = health.patient.spine, Counts(health.patient.views.book)
    spine.engine.listeners.append(counts.on_decision)  # behind the views, whose book it reads
    return Exposition(lambda: Watched(
        health=health, counts=counts, steps=executions.steps, api=api, alerts=alerts,
        now=spine.clock.now(),
    ))
