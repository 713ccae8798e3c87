"""Which flags do verbs share? Said once, so that they mean the same everywhere."""

import argparse
from collections.abc import Sequence
from typing import Any, TypeAlias

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def verb(verbs: Verbs, name: str, does: str, call: str) -> argparse.ArgumentParser:
    """Add a verb; `call` is `module:function`, imported only when the verb is asked for."""
    parser = verbs.add_parser(
        name, help=does, description=f"{does[0].upper()}{does[1:]}.", allow_abbrev=False
    )
    parser.set_defaults(call=call)
    return parser


def takes_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", metavar="NAME",
        help="configuration: a path, or a name looked for in ./config, the user's and the"
        " system's configuration directories (default: config.paper.yaml)",
    )
    parser.add_argument("--data-dir", metavar="DIR", help="use this data directory")
    parser.add_argument(
        "--set", action="append", default=[], metavar="A.B=C", dest="overrides",
        help="override one setting; may be given again",
    )


def takes_place(parser: argparse.ArgumentParser) -> None:
    """Add what says which daemon is meant, and how to print its answer."""
    takes_config(parser)
    parser.add_argument(
        "--rehearsal", action="store_true", help="mean the rehearsal, not the daemon itself"
    )
    takes_json(parser)


def takes_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_true", help="print one JSON document and nothing else"
    )


def takes_filters(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    """Add the filters of a list; without an answer from them a list shows its newest rows."""
    help_of: dict[str, dict[str, Any]] = {
        "symbol": {"metavar": "S", "help": "only this symbol"},
        "status": {"metavar": "STATUS", "help": "only this status, or open, or done"},
        "since": {"metavar": "TIME", "help": "only from this day or time on (ISO 8601, UTC)"},
        "strategy": {"metavar": "ID", "help": "only this strategy"},
        "last": {"metavar": "N", "help": "at most the newest N rows (default 200)"},
    }
    for name in names:
        parser.add_argument(f"--{name}", **help_of[name])
