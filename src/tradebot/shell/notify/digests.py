"""What is told at a time of day, though nothing happened? Digests, the all-clear, a heartbeat."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.shell.notify.notices import HEALTHY
from tradebot.shell.notify.sight import alert_at

_HOUR_S: Final = 3600


def digest(
    at: datetime, kind: AlertKind, name: str, figures: Mapping[str, Any],
    health: Mapping[str, Any],
) -> Alert:
    """Tell what the sessions brought, what waits, and how the daemon does."""
    equity = [
        f"{account} {row['now']} ({_signed(row['change'])}), {row['fallen']} below its most"
        for account, row in figures["equity"].items()
    ]
    counts, drafts = health["counts"], health["drafts"]
    waits = (
        f"{drafts['waiting']} drafts, {counts['dead_letters']} dead letters,"
        f" {counts['orders_in_doubt']} orders in doubt, {counts['orders_working']} at work"
    )
    lines = [
        f"Orders: {figures['orders']}, executions {figures['executions']},"
        f" fees {figures['fees']}, realised {figures['realized']}",
        f"Profit: {_listed(figures['profit'], _signed) or 'none'}",
        f"Equity: {'; '.join(equity) or 'not known'}",
        f"Refused: {_listed(figures['refused'], str) or 'nothing'}",
        f"Waiting: {waits}",
        f"Breaks: {figures['breaks']}, halts: {figures['halts']}",
        f"Up {_hours(health['uptime_s'])}, worst lag {health['loop_lag_ms']:g} ms",
        *(f"Not well: {trouble}" for trouble in troubles(health)),
    ]
    return alert_at(
        at, kind, Level.INFO,
        f"{name}: {figures['executions']} executions, {_listed(figures['profit'], _signed)}"
        .removesuffix(", "),
        text="\n".join(lines),
        fields={
            "orders": figures["orders"], "executions": figures["executions"],
            "fees": figures["fees"], "realized": figures["realized"],
            **{f"equity {name}": row["now"] for name, row in figures["equity"].items()},
            **{f"net {name}": net for name, net in list(figures["profit"].items())[:10]},
        },
    )


def all_clear(at: datetime, health: Mapping[str, Any]) -> Alert:
    """Say that all is well, or exactly what is not."""
    found = troubles(health)
    told = f"State {health['state']}, mode {health['mode']}, up {_hours(health['uptime_s'])}."
    if found:
        return alert_at(
            at, AlertKind.ALL_CLEAR, Level.WARNING, f"Not all clear: {found[0]}",
            text="\n".join([told, *found]), fields={"troubles": len(found)},
        )
    return alert_at(at, AlertKind.ALL_CLEAR, Level.INFO, "All clear", text=told)


def heartbeat(at: datetime, health: Mapping[str, Any]) -> Alert:
    """Say that the daemon lives, with its figures."""
    counts, orders = health["counts"], health["orders"]
    fields = {
        "state": health["state"], "uptime_s": round(health["uptime_s"]),
        "decisions": health["last_decision"]["seq"], "orders": orders["total"],
        "fills": orders["fills"], "orders_working": counts["orders_working"],
        "positions": counts["positions"], "loop_lag_ms": health["loop_lag_ms"],
        "memory_bytes": health["memory_bytes"], "disk_free_bytes": health["disk_free_bytes"],
    }
    return alert_at(
        at, AlertKind.HEARTBEAT, Level.INFO,
        f"Alive: {health['state']}, up {_hours(health['uptime_s'])}",
        text=", ".join(f"{name} {value}" for name, value in fields.items()), fields=fields,
    )


def troubles(health: Mapping[str, Any]) -> Sequence[str]:
    """Name each part that is not healthy, with what it says of itself."""
    return [
        f"{name} is {found['status']}: " + ", ".join(
            f"{key} {value}" for key, value in found.items() if key != "status" and value
        )
        for name, found in health["components"].items() if found["status"] != HEALTHY
    ]


def _listed(figures: Mapping[str, Any], word: Any) -> str:
    return ", ".join(f"{name} {word(value)}" for name, value in figures.items())


def _signed(value: str) -> str:
    return value if value.startswith("-") else f"+{value}"


def _hours(seconds: float) -> str:
    hours, rest = divmod(int(seconds), _HOUR_S)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min"
