"""What does the ledger say, line by line? The end of it as it grows, or all of it in a file."""

import argparse
import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, place, reading, show
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.shell.journal.decision import Decision

_POLL_EVERY_S: Final = 0.2
_LINES_MAX: Final = 1_000_000
WHAT: Final = ("decisions", "fills", "orders")


def register(actions: flags.Verbs) -> None:
    parser = flags.action(
        actions, "tail", "show the end of the ledger, one sentence a line", "tradebot.cli.tail:tail"
    )
    parser.add_argument("-n", type=_count, default=10, metavar="N", dest="lines",
                        help="how many lines (default 10)")
    parser.add_argument("-f", "--follow", action="store_true",
                        help="go on with what becomes durable, until interrupted")
    flags.takes_place(parser)
    parser = flags.action(
        actions, "export", "write the ledger as rows for other programs",
        "tradebot.cli.tail:export",
    )
    parser.add_argument("--format", choices=("jsonl", "csv"), default="jsonl",
                        help="JSON lines (default) or CSV")
    parser.add_argument("--what", choices=WHAT, default="decisions",
                        help="decisions (default; CSV: a row an event), fills or orders")
    parser.add_argument("--out", metavar="FILE", type=Path,
                        help="write there, whole or not at all; default: standard output")
    flags.takes_filters(parser, ("since",))
    flags.takes_place(parser)


def tail(args: argparse.Namespace) -> int:
    from tradebot.shell.export import event_rows

    newest: deque[dict[str, Any]] = deque(maxlen=args.lines)
    ledger = reading.LedgerFile(place.home(args))
    for decision in ledger.decisions():
        newest.extend(event_rows(decision))
    for row in newest:
        _tell(row, args.json)
    if args.follow:
        for news in ledger.follow():
            for decision in news:
                for row in event_rows(decision):
                    _tell(row, args.json)
            sys.stdout.flush()
            time.sleep(_POLL_EVERY_S)
    return Exit.DONE


def export(args: argparse.Namespace) -> int:
    from tradebot.shell import export as rows

    if args.json and args.out is None:
        raise Stop(Exit.USAGE, "--json tells how an export to --out FILE went; the rows are JSON"
                   " already with --format jsonl")
    since = reading.filters(args).since
    progress = show.Progress("decisions read")
    decisions = _counted(reading.LedgerFile(place.home(args)).decisions(), progress)
    found = rows.rows(args.what, args.format, decisions, since)
    if args.out is None:
        rows.write(args.format, found, sys.stdout)
        return Exit.DONE
    begun = args.out.with_name(args.out.name + ".begun")
    try:
        with open(begun, "w", encoding="utf-8", newline="", opener=_private) as out:
            count = rows.write(args.format, found, out)
        begun.replace(args.out)
    finally:
        progress.end()
        begun.unlink(missing_ok=True)
    if args.json:
        show.document({"rows": count, "what": args.what, "out": str(args.out)})
    else:
        show.line(f"{count} rows of {args.what} in {args.out}")
    return Exit.DONE


def _tell(row: dict[str, Any], is_json: bool) -> None:
    if is_json:
        show.line(json.dumps(row))
    else:
        show.line(show.clean(f"{row['seq']:>8}  {show.when(row['at'])}  {row['text']}"))


def _counted(decisions: "Iterator[Decision]", progress: show.Progress) -> "Iterator[Decision]":
    for number, decision in enumerate(decisions, 1):
        if number % 1000 == 0:
            progress.tell(number)
        yield decision


def _private(path: str, flags_: int) -> int:
    return os.open(path, flags_ | os.O_NOFOLLOW, 0o600)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 <= int(text[:9]) <= _LINES_MAX):
        raise argparse.ArgumentTypeError(f"expected 0 to {_LINES_MAX}, got {text[:40]!r}")
    return int(text[:9])
