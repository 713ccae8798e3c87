"""Is the machine fit for trading: clock, disk, lock, socket, brokers, notifiers?"""

import argparse
from typing import TYPE_CHECKING

from tradebot.cli import flags, place, release_check, show
from tradebot.cli.client import is_running
from tradebot.cli.outcome import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from tradebot.shell.checks.checks import Finding
    from tradebot.shell.settings.config import Config


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "doctor", "tradebot.cli.doctor:doctor")
    flags.takes_config(parser)
    parser.add_argument("--offline", action="store_true", help="do not log in to the brokers")
    flags.takes_json(parser)


def doctor(args: argparse.Namespace) -> int:
    from tradebot.cli.log_in import log_in
    from tradebot.shell.checks.checks import Word, examine, worst
    from tradebot.shell.checks.config_files import config_files
    from tradebot.shell.checks.doctor import machine_checks
    from tradebot.shell.clock import WallClock

    config = place.load(args)
    found = examine({
        **machine_checks(config.data_dir, WallClock()),
        "config files": lambda: config_files(config),
        "socket": lambda: _socket(config.data_dir),
        "brokers": lambda: (
            (Word.SKIP, "not asked (--offline)") if args.offline else (Word.PASS, log_in(config))
        ),
        "notifiers": lambda: (
            (Word.SKIP, "not asked (--offline)") if args.offline else _notifiers(config)
        ),
    })
    is_bad = worst(found) is Word.FAIL
    if args.json:
        show.document({"good": not is_bad, "checks": release_check.rows(found)})
    else:
        release_check.tell(found)
    return Exit.FAILED if is_bad else Exit.DONE


def _notifiers(config: "Config") -> "Finding":
    """Connect to what each channel tells by, and tell nothing."""
    import asyncio

    from tradebot.shell.checks.checks import Word
    from tradebot.shell.notify.build import hide_in, trials
    from tradebot.shell.notify.trial import FAILED, reach_by

    rows = asyncio.run(reach_by(trials(config), hide_in(config)))
    if not rows:
        return Word.SKIP, "none is configured: nobody is told of trouble"
    told = "; ".join(f"{row['channel']}: {row['told']}" for row in rows)
    return (Word.FAIL if any(row["outcome"] == FAILED for row in rows) else Word.PASS), told


def _socket(home: "Path") -> "Finding":
    from tradebot.shell.api.socket_place import locate
    from tradebot.shell.checks.checks import Word

    path = locate(place.socket_path(home))
    if is_running(home):
        return Word.PASS, f"a daemon answers at {path}"
    if is_running(home / place.REHEARSAL):
        return Word.PASS, "no daemon but a rehearsal of it answers"
    if path.exists():
        return Word.WARN, f"{path} is there, but nobody answers; the next start replaces it"
    return Word.PASS, "no daemon runs, and no socket is left behind"
