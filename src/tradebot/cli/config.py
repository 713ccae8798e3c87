"""Is a configuration good, which values hold, and where do they come from?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tradebot.cli import configs, flags, place, show
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.shell.settings.config import Config


def register(verbs: flags.Verbs) -> None:
    actions = flags.noun(verbs, "config")
    parser = flags.action(
        actions, "validate", "check a configuration and name every problem",
        "tradebot.cli.config:validate",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the same as --config NAME")
    flags.takes_config(parser)
    flags.takes_json(parser)
    parser = flags.action(
        actions, "show", "show every setting that holds, or a version as it was",
        "tradebot.cli.config:show_all",
    )
    parser.add_argument("number", metavar="N", nargs="?", type=configs.number,
                        help="a version that was accepted: its files, without their secrets")
    parser.add_argument("--sources", action="store_true",
                        help="and where each comes from: file and line, variable, flag, default")
    flags.takes_place(parser)
    configs.register(actions)
    parser = flags.action(
        actions, "migrate", "tell, or write, what an older file is to say in today's form",
        "tradebot.cli.config:migrate",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a configuration file")
    parser.add_argument("--write", action="store_true", help="write it, with all comments")
    flags.takes_json(parser)
    parser = flags.action(
        actions, "schema", "print the JSON Schema of the whole file, for editors",
        "tradebot.cli.config:schema",
    )
    parser.add_argument("--policy", action="store_true", help="of a file of limits instead")
    flags.takes_json(parser)


def show_all(args: argparse.Namespace) -> int:
    from tradebot.shell.settings.effective import effective

    if args.number is not None:
        return configs.show_version(args)
    config = place.load(args)
    rows = [
        {"key": row.key, "value": row.value, "source": row.source} for row in effective(config)
    ]
    if args.json:
        show.document({
            "config": str(config.source), "settings_hash": config.settings_hash, "settings": rows,
        })
        return Exit.DONE
    columns = {"key": "SETTING", "value": "VALUE", "source": "FROM"}
    if not args.sources:
        del columns["source"]
    show.table(rows, columns, "no settings")
    return Exit.DONE


def migrate(args: argparse.Namespace) -> int:
    from tradebot.shell.settings.document import ConfigError
    from tradebot.shell.settings.file import Files, write_whole
    from tradebot.shell.settings.migrate import migrated, rewritten

    try:
        _, renames = migrated(Files().read(args.file))
        is_yaml = args.file.suffix != ".json"
        text = args.file.read_text(encoding="utf-8")
        found = rewritten(text, str(args.file)) if is_yaml else None
    except ConfigError as error:
        raise Stop(Exit.CONFIG, "\n".join(error.problems)) from None
    is_written = args.write and found is not None and found != text
    if is_written:
        assert found is not None
        write_whole(args.file, found.encode())
    if args.json:
        show.document({
            "file": str(args.file), "written": is_written, "by_hand": bool(renames and not found),
            "renames": [{"line": r.place.line, "before": r.before, "now": r.now} for r in renames],
        })
    elif not renames:
        show.line(f"{args.file} is of today's form")
    for rename in renames if not args.json else ():
        show.line(str(rename))
    if renames and args.write and not is_written:
        raise Stop(Exit.FAILED, f"{args.file}: nothing was written: change these by hand")
    return Exit.DONE


def schema(args: argparse.Namespace) -> int:
    from tradebot.shell.settings import schema as forms

    show.document(forms.policy_schema() if args.policy else forms.schema())
    return Exit.DONE


def validate(args: argparse.Namespace) -> int:
    from tradebot.shell.settings.effective import inline_secrets
    from tradebot.shell.settings.plugin_settings import check_plugins

    if args.name is not None:
        if args.config is not None:
            raise Stop(Exit.USAGE, "give the configuration once: as NAME or as --config NAME")
        args.config = args.name
    try:
        found = place.load(args)
        problems = [*check_plugins(found), *_days(found)]
    except Stop as stop:
        if not args.json or stop.code is not Exit.CONFIG:
            raise
        problems = str(stop).splitlines()
    if problems and not args.json:
        raise Stop(Exit.CONFIG, "\n".join(problems))
    if problems:
        show.document({"valid": False, "problems": problems, "warnings": []})
        return Exit.CONFIG
    warnings = [*found.warnings, *inline_secrets(found)]
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


def _days(found: "Config") -> list[str]:
    from tradebot.shell.calendar import build_calendars
    from tradebot.shell.settings.document import ConfigError

    try:
        build_calendars(found.schedule)
    except ConfigError as error:
        return error.problems
    return []
