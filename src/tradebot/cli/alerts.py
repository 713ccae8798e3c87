"""What were people told, and did it reach them?"""

import argparse
from pathlib import Path
from typing import Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.client import Client, NotRunning
from tradebot.cli.outcome import Exit, Stop

_ALERTS: Final = {
    "at": "TIME (UTC)", "level": "LEVEL", "kind": "KIND", "title": "TITLE", "told": "TOLD",
}
_ASKED: Final = ("kind", "level", "since", "last")


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "alerts", "tradebot.cli.alerts:alerts")
    parser.add_argument("--kind", metavar="KIND", help="only alerts of this kind, e.g. fill")
    parser.add_argument("--level", choices=("info", "warning", "critical"),
                        help="only alerts that are at least so important")
    flags.takes_place(parser)
    flags.takes_filters(parser, ("since", "last"))


def alerts(args: argparse.Namespace) -> int:
    asked = {
        name: str(value) for name in _ASKED if (value := getattr(args, name)) is not None
    }
    home = place.home(args)
    try:
        found = Client(home).get("/api/v1/alerts", asked).checked()
    except NotRunning:
        found = {"alerts": _kept(home, asked), "channels": []}
        if not args.json:
            show.note("no daemon runs; from telemetry/alerts.jsonl")
    if args.json:
        show.document(found)
    else:
        rows = [{**row, "at": show.when(row["at"]), "told": _told(row)} for row in found["alerts"]]
        show.table(rows[::-1], _ALERTS, "no alerts")
    return Exit.DONE


def _kept(home: Path, asked: dict[str, str]) -> list[dict[str, Any]]:
    from io import StringIO

    from tradebot.shell.api.alert_routes import QUERY
    from tradebot.shell.api.bodies import BadRequest
    from tradebot.shell.api.queries import read_query
    from tradebot.shell.notify.history import AlertHistory, path_in

    try:
        return AlertHistory(path_in(home), StringIO()).rows(**read_query(asked, QUERY))
    except BadRequest as error:
        raise Stop(Exit.USAGE, f"--{error}") from None


def _told(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {outcome}" for name, outcome in row["outcomes"].items())
