"""How is the daemon started in the foreground, for real or as a rehearsal?"""

import argparse
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal

from tradebot.cli import flags, place
from tradebot.cli.outcome import Exit, Stop

_SPEED_DEFAULT: Final = Decimal(60)
_SPEED_MAX: Final = 100_000
_OF_REHEARSALS: Final = ("resume", "speed", "start", "until")


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "run", "tradebot.cli.run:run")
    flags.takes_config(parser)
    parser.add_argument("--rehearse", action="store_true",
                        help="play a simulated session: no network, market open or shut")
    parser.add_argument("--continue", action="store_true", dest="resume",
                        help="go on with the last rehearsal instead of starting afresh")
    parser.add_argument("--speed", metavar="N", type=_speed,
                        help="how many times faster than real time, or max (default 60)")
    parser.add_argument("--start", metavar="TIME", type=_time,
                        help="when the rehearsal begins (ISO 8601, UTC)")
    parser.add_argument("--until", metavar="TIME", type=_until,
                        help="when it ends: a time, or close")
    parser.add_argument("--log-format", choices=("text", "json", "auto"), default=None,
                        help="auto: text on a terminal, JSON elsewhere")


def run(args: argparse.Namespace) -> int:
    """Start the daemon; its exit code is ours."""
    if not args.rehearse:
        given = [name for name in _OF_REHEARSALS if getattr(args, name)]
        if given:
            flag = "continue" if given[0] == "resume" else given[0]
            raise Stop(Exit.USAGE, f"--{flag} belongs to a rehearsal: add --rehearse")
    from tradebot.shell import unreadable

    unreadable.close_process()
    config = place.load(args, unreadable.take(os.environ))
    from tradebot import app
    from tradebot.shell.journal.damage import JournalDamaged, JournalFailed, JournalMismatch
    from tradebot.shell.journal.lock import DataDirInUse
    from tradebot.shell.run_options import RunOptions
    from tradebot.shell.settings.document import ConfigError

    speed = _SPEED_DEFAULT if args.speed is None else args.speed
    options = RunOptions(
        rehearse=args.rehearse, resume=args.resume, speed=None if speed == "max" else speed,
        start=args.start, until=args.until, log_format=args.log_format or "auto",
    )
    try:
        return app.run(config, options)
    except ConfigError as error:
        raise Stop(Exit.CONFIG, "\n".join(error.problems)) from None
    except DataDirInUse as error:
        told = f"{error}; stop that one, or give this one its own: --data-dir DIR"
        raise Stop(Exit.DATA_DIR_IN_USE, told) from None
    except JournalDamaged as error:
        text = f"the journal is damaged, so nothing was started: {error}"
        raise Stop(Exit.LEDGER_BAD, text) from None
    except JournalFailed as error:
        raise Stop(Exit.STOPPED_BY_FAILURE, str(error)) from None
    except JournalMismatch as error:
        raise Stop(Exit.FAILED, str(error)) from None
    except ValueError as error:
        raise Stop(Exit.USAGE, str(error)) from None


def _speed(text: str) -> Decimal | Literal["max"]:
    from tradebot.core.model.money import parse_decimal

    if text == "max":
        return "max"
    try:
        found = parse_decimal(text)
    except ValueError:
        found = Decimal(0)
    if not 0 < found <= _SPEED_MAX:
        raise argparse.ArgumentTypeError(f"expected 1 to {_SPEED_MAX}, or max, got {text!r}")
    return found


def _until(text: str) -> datetime | Literal["close"]:
    return "close" if text == "close" else _time(text)


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        expected = "a time such as 2026-08-24T14:30:00Z"
        raise argparse.ArgumentTypeError(f"expected {expected}, got {text!r}") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
