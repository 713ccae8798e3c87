"""Which verb was asked for? Arguments become one call, and every failure one sentence."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from tradebot.cli import flags
from tradebot.cli.outcome import INTERRUPTED, Exit, Stop
from tradebot.cli.verbs import VERBS

_EPILOG = """exit codes: 0 done, 1 failed, 2 usage, 3 not running, 4 configuration, 5 timed out,
6 refused, 7 reconciliation break, 8 ledger damaged, 70 stopped by a failure of core or journal,
73 data directory in use"""


def build_parser(asked: str | None = None) -> argparse.ArgumentParser:
    """Build the command line: whole, or with the words of one verb and the names of the others."""
    parser = flags.Parser(
        prog="tradebot", allow_abbrev=False, epilog=_EPILOG,
        description="A trading daemon that loses nothing, sends nothing twice and explains"
        " every decision.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for file in dict.fromkeys(verb.file for verb in VERBS.values()):
        names = [name for name, verb in VERBS.items() if verb.file == file]
        if asked is None or asked in names:
            import_module(f"tradebot.cli.{file}").register(verbs)
        else:
            for name in names:
                verbs.add_parser(name, help=VERBS[name].does, add_help=False)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    _print_anything()
    try:
        words = sys.argv[1:] if argv is None else argv
        asked = next((word for word in words if not word.startswith("-")), "")
        args = build_parser(asked).parse_args(words)
    except SystemExit as end:  # argparse has said what is wrong, or printed the help
        return end.code if isinstance(end.code, int) else int(Exit.USAGE)
    try:
        code = int(_call(args))
        sys.stdout.flush()
    except Stop as stop:
        _say(str(stop))
        return int(stop.code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough; the interpreter must not complain of it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.FAILED)
    except OSError as error:
        _say(f"{error.filename or 'input or output'}: {error.strerror or error}")
        return int(Exit.FAILED)
    return code


def _print_anything() -> None:
    """Where the terminal knows no such letter, it is escaped; no verb ends over it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _say(sentence: str) -> None:
    from tradebot.cli import show

    show.note(f"tradebot: {sentence}")


def _call(args: argparse.Namespace) -> int:
    module, _, function = args.call.partition(":")
    result: int = getattr(import_module(module), function)(args)
    return result


if __name__ == "__main__":
    raise SystemExit(main())
