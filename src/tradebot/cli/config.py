"""Is a configuration good?"""

import argparse

from tradebot.cli import flags, place, show
from tradebot.cli.outcome import Exit, Stop


def register(verbs: flags.Verbs) -> None:
    noun = verbs.add_parser(
        "config", help="look at the configuration", description="Look at the configuration.",
        allow_abbrev=False,
    )
    actions = noun.add_subparsers(title="actions", metavar="ACTION", required=True)
    parser = flags.verb(
        actions, "validate", "check a configuration and name every problem",
        "tradebot.cli.config:validate",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the same as --config NAME")
    flags.takes_config(parser)
    flags.takes_json(parser)


def validate(args: argparse.Namespace) -> int:
    if args.name is not None:
        if args.config is not None:
            raise Stop(Exit.USAGE, "give the configuration once: as NAME or as --config NAME")
        args.config = args.name
    try:
        found = place.load(args)
    except Stop as stop:
        if not args.json or stop.code is not Exit.CONFIG:
            raise
        show.document({"valid": False, "problems": str(stop).splitlines(), "warnings": []})
        return Exit.CONFIG
    warnings = [str(warning) for warning in found.warnings]
    if args.json:
        show.document({
            "valid": True, "problems": [], "warnings": warnings,
            "settings_hash": found.settings_hash, "mode": found.decisive().mode.value,
        })
        return Exit.DONE
    for warning in warnings:
        show.note(f"warning: {warning}")
    show.line(f"good: mode {found.decisive().mode.value}, settings {found.settings_hash}")
    return Exit.DONE
