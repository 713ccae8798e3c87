"""Is the machine fit for trading: clock, disk, lock, socket, brokers, notifiers?"""

import argparse
from typing import TYPE_CHECKING

from tradebot.cli import flags, place, release_check, show
from tradebot.cli.client import is_running
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from pathlib import Path

    from tradebot.shell.checks.checks import Checked, Finding
    from tradebot.shell.settings.config import Config


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "doctor", "tradebot.cli.doctor:doctor")
    flags.takes_config(parser)
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--offline", action="store_true", help="do not log in to the brokers")
    asked.add_argument("--broker", metavar="NAME",
                       help="look at this route's broker, and at nothing else")
    flags.takes_json(parser)


def doctor(args: argparse.Namespace) -> int:
    config = place.load(args)
    if args.broker is not None:
        return _one_broker(args, config)
    return _machine(args, config)


def _one_broker(args: argparse.Namespace, config: "Config") -> int:
    """Ask one broker all that can be asked without an order."""
    from tradebot.cli.look import look_at
    from tradebot.shell.checks.checks import Word, worst
    from tradebot.shell.settings.document import ConfigError, suggestion

    if args.broker not in config.brokers:
        known = ", ".join(config.brokers)
        meant = suggestion(args.broker, config.brokers)
        raise Stop(Exit.USAGE, f"--broker: expected one of {known}, got {args.broker!r}{meant}")
    try:
        found, figures = look_at(config, args.broker)
    except ConfigError as error:
        raise Stop(Exit.CONFIG, "\n".join(error.problems)) from None
    is_bad = worst(found) is Word.FAIL
    if args.json:
        show.document({
            "good": not is_bad, "broker": args.broker, **figures,
            "checks": release_check.rows(found),
        })
    else:
        release_check.tell(found)
    return Exit.FAILED if is_bad else Exit.DONE


def _machine(args: argparse.Namespace, config: "Config") -> int:
    from tradebot.shell.checks.checks import Word, examine, worst
    from tradebot.shell.checks.config_files import config_files
    from tradebot.shell.checks.doctor import machine_checks
    from tradebot.shell.clock import WallClock

    found = examine({
        **machine_checks(config.data_dir, WallClock()),
        "config files": lambda: config_files(config),
        "socket": lambda: _socket(config.data_dir),
        "brokers": lambda: (
            (Word.SKIP, "not asked (--offline)") if args.offline else _brokers(config)
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


def _brokers(config: "Config") -> "Finding":
    """Log in to every broker and ask for its statement."""
    from tradebot.cli.look import BRIEFLY, look_at
    from tradebot.shell.checks.checks import Word, worst
    from tradebot.shell.settings.document import ConfigError

    told: list[str] = []
    all_found: list[Checked] = []
    try:
        for route in config.brokers:
            found, _ = look_at(config, route, only=BRIEFLY)
            bad = [checked for checked in found if checked.word is Word.FAIL]
            told.append(f"{route}: {(bad or found)[-1].said}")
            all_found += found
    except ConfigError as error:
        return Word.FAIL, "; ".join(error.problems)
    return worst(all_found), "; ".join(told)


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
