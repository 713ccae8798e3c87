"""What did a rehearsal, or a release check, come to? One row a run, for pipelines to compare.

`telemetry/ci_metrics.json` of the data directory keeps the newest runs, the last one last.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from tradebot.shell.clock import WallClock
from tradebot.shell.journal import place
from tradebot.shell.metrics.durations import Durations
from tradebot.shell.metrics.metric import Watched
from tradebot.shell.views.figures import figures
from tradebot.shell.views.rows import Plain, iso

PLACE: Final = Path("telemetry") / "ci_metrics.json"
RUNS_MAX: Final = 200
_COUNTED: Final = ("tests", "failures", "errors", "skipped")


def add(data_dir: Path, run: Mapping[str, Any]) -> None:
    """Append one run; a file that nobody can read is begun anew. Raises OSError."""
    path = data_dir / PLACE
    row = {"written": iso(WallClock().now()), "version": version("tradebot"), **run}
    place.make_directory(path.parent)
    told = json.dumps({"runs": [*_runs(path), row][-RUNS_MAX:]}, indent=2)
    place.replace(path, f"{told}\n".encode())


def keep(data_dir: Path, watched: Watched) -> None:
    """Append a rehearsal that ends; where that cannot be written, it ends no worse."""
    with suppress(OSError):
        add(data_dir, rehearsed(watched))


def rehearsed(watched: Watched) -> Plain:
    book, counts = watched.patient.views.book, watched.counts
    objections: dict[str, int] = {}
    for (gate, _), count in counts.objections.items():
        objections[gate] = objections.get(gate, 0) + count
    return {
        "source": "rehearsal", "from": iso(watched.health.started), "to": iso(watched.now),
        "pace": watched.health.rounds.pace, "settings_version": book.settings_version,
        "orders": figures(book.orders),
        "latency_ms": {name: _told(took) for name, took in watched.steps.items()},
        "journal_sync_ms": _told(watched.patient.journal.syncs),
        "violations": {
            "gates": dict(sorted(objections.items())),
            "intents_refused": dict(sorted(counts.refused.items())),
            "reconciliation_breaks": counts.breaks, "orders_doubted": counts.doubts,
            "halted": sorted(book.halted), "kill_switch": book.kill_reason,
        },
    }


def summary_of_tests(path: Path) -> Plain:
    """Sum up a JUnit report, as test runners write it. Raises OSError and ValueError."""
    try:
        root = ElementTree.fromstring(path.read_bytes())
    except ElementTree.ParseError as error:
        raise ValueError(f"{path} is no JUnit report: {error}") from None
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    if not suites:
        raise ValueError(f"{path} is no JUnit report: it has no testsuite")
    return {
        **{name: sum(int(suite.get(name, 0)) for suite in suites) for name in _COUNTED},
        "took_s": round(sum(float(suite.get("time", 0)) for suite in suites), 3),
    }


def _runs(path: Path) -> list[Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return []
    runs = found.get("runs") if isinstance(found, dict) else None
    return runs if isinstance(runs, list) else []


def _told(took: Durations) -> Plain:
    """Tell quantiles as times that so many did not exceed: the bounds of their classes."""
    count = sum(took.counts)
    return {
        "count": count, "average": round(took.sum_s / count * 1000, 3) if count else None,
        "p50": _ms(took.quantile(0.5)), "p99": _ms(took.quantile(0.99)),
    }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
