"""Which release is this?"""

import argparse
import platform

from tradebot.cli import flags, show
from tradebot.cli.outcome import Exit


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "version", "tradebot.cli.version:version")
    flags.takes_json(parser)


def version(args: argparse.Namespace) -> int:
    from importlib.metadata import version as release_of

    found = {
        "name": "tradebot", "version": release_of("tradebot"), "python": platform.python_version()
    }
    if args.json:
        show.document(found)
    else:
        show.line(f"tradebot {found['version']} (Python {found['python']})")
    return Exit.DONE
