"""Why did it come to this, or to nothing? The chain of one id, in words and numbers."""

import argparse
from pathlib import Path
from typing import Any

from tradebot.cli import flags, reading, show
from tradebot.cli.outcome import Exit, Stop


def register(verbs: flags.Verbs) -> None:
    for name, call in (("why", "why"), ("why-not", "why_not")):
        parser = flags.verb(verbs, name, f"tradebot.cli.why:{call}")
        parser.add_argument("id", metavar="ID",
                            help="an intent, any id of an order, or a fill; as the log has it, too")
        flags.takes_place(parser)


def why(args: argparse.Namespace) -> int:
    found = _found(args)
    if not args.json:
        _tell(found)
    return Exit.DONE


def why_not(args: argparse.Namespace) -> int:
    found = _found(args)
    if args.json:
        return Exit.DONE
    stopped = found["because"]
    if stopped is None:
        show.line(show.painted("nothing stopped it", "good"))
    else:
        code = f"{stopped['reason_code']}: " if stopped["reason_code"] else ""
        show.line(show.painted(show.clean(f"{code}{stopped['sentence']}"), "bad"))
        if stopped["numbers"]:
            show.line(show.clean(f"  numbers   {stopped['numbers']}"))
        for remedy in stopped["remedies"]:
            show.line(show.clean(f"  it needs  {remedy}"))
    show.line()
    _tell(found)
    return Exit.DONE


def _tell(found: dict[str, Any]) -> None:
    for sentence in found["sentences"]:
        show.line(show.clean(sentence))


def _found(args: argparse.Namespace) -> dict[str, Any]:
    return reading.one(args, "/api/v1/why", lambda home: _from_journal(home, args.id))


def _from_journal(home: Path, name: str) -> dict[str, Any]:
    found = _chain_of(home, name) or _chain_of(home, reading.views(home).in_full(name))
    if found is None:
        raise Stop(Exit.FAILED, f"no intent, order or fill is called {name}")
    return found


def _chain_of(home: Path, name: str) -> dict[str, Any] | None:
    from tradebot.shell.views.views import Views

    views = Views(events_max=None)
    for decision in reading.LedgerFile(home).chain_of(name):
        views.apply(decision)
    return views.why(name)
