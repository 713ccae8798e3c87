"""Which flags do verbs share, and what is said of wrong ones? The same everywhere."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn, TypeAlias

from tradebot.cli.outcome import Exit
from tradebot.cli.verbs import VERBS

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
_WAIT_MAX_S: Final = 86_400.0
_LINE: Final = 160


class Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong with the words, and what was probably meant."""

    def error(self, message: str) -> NoReturn:
        self.exit(Exit.USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")

    def parse_known_args(  # type: ignore[override]  # the overloads say no more than this
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Refuse what is left over where it was written, not at the end of all verbs."""
        words = sys.argv[1:] if args is None else args
        if self._subparsers is not None and words and words[0].startswith("-"):
            flag = words[0].partition("=")[0]
            if flag not in self._option_string_actions:
                self.error(f"expected what to do first and then how, got {flag!r} first")
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            meant = _nearest(rest[0].partition("=")[0], self._option_string_actions)
            self.error(f"expected no {rest[0]!r}{meant}")
        return found, rest

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            known = f"one of {', '.join(map(str, action.choices))}"
            if len(known) > _LINE:
                known = "one of those that the help lists"
            meant = _nearest(str(value), action.choices)
            raise argparse.ArgumentError(action, f"expected {known}, got {value!r}{meant}")


def _nearest(word: str, known: Iterable[str]) -> str:
    from tradebot.shell.settings.document import suggestion

    return suggestion(word, known)


def verb(verbs: Verbs, name: str, call: str) -> argparse.ArgumentParser:
    """Add a verb; `call` is `module:function`, imported only when the verb is asked for."""
    return action(verbs, name, VERBS[name].does, call)


def noun(verbs: Verbs, name: str) -> Verbs:
    """Add a verb that takes an action; return where to add those."""
    parser = _parser(verbs, name, VERBS[name].does)
    return parser.add_subparsers(title="actions", metavar="ACTION", required=True)


def action(actions: Verbs, name: str, does: str, call: str) -> argparse.ArgumentParser:
    """Add what can be done to a noun; `call` is `module:function`."""
    parser = _parser(actions, name, does)
    parser.set_defaults(call=call)
    return parser


def _parser(verbs: Verbs, name: str, does: str) -> argparse.ArgumentParser:
    description = f"{does[0].upper()}{does[1:]}."
    return verbs.add_parser(name, help=does, description=description, allow_abbrev=False)


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


def seconds(text: str) -> float:
    """Read how long to wait; 0 does not wait at all."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= _WAIT_MAX_S:
        raise argparse.ArgumentTypeError(f"expected seconds up to {_WAIT_MAX_S:g}, got {text!r}")
    return found
