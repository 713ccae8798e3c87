"""How does the daemon do on days on which everything goes wrong? Simulated ones, by seed."""

import argparse
from collections.abc import Iterable, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any

from tradebot.cli import flags, show
from tradebot.cli.outcome import Exit, Stop


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "simulate", "tradebot.cli.simulate:simulate")
    parser.add_argument("--days", type=int, default=100, metavar="N", help="how many (default 100)")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="the first day's seed (default 1)"
    )
    parser.add_argument(
        "--seeds-from", type=Path, metavar="FILE",
        help="play the seeds of this file first: the first word of each line",
    )
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="J", help="processors to use (default 1)"
    )
    parser.add_argument(
        "--budget-s", type=float, metavar="S",
        help="play on with the next seeds until so many seconds are over; --days are the least",
    )
    parser.add_argument(
        "--each", type=int, default=0, metavar="N",
        help="fail too where a kind of fault came less often than this",
    )
    flags.takes_json(parser)


def simulate(args: argparse.Namespace) -> int:
    from tradebot.shell.clock import stopwatch
    from tradebot.shell.simulate.report import play_all

    if args.days < 0 or args.jobs < 1:
        raise Stop(Exit.USAGE, "expected --days of at least 0 and --jobs of at least 1")
    kept = kept_seeds(args.seeds_from)
    seeds: Iterable[int] = [*kept, *range(args.seed, args.seed + args.days)]
    least, budget_s = len(kept) + args.days, args.budget_s
    if budget_s is not None:
        seeds = chain(kept, count(args.seed))
    progress, began = show.Progress("days played"), stopwatch()
    try:
        tally = play_all(
            seeds, args.jobs, progress.tell, is_enough=lambda days: budget_s is not None
            and days >= least and stopwatch() - began >= budget_s
        )
    finally:
        progress.end()
    found = tally.document(stopwatch() - began)
    if args.json:
        show.document(found)
    else:
        _tell(found)
    seldom = [name for name, count in found["faults"].items() if count < args.each]
    if seldom:
        show.note(f"came less than {args.each} times: {', '.join(seldom)}")
    return Exit.FAILED if found["violations"] or seldom else Exit.DONE


def kept_seeds(path: Path | None) -> list[int]:
    """Return the seeds of a file: the first word of each line that is no remark."""
    if path is None:
        return []
    words = [line.split("#")[0].split() for line in path.read_text(encoding="utf-8").splitlines()]
    try:
        return [int(line[0]) for line in words if line]
    except ValueError as error:
        raise Stop(Exit.USAGE, f"{path}: {error}") from None


def _tell(found: Mapping[str, Any]) -> None:
    fired = found["faults"]
    show.table(
        [{"fault": name, "count": count} for name, count in fired.items()],
        {"fault": "FAULT", "count": "TIMES"}, "no faults",
    )
    show.line()
    show.pairs({
        name: found[name] for name in (
            "days", "decisions", "orders", "fills", "starts", "crashes", "faults_injected",
            "seconds", "days_per_minute",
        )
    })
    for broken in found["violations"]:
        text = f"seed {broken['seed']}: invariant {broken['invariant']} at {broken['at_s']} s:"
        show.line(show.painted(show.clean(f"{text} {broken['text']}"), "bad"))
        show.line(f"  {broken['replay']}")
    if not found["violations"]:
        show.line(show.painted("no promise was broken", "good"))
