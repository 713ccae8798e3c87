"""Is the journal whole, and would today's code decide it the same way?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tradebot.cli import flags, place, show, tail
from tradebot.cli.outcome import Exit
from tradebot.cli.reading import followed, see_that_there_is_one

if TYPE_CHECKING:
    from tradebot.shell.replay.redecide import Comparison


def register(verbs: flags.Verbs) -> None:
    actions = flags.noun(verbs, "ledger")
    parser = flags.action(
        actions, "verify", "check every record, the chain and the anchor",
        "tradebot.cli.ledger:verify",
    )
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH",
                        help="a data directory or its journal; default: the configured one")
    flags.takes_place(parser)
    tail.register(actions)
    parser = flags.verb(verbs, "replay", "tradebot.cli.ledger:replay")
    flags.takes_place(parser)


def replay(args: argparse.Namespace) -> int:
    from tradebot.shell.journal.place import journal_of
    from tradebot.shell.replay.redecide import redecide

    home = place.home(args)
    with followed(home, "decisions replayed") as tell:
        found = redecide(journal_of(home), tell)
    code = Exit.DONE if found.is_same else Exit.FAILED
    if args.json:
        show.document(_document(found))
        return code
    show.line(f"{found.decisions} decisions, {found.events} events")
    if found.difference is not None:
        show.line(show.painted(show.clean(found.difference.sentence()), "bad"))
    elif found.books is not None:
        show.line(show.painted(show.clean(f"the books differ at {found.books}"), "bad"))
    else:
        show.line("no difference: decided again, every event is the same, and so is the book")
    return code


def _document(found: "Comparison") -> dict[str, object]:
    apart = found.difference
    return {
        "same": found.is_same, "decisions": found.decisions, "events": found.events,
        "difference": None if apart is None else {
            "seq": apart.seq, "at": apart.at.isoformat().replace("+00:00", "Z"),
            "command": apart.command, "path": apart.path, "recorded": apart.recorded,
            "decided": apart.decided,
        },
        "books": found.books,
    }


def verify(args: argparse.Namespace) -> int:
    from tradebot.shell.journal.verify import verify as check

    home = args.path if args.path is not None else place.home(args)
    see_that_there_is_one(home)
    found = check(home)
    code = Exit.DONE if found.is_good else Exit.LEDGER_BAD
    if args.json:
        where = {"segment": found.segment, "record": found.record, "byte": found.offset}
        show.document({
            "good": found.is_good, "records": found.records, "seq": found.seq,
            "torn": found.torn, "damage": None if found.is_good else
            {**where, "sentence": found.sentence},
        })
    elif found.is_good:
        show.line(f"good: {found.records} records, the last decision is {found.seq}")
        if found.torn is not None:
            show.line(show.clean(f"a crash cut the end off: {found.torn}"))
    else:
        place_ = f"segment {found.segment}, record {found.record}, byte {found.offset}: "
        told = (place_ if found.segment else "") + show.clean(found.sentence)
        show.line(show.painted(f"BAD: {told}", "bad"))
    return code
