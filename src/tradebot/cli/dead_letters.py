"""Which orders could not be delivered, and what is to be done with them?"""

import argparse
from pathlib import Path
from typing import Any, Final

from tradebot.cli import asking, flags, reading, show
from tradebot.cli.client import escaped
from tradebot.cli.outcome import Exit

_COLUMNS: Final = {
    "died": "DIED (UTC)", "short": "INTENT", "ask": "ORDER", "strategy_id": "STRATEGY",
    "status": "STATUS", "route": "ROUTE", "detail": "WHY",
}
_HISTORY: Final = {"seq": "LINE", "at": "AT (UTC)", "text": "WHAT HAPPENED"}
_TTL_S: Final = 300


def register(verbs: flags.Verbs) -> None:
    actions = flags.noun(verbs, "dead-letters")
    parser = flags.action(
        actions, "list", "list them, and what became of each", "tradebot.cli.dead_letters:list_"
    )
    flags.takes_place(parser)
    flags.takes_filters(parser, ("symbol", "status", "since", "strategy", "last"))
    for name, does, call in (
        ("show", "show one with its whole history", "show_"),
        ("retry", "let it walk again from stage 1, with what is true now", "retry"),
        ("discard", "give it up; a person says why", "discard"),
    ):
        parser = flags.action(actions, name, does, f"tradebot.cli.dead_letters:{call}")
        parser.add_argument("id", metavar="ID", help="the intent's id, or how it begins")
        if name == "retry":
            parser.add_argument(
                "--ttl", metavar="SECONDS", default=str(_TTL_S),
                help=f"how long it may wait this time ({_TTL_S})",
            )
        if name == "discard":
            parser.add_argument("--reason", metavar="TEXT", required=True, help="why")
        flags.takes_place(parser)


def list_(args: argparse.Namespace) -> int:
    from tradebot.shell.views.filters import DEAD_LETTER_STATUSES

    found, _ = reading.answer(
        args, "/api/v1/dead-letters",
        lambda views, wanted: {"dead_letters": views.dead_letters.rows(wanted)},
        DEAD_LETTER_STATUSES,
    )
    if not args.json:
        show.table([
            {**row, "short": row["intent_id"][:8], "died": show.when(row["died"])}
            for row in found["dead_letters"]
        ], _COLUMNS, "no dead letters")
    return Exit.DONE


def show_(args: argparse.Namespace) -> int:
    found = reading.one(args, "/api/v1/dead-letters", lambda home: _from_journal(home, args.id))
    if not args.json:
        _tell(found)
    return Exit.DONE


def retry(args: argparse.Namespace) -> int:
    found = _ask(args, "retry", {"ttl": args.ttl})
    result = found["result"]
    reason = f": {result['reason_code']}" if result["reason_code"] else ""
    asking.say(args, f"{found['dead_letter']['intent_id']} walked again to stage "
                     f"{result['stage']}, {result['verdict']}{reason}")
    return Exit.DONE if result["success"] else Exit.REFUSED


def discard(args: argparse.Namespace) -> int:
    found = _ask(args, "discard", {"reason": args.reason})
    asking.say(args, f"{found['dead_letter']['intent_id']} is discarded")
    return Exit.DONE


def _ask(args: argparse.Namespace, what: str, body: dict[str, Any]) -> dict[str, Any]:
    return asking.ask(args, f"dead-letters/{escaped(args.id)}/{what}", body)


def _tell(found: dict[str, Any]) -> None:
    letter = found["dead_letter"]
    show.pairs({
        "intent": letter["intent_id"], "order": letter["ask"], "status": letter["status"],
        "died": show.when(letter["died"]), "why": letter["detail"], "route": letter["route"],
        "by": letter["by"], "note": letter["note"], "now": letter["outcome"],
    })
    show.line()
    history = [{**row, "at": show.when(row["at"])} for row in found["history"]]
    show.table(history, _HISTORY, "no history")


def _from_journal(home: Path, name: str) -> dict[str, Any]:
    from tradebot.shell.views.dead_letters import document

    letters = reading.views(home).dead_letters.named(name)
    return document(reading.only(letters, "dead letter", name))
