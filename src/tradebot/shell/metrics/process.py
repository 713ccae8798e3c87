"""Which metrics tell of the process itself: its state, its queues, its disk? A row each."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Final

from tradebot.core.model.commands import BreakerState, Control
from tradebot.core.session import State
from tradebot.shell.metrics.metric import Kind, Metric, Sample, Watched, each, label, one
from tradebot.shell.notify.channel import Fate
from tradebot.shell.recovery import SNAPSHOT

_VERSION: Final = version("tradebot")


def _build(watched: Watched) -> Iterator[Sample]:
    yield Sample((_VERSION,), 1.0)


def _settings(watched: Watched) -> Iterator[Sample]:
    book = watched.patient.views.book
    yield Sample((label(book.settings_version), book.settings.mode.value), 1.0)


def _states(watched: Watched) -> Iterator[Sample]:
    for state in State:
        yield Sample((state.value,), float(state is watched.patient.spine.state.state))


def _controls(watched: Watched) -> Iterator[Sample]:
    for control in Control:
        yield Sample((control.value,), float(control in watched.patient.views.book.controls))


def _queues(watched: Watched) -> Mapping[str, float]:
    p = watched.patient
    return {
        **p.spine.engine.waiting, **{name: out.waiting for name, out in p.outlets.items()},
        **{f"alerts to {row['channel']}": row["waiting"] for row in watched.alerts.standing()},
    }


def _lost(watched: Watched) -> Mapping[str, float]:
    return {name: out.lost for name, out in watched.patient.outlets.items()}


def _syncs(watched: Watched) -> Iterator[Sample]:
    yield Sample((), watched.patient.journal.syncs)


def _lags(watched: Watched) -> Iterator[Sample]:
    yield Sample((), watched.health.lags)


def _alerts(watched: Watched) -> Iterator[Sample]:
    for row in watched.alerts.standing():
        for outcome in Fate:
            yield Sample((label(row["channel"]), outcome.value), row.get(outcome.value, 0))


def _channels_up(watched: Watched) -> Mapping[str, float]:
    return {
        row["channel"]: float(row["state"] == BreakerState.CLOSED)
        for row in watched.alerts.standing()
    }


def _snapshot_age(watched: Watched) -> float | None:
    try:
        kept_at = (watched.patient.home / SNAPSHOT).stat().st_mtime
    except OSError:
        return None  # there is none yet
    return max(0.0, watched.now.timestamp() - kept_at)


_C, _G, _H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM
PROCESS: Final = (
    Metric("tradebot_build_info", _G, "Always 1; the release is the label.", _build, ("version",)),
    Metric("tradebot_settings_info", _G, "Always 1; version and mode of the settings in force.",
           _settings, ("version", "mode")),
    Metric("tradebot_config_number", _G, "Number of the configuration that was last accepted.",
           one(lambda w: w.patient.views.book.config.number)),
    Metric("tradebot_config_pending", _G, "Whether looser settings wait for an approval.",
           one(lambda w: float(w.patient.views.book.config.proposal is not None))),
    Metric("tradebot_state", _G, "1 for the state that the daemon is in.", _states, ("state",)),
    Metric("tradebot_uptime_seconds", _G, "Since this process began.",
           one(lambda w: (w.now - w.health.started).total_seconds())),
    Metric("tradebot_kill_switch_engaged", _G, "Whether the kill switch is set.",
           one(lambda w: float(w.patient.views.book.kill_reason is not None))),
    Metric("tradebot_control_engaged", _G, "Whether a control holds trading back.",
           _controls, ("control",)),
    Metric("tradebot_instruments_halted", _G, "Instruments that take no new orders.",
           one(lambda w: len(w.patient.views.book.halted))),
    Metric("tradebot_strategies_disabled", _G, "Strategies that are switched off.",
           one(lambda w: len(w.patient.views.book.disabled))),
    Metric("tradebot_journal_seq", _G, "Number of the last decision that was published.",
           one(lambda w: w.patient.views.last.seq if w.patient.views.last else 0)),
    Metric("tradebot_journal_sync_seconds", _H, "How long the disk took to make lines durable.",
           _syncs),
    Metric("tradebot_snapshot_age_seconds", _G, "Since a snapshot was kept.", one(_snapshot_age)),
    Metric("tradebot_loop_lag_seconds", _H, "How much later than due the event loop came round.",
           _lags),
    Metric("tradebot_queue_depth", _G, "What waits in a queue.", each(_queues), ("queue",)),
    Metric("tradebot_queue_lost_total", _C, "What a full queue, or a disk, had to give up.",
           each(_lost), ("queue",)),
    Metric("tradebot_alerts_total", _C, "What became of alerts, by channel.",
           _alerts, ("channel", "outcome")),
    Metric("tradebot_alert_channel_up", _G, "Whether a channel takes alerts: its breaker is shut.",
           each(_channels_up), ("channel",)),
    Metric("tradebot_api_connections", _G, "Who is connected to the API.",
           one(lambda w: w.api.connections())),
    Metric("tradebot_api_failures_total", _C, "Requests that failed by our own fault.",
           one(lambda w: w.api.failures())),
    Metric("tradebot_memory_bytes", _G, "What the process holds in memory.",
           one(lambda w: w.health.machine.memory_bytes)),
    Metric("tradebot_machine_memory_used_ratio", _G, "How much of the machine's memory is used.",
           one(lambda w: w.health.machine.memory_used_frac)),
    Metric("tradebot_cpu_seconds_total", _C, "Processor time of the process.",
           one(lambda w: w.health.machine.cpu_s)),
    Metric("tradebot_disk_free_bytes", _G, "What is free where the data directory lies.",
           one(lambda w: w.health.machine.disk_free_bytes)),
    Metric("tradebot_disk_used_ratio", _G, "How much of that disk is used.",
           one(lambda w: w.health.machine.disk_used_frac)),
)
