"""Is the daemon well, and what ails it?"""

import argparse
import json
from typing import TYPE_CHECKING, Any

from tradebot.cli import flags, place, reading, show
from tradebot.cli.outcome import Exit
from tradebot.cli.status import in_figures

if TYPE_CHECKING:
    from pathlib import Path

    from tradebot.shell.views.filters import Filters
    from tradebot.shell.views.views import Views

_PAINT = {"healthy": "good", "degraded": "warn", "unhealthy": "bad"}


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "health", "tradebot.cli.health:health")
    flags.takes_place(parser)


def health(args: argparse.Namespace) -> int:
    def offline(views: "Views", filters: "Filters") -> dict[str, Any]:
        standing = views.status()
        last = {"seq": standing["seq"], "at": standing["at"]}
        return {
            "running": False, "system_status": "stopped", "state": "STOPPED",
            "last_decision": last, "last_written": _last_written(place.home(args)),
        }

    found, is_running = reading.answer(args, "/api/v1/health", offline)
    if not args.json:
        _tell(found)
    return Exit.DONE if is_running else Exit.NOT_RUNNING


def _last_written(home: "Path") -> Any:
    """Return the last document that a daemon wrote, or None."""
    try:
        return json.loads((home / "telemetry" / "system_health.json").read_bytes())
    except (OSError, ValueError):
        return None


def _tell(found: dict[str, Any]) -> None:
    last = found["last_decision"]
    named: dict[str, object] = {
        "health": found["system_status"], "state": found["state"],
        "last decision": f"{last['seq']} at {show.when(last['at'])}",
    }
    if found["running"]:
        named |= in_figures(found["orders"])
        named["up"] = f"{found['uptime_s']:.0f} s"
        named["loop lag"] = f"{found['loop_lag_ms']:g} ms"
        named["disk free"] = _megabytes(found["disk_free_bytes"])
        named["memory"] = _megabytes(found["memory_bytes"])
        drafts = found["drafts"]
        named["drafts"] = f"{drafts['waiting']} waiting, {drafts['expired']} expired"
        named["waiting"] = ", ".join(f"{n} {name}" for name, n in found["queues"].items())
    elif found["last_written"] is not None:
        named["last written"] = show.when(found["last_written"].get("timestamp"))
    show.pairs(named)
    for name, component in found.get("components", {}).items():
        status = component["status"]
        more = ", ".join(f"{k} {v}" for k, v in component.items() if k != "status" and v)
        text = f"{name}: {status}" + (f" ({show.clean(more)})" if more else "")
        show.line(show.painted(text, _PAINT.get(status, "warn")))


def _megabytes(count: int | None) -> str:
    return "unknown" if count is None else f"{count / 2**20:,.0f} MB"
