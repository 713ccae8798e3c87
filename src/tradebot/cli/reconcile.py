"""Do book and broker agree, and what is to be done where they do not?"""

import argparse
from typing import TYPE_CHECKING, Any

from tradebot.cli import flags, place, reading, show
from tradebot.cli.asking import user
from tradebot.cli.client import Client, NotRunning
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = {
    "break": "break", "kind": "kind", "severity": "severity", "book": "book",
    "statement": "broker", "found": "found",
}
_PAINT = {"clean": "good", "breaks": "bad", "unverified": "warn"}


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "reconcile", "tradebot.cli.reconcile:reconcile")
    parser.add_argument(
        "--accept", metavar="BREAK",
        help="say that the broker is right: the book follows it, and what it halted may trade",
    )
    parser.add_argument("--reason", metavar="TEXT", help="why it is right, for the journal")
    flags.takes_place(parser)


def reconcile(args: argparse.Namespace) -> int:
    if (args.accept is None) != (args.reason is None):
        raise Stop(Exit.USAGE, "--accept and --reason go together: a person says why")
    home = place.home(args)
    try:
        found = _ask(Client(home), args) | {"running": True}
    except NotRunning:
        if args.accept is not None:
            raise
        found = _offline(home)
    if args.json:
        show.document(found)
    else:
        _tell(found)
    if not found["running"]:
        return Exit.NOT_RUNNING
    if found["breaks"]:
        return Exit.RECON_BREAK
    return Exit.DONE if found["clean"] else Exit.FAILED


def _ask(client: Client, args: argparse.Namespace) -> dict[str, Any]:
    if args.accept is None:
        return client.post("/api/v1/reconcile", {"user": user()}).checked()
    body = {"break": args.accept, "reason": args.reason, "user": user()}
    return client.post("/api/v1/reconcile/accept", body).checked()


def _offline(home: "Path") -> dict[str, Any]:
    """Tell what the journal says of the last time: without a daemon nothing is compared."""
    from tradebot.shell.views.reconciliation import document

    return {"running": False, **document(reading.views(home).book)}


def _tell(found: dict[str, Any]) -> None:
    if not found["running"]:
        text = "no daemon runs: nothing was compared; from the journal, as of the last time"
        show.line(show.painted(text, "warn"))
    for route in found["routes"]:
        show.line(show.painted(show.clean(_about(route)), _PAINT[route["status"]]))
    if not found["breaks"]:
        return
    rows = [{**row, "found": show.when(row["found"])} for row in found["breaks"]]
    show.table(rows, _COLUMNS, "no breaks")
    for row in found["breaks"]:
        show.line(show.clean(f"{row['break']}: {row['detail']}"))
    show.line("where the broker is right: tradebot reconcile --accept BREAK --reason TEXT")


def _about(route: dict[str, Any]) -> str:
    told = f"{route['route']} ({route['account']}): {route['status']}"
    if route["failure"]:
        return f"{told}, {route['failure']}"
    if route["at"] is None:
        return f"{told}, never compared"
    told += f", {show.when(route['at'])} UTC ({route['because']}): {route['orders']} orders"
    told += f", {route['positions']} positions"
    return told + (f", {len(route['recovered'])} fills recovered" if route["recovered"] else "")
