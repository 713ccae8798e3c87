"""Which strategies run, what have they earned, and how is one stopped and let go again?"""

import argparse
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, reading, show
from tradebot.cli.asking import ask, say
from tradebot.cli.client import escaped
from tradebot.cli.outcome import Exit

if TYPE_CHECKING:
    from tradebot.shell.views.filters import Filters
    from tradebot.shell.views.views import Views

_COLUMNS: Final = {
    "strategy_id": "strategy", "is": "is", "symbols": "symbols", "failures": "failures",
    "overruns": "overruns", "slowest_ms": "slowest ms", "reason": "reason",
}

_TRUST: Final = {
    "strategy_id": "strategy", "earned": "earned", "next": "next", "sessions": "sessions",
    "clean_sessions": "clean", "orders": "orders", "fills": "fills", "rejects": "rejects",
    "net": "net", "drawdown": "drawdown", "missing": "missing",
}


def register(verbs: flags.Verbs) -> None:
    actions = flags.noun(verbs, "strategies")
    flags.takes_place(flags.action(
        actions, "list", "show each strategy, whether it is called, and how it behaved",
        "tradebot.cli.strategies:list_",
    ))
    flags.takes_place(flags.action(
        actions, "trust", "show each strategy's record, what it has earned, and what is missing",
        "tradebot.cli.strategies:trust",
    ))
    for name, does in (
        ("enable", "let a disabled strategy be called again; it begins as after a restart"),
        ("disable", "call a strategy no more, until it is enabled; its orders stay"),
    ):
        parser = flags.action(actions, name, does, f"tradebot.cli.strategies:{name}")
        parser.add_argument("id", metavar="ID", help="the strategy, as list names it")
        parser.add_argument(
            "--reason", metavar="TEXT", required=True, help="why, for the journal"
        )
        flags.takes_place(parser)


def list_(args: argparse.Namespace) -> int:
    found, is_running = reading.answer(args, "/api/v1/strategies", _offline)
    if not args.json:
        rows = [
            {**row, "symbols": " ".join(row["symbols"]), "is": "on" if row["is_enabled"] else "OFF"}
            for row in found["strategies"]
        ]
        none = "no strategies" if is_running else "none disabled; a running daemon lists them all"
        show.table(rows, _COLUMNS, none)
    return Exit.DONE if is_running else Exit.NOT_RUNNING


def trust(args: argparse.Namespace) -> int:
    """Show the record toward the next step, or toward the last where all is earned."""
    found, is_running = reading.answer(args, "/api/v1/trust", _trust_offline)
    if not args.json:
        rows = [
            {**row, **row["records"][row["next"] or "live"], "earned": " ".join(row["earned"]),
             "missing": "; ".join(row["missing"])}
            for row in found["strategies"]
        ]
        show.note(f"promotion.trust is {found['trust']}")
        show.table(rows, _TRUST, "no strategy has sent an order")
    return Exit.DONE if is_running else Exit.NOT_RUNNING


def enable(args: argparse.Namespace) -> int:
    return _switch(args, "enable")


def disable(args: argparse.Namespace) -> int:
    return _switch(args, "disable")


def _switch(args: argparse.Namespace, word: str) -> int:
    found = ask(args, f"strategies/{escaped(args.id)}/{word}", {"reason": args.reason})
    was = "is" if found["changed"] else "was already"
    say(args, f"strategy {found['strategy_id']} {was} {word}d")
    return Exit.DONE


def _trust_offline(views: "Views", filters: "Filters") -> dict[str, Any]:
    from tradebot.shell.views.trust import trust as told

    return told(views.book)


def _offline(views: "Views", filters: "Filters") -> dict[str, Any]:
    """Only what is disabled stands in the journal; what is configured does not."""
    return {"strategies": [
        {"strategy_id": name, "symbols": [], "is_enabled": False, "reason": reason,
         "failures": 0, "overruns": 0, "slowest_ms": 0.0, "figures": {}}
        for name, reason in views.book.disabled.items()
    ]}
