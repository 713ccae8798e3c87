"""Which verb was asked for? Arguments become one call, and every failure one sentence."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from tradebot.cli import (
    account,
    arm,
    calendar,
    completion,
    config,
    controls,
    doctor,
    drafts,
    flags,
    health,
    init,
    intents,
    kill,
    ledger,
    orders,
    reconcile,
    release_check,
    run,
    show,
    simulate,
    status,
    strategies,
    version,
    why,
)
from tradebot.cli.outcome import INTERRUPTED, Exit, Stop

_NOUNS = (
    run, status, intents, drafts, orders, account, strategies, kill, controls, arm, why, reconcile,
    ledger, calendar, config, completion, version,
    release_check, health, doctor, init, simulate,
)
_EPILOG = """exit codes: 0 done, 1 failed, 2 usage, 3 not running, 4 configuration, 5 timed out,
6 refused, 7 reconciliation break, 8 ledger damaged, 70 stopped by a failure of core or journal,
73 data directory in use"""


def build_parser() -> argparse.ArgumentParser:
    """Build the whole command line; nothing heavy is imported for it."""
    parser = flags.Parser(
        prog="tradebot", allow_abbrev=False, epilog=_EPILOG,
        description="A trading daemon that loses nothing, sends nothing twice and explains"
        " every decision.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for noun in _NOUNS:
        noun.register(verbs)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    try:
        args = build_parser().parse_args(argv)
    except SystemExit as end:  # argparse has said what is wrong, or printed the help
        return end.code if isinstance(end.code, int) else int(Exit.USAGE)
    try:
        code = int(_call(args))
        sys.stdout.flush()
    except Stop as stop:
        show.note(f"tradebot: {stop}")
        return int(stop.code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough; the interpreter must not complain of it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.FAILED)
    except OSError as error:
        show.note(f"tradebot: {error.filename or 'input or output'}: {error.strerror or error}")
        return int(Exit.FAILED)
    return code


def _call(args: argparse.Namespace) -> int:
    module, _, function = args.call.partition(":")
    result: int = getattr(import_module(module), function)(args)
    return result


if __name__ == "__main__":
    raise SystemExit(main())
