"""What changes from now on? A line for each change once it is durable, until interrupted.

It reads the journal beside its writer, so it outlives the daemon and goes on with the next one.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import place, reading, show
from tradebot.cli.outcome import Exit

if TYPE_CHECKING:
    from tradebot.shell.journal.decision import Decision
    from tradebot.shell.views.filters import Filters
    from tradebot.shell.views.views import Views

_POLL_EVERY_S: Final = 0.2


def takes_follow(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f", "--follow", action="store_true",
        help="go on with each change until interrupted; with --json a JSON document a line",
    )


def follow(
    args: argparse.Namespace, statuses: Sequence[str],
    now: "Callable[[Views, Filters], list[dict[str, Any]]]",
    changed: "Callable[[Views, Decision, Filters], list[dict[str, Any]]]",
    told: Callable[[dict[str, Any]], str],
) -> int:
    """Print what there is and each change of it; whoever has enough interrupts it."""
    from tradebot.shell.views.views import Views

    wanted, ledger, views = reading.filters(args, statuses), _ledger(args), Views()
    for decision in ledger.decisions():
        views.apply(decision)
    for row in now(views, wanted):
        _print(args, row, told)
    for news in ledger.follow():
        for decision in news:
            views.apply(decision)
            for row in changed(views, decision, wanted):
                _print(args, row, told)
        sys.stdout.flush()
        time.sleep(_POLL_EVERY_S)
    return Exit.DONE


def _ledger(args: argparse.Namespace) -> reading.LedgerFile:
    return reading.LedgerFile(place.home(args))


def _print(
    args: argparse.Namespace, row: dict[str, Any], told: Callable[[dict[str, Any]], str]
) -> None:
    show.line(json.dumps(row) if args.json else show.clean(told(row)))
