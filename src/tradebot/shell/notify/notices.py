"""Which alerts come of the process itself? Its states, its tasks, and how it feels."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.session import State
from tradebot.shell.notify.sight import alert_at
from tradebot.shell.state import ASKED_TO_STOP, StateChanged
from tradebot.shell.supervisor import Notice, TaskFailed

HEALTHY: Final = "healthy"
# Parts of the health document that no event tells of, with the kind of their alerts.
WATCHED: Final[Mapping[str, AlertKind]] = {
    "disk": AlertKind.DISK, "logs": AlertKind.LOGS, "loop": AlertKind.STALL,
    "machine": AlertKind.MACHINE,
}
_LEVEL: Final[Mapping[str, Level]] = {
    HEALTHY: Level.INFO, "degraded": Level.WARNING, "unhealthy": Level.CRITICAL,
}
_HALTED_START: Final = (State.STARTING, State.HALTED)


def of_state(change: StateChanged) -> Alert:
    """Tell a move of the state; the kill that halts is told by itself, one that stands here."""
    is_bad = change.after is State.ERROR or (change.before, change.after) == _HALTED_START or (
        change.after is State.STOPPING and change.reason != ASKED_TO_STOP
    )
    return alert_at(
        change.at, AlertKind.STATE, Level.CRITICAL if is_bad else Level.INFO,
        f"State {change.after}: {change.reason}",
        text=f"The state went from {change.before} to {change.after}: {change.reason}",
        fields={"before": change.before.value, "after": change.after.value,
                "reason": change.reason},
    )


def of_task(at: datetime, notice: Notice) -> Alert:
    if not isinstance(notice, TaskFailed):
        return alert_at(
            at, AlertKind.TASK, Level.INFO, f"Task {notice.name} runs again",
            text=f"Task {notice.name} runs again.", fields={"task": notice.name},
        )
    rest = "given up until the cooldown ends" if notice.given_up else "starts again"
    return alert_at(
        at, AlertKind.TASK, Level.CRITICAL if notice.given_up else Level.WARNING,
        f"Task {notice.name} failed: {notice.reason}",
        text=f"Task {notice.name} failed: {notice.reason}; it {rest}.",
        fields={"task": notice.name, "reason": notice.reason, "restarts": notice.restarts},
        key=f"task/{notice.name}/{notice.given_up}",
    )


def of_health(
    at: datetime, before: Mapping[str, str], document: Mapping[str, Any]
) -> Iterator[Alert]:
    """Tell what became better or worse since the last look."""
    for name, kind in WATCHED.items():
        found = document["components"][name]
        status, was = found["status"], before.get(name, HEALTHY)
        if status != was:
            numbers = {key: value for key, value in found.items() if key != "status"}
            told = ", ".join(f"{key} {value}" for key, value in numbers.items())
            yield alert_at(
                at, kind, _LEVEL[status], f"{name.capitalize()} {status}",
                text=f"{name} is {status}, it was {was}: {told}",
                fields={"status": status, "before": was, **numbers}, key=f"{name}/{status}",
            )
