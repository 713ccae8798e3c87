"""What would your own configuration have made of other people's worst days?"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from tradebot.cli import flags, place, show
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.shell.drills.drill import Outcome

ALL: Final = "all"
_COLUMNS: Final = {"drill": "DRILL", "verdict": "VERDICT", "took_s": "S", "says": ""}
_PAINT: Final = {"pass": "good", "fail": "bad", "skip": "warn"}


def register(verbs: flags.Verbs) -> None:
    actions = flags.noun(verbs, "drill")
    parser = flags.action(
        actions, "list", "list the drills, and what each shows", "tradebot.cli.drill:listed"
    )
    flags.takes_json(parser)
    parser = flags.action(
        actions, "run", "play drills against your configuration, on paper, in a directory of"
        " their own; exit 1 when one fails", "tradebot.cli.drill:run",
    )
    parser.add_argument("names", nargs="+", metavar="NAME", help=f"which ones, or {ALL}")
    flags.takes_config(parser)
    flags.takes_json(parser)


def listed(args: argparse.Namespace) -> int:
    from tradebot.shell.drills.real import REAL
    from tradebot.shell.drills.scripts import DRILLS

    shown = {drill.name: drill.shows for drill in DRILLS.values()}
    shown.update({drill.name: drill.shows for drill in REAL})
    rows = [{"drill": name, "shows": shows} for name, shows in shown.items()]
    if args.json:
        show.document({"drills": rows})
    else:
        show.table(rows, {"drill": "DRILL", "shows": "SHOWS"}, "there are none")
    return Exit.DONE


def run(args: argparse.Namespace) -> int:
    found = list(_played(args))
    counts = {word: sum(o.word.value == word for o in found) for word in _PAINT}
    rows = [_row(outcome) for outcome in found]
    if args.json:
        show.document({"drills": rows, **counts})
    else:
        show.table(rows, _COLUMNS, "nothing was played")
        said = f"{counts['pass']} passed, {counts['fail']} failed, {counts['skip']} skipped"
        show.line(show.painted(said, "bad" if counts["fail"] else "good"))
    return Exit.FAILED if counts["fail"] else Exit.DONE


def _row(outcome: "Outcome") -> dict[str, object]:
    row = asdict(outcome)
    return {"drill": row.pop("drill"), "verdict": row.pop("word").value, **row}


def _played(args: argparse.Namespace) -> Iterator["Outcome"]:
    """Play them one after the other; nothing that they write outlives them."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from tradebot.shell.calendar import build_calendars
    from tradebot.shell.clock import WallClock
    from tradebot.shell.drills import play, real
    from tradebot.shell.drills.child import Child
    from tradebot.shell.drills.scenes import Scenes
    from tradebot.shell.drills.scripts import DRILLS

    on_children = {drill.name: drill for drill in real.REAL}
    names, config = _names(args.names, [*DRILLS, *on_children]), place.load(args)
    scenes = Scenes(config, build_calendars(config.schedule), WallClock().now())
    progress = show.Progress(f"of {len(names)} drills played")
    try:
        for done, name in enumerate(names):
            progress.tell(done)
            with TemporaryDirectory(prefix="tradebot-drill-") as home:
                if name in DRILLS:
                    yield play.play(DRILLS[name], scenes.of, Path(home))
                else:
                    child = Child(_same_words(args), Path(home), scenes.starts("open"))
                    yield real.play(on_children[name], config, child)
    finally:
        progress.end()


def _same_words(args: argparse.Namespace) -> list[str]:
    """Return the words that name the same configuration to a child process."""
    named = ["--config", args.config] if args.config else []
    return [*named, *(word for change in args.overrides for word in ("--set", change))]


def _names(asked: Sequence[str], known: Sequence[str]) -> Sequence[str]:
    from tradebot.shell.settings.document import suggestion

    for name in asked:
        if name not in (*known, ALL):
            told = f"expected a name that `drill list` shows, got {name!r}"
            raise Stop(Exit.USAGE, told + suggestion(name, known))
    return known if ALL in asked else list(dict.fromkeys(asked))
