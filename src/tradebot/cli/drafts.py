"""What waits for a person, and how does one say yes or no to it?"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, place, reading, revise, show
from tradebot.cli.asking import ask, say
from tradebot.cli.client import Client, escaped
from tradebot.cli.outcome import Exit, Stop
from tradebot.core.model.money import parse_decimal

if TYPE_CHECKING:
    from tradebot.shell.views.drafts import Drafts
    from tradebot.shell.views.views import Views

_DRAFTS: Final = {
    "created_utc": "DRAFTED (UTC)", "age": "AGE", "short": "DRAFT", "trade": "TRADE",
    "drift": "DRIFT", "strategy_id": "STRATEGY",
    "status": "STATUS", "approved_by": "APPROVED BY", "expires_utc": "EXPIRES (UTC)",
    "reason_code": "REASON",
}
_ID_HELP: Final = "the draft's id, its first 8 characters, or the name of its file"
_GATES: Final = {"gate": "GATE", "verdict": "VERDICT", "actual": "ACTUAL", "limit": "AT MOST"}
_LEGS: Final = {
    "action": "ACTION", "instrument": "INSTRUMENT", "strike": "STRIKE", "expiry": "EXPIRY",
    "quantity": "QTY", "price": "PRICE",
}


def register(verbs: flags.Verbs) -> None:
    actions = flags.noun(verbs, "drafts")
    parser = flags.action(
        actions, "list", "list drafts and what became of them", "tradebot.cli.drafts:list_"
    )
    flags.takes_place(parser)
    flags.takes_filters(parser, ("symbol", "status", "since", "strategy", "last"))
    for name, does, call in (
        ("show", "show one draft: its trade, its gates, its digest", "show_"),
        ("approve", "let a draft go on, through all gates again", "approve"),
        ("reject", "end a draft; a person says why", "reject"),
    ):
        parser = flags.action(actions, name, does, f"tradebot.cli.drafts:{call}")
        parser.add_argument("id", metavar="ID", help=_ID_HELP)
        if name == "approve":
            parser.add_argument("--digest", metavar="D", help="the digest of what was looked at;"
                                " only a terminal, which is shown it, may leave it out")
            parser.add_argument("--max-loss", metavar="AMOUNT", help="what the draft says could be"
                                " lost; anything else approves nothing")
            parser.add_argument("--yes", action="store_true", help="do not ask")
        if name == "reject":
            parser.add_argument("--reason", metavar="TEXT", required=True, help="why")
        flags.takes_place(parser)
    revise.register(actions, _ID_HELP)


def list_(args: argparse.Namespace) -> int:
    from tradebot.shell.views.filters import DRAFT_STATUSES

    found, _ = reading.answer(
        args, "/api/v1/drafts",
        lambda views, wanted: {"drafts": _shelved(args, views).rows(wanted)}, DRAFT_STATUSES,
    )
    if not args.json:
        show.table([
            {**row, "short": row["draft_id"][:8], "created_utc": show.when(row["created_utc"]),
             "expires_utc": show.when(row["expires_utc"]),
             "age": None if row["age_s"] is None else show.span(row["age_s"])}
            for row in found["drafts"]
        ], _DRAFTS, "no drafts")
    return Exit.DONE


def show_(args: argparse.Namespace) -> int:
    found = reading.one(args, "/api/v1/drafts", lambda home: _from_journal(args, home))
    if not args.json:
        _tell(found)
    return Exit.DONE


def approve(args: argparse.Namespace) -> int:
    """Show the draft and what it could lose; the yes is to that, and to nothing else."""
    if args.digest is None and (args.json or not sys.stdin.isatty()):
        raise Stop(Exit.USAGE, "--digest: expected the digest that `drafts show` tells")
    found = Client(place.home(args)).get(f"/api/v1/drafts/{escaped(args.id)}").checked()
    draft, loss = found["draft"], found["document"]["trade"]["max_loss"]
    if args.max_loss is not None and not _is_same(args.max_loss, loss):
        told = f"--max-loss: expected what the draft says ({loss or 'nothing'})"
        raise Stop(Exit.REFUSED, f"{told}, got {show.clean(args.max_loss)}; nothing was approved")
    if not args.json:
        _read_back(found, in_full=args.digest is None)
        if sys.stdin.isatty() and not args.yes and not _is_yes():
            raise Stop(Exit.FAILED, "nothing was approved")
    seen = {"account": draft["account"], "settings": draft["settings_version"], "max_loss": loss}
    return _answer(args, "approve", {
        "digest": args.digest or draft["digest"],
        **{name: value for name, value in seen.items() if value},
    })


def reject(args: argparse.Namespace) -> int:
    return _answer(args, "reject", {"reason": args.reason})


def _is_same(given: str, said: str | None) -> bool:
    try:
        return said is not None and parse_decimal(given) == parse_decimal(said)
    except ValueError:
        return False


def _read_back(found: dict[str, Any], *, in_full: bool) -> None:
    if in_full:
        _tell(found)
        show.line()
    draft, loss = found["draft"], found["document"]["trade"]["max_loss"]
    told = f"at most {loss} can be lost" if loss is not None else "nothing is opened"
    account = f" in account {draft['account']}" if draft["account"] else ""
    show.line(show.clean(f"{draft['ask']}{account}: {told}"))


def _is_yes() -> bool:
    return input("approve this? type yes: ").strip().lower() == "yes"


def _answer(args: argparse.Namespace, what: str, body: dict[str, str]) -> int:
    found = ask(args, f"drafts/{escaped(args.id)}/{what}", body)
    draft, result = found["draft"], found["result"]
    reason = f" {draft['reason_code']}" if draft["reason_code"] else ""
    stage = f"; now at stage {result['stage']}" if draft["status"] != "rejected" else ""
    lacks = draft["approvals_lacking"] if draft["approved_by"] else 0
    more = f"; approved by {draft['approved_by']}, and {lacks} more must" if lacks else ""
    say(args, f"draft {draft['draft_id']} is {draft['status']}{reason}{stage}{more}")
    return Exit.REFUSED if what == "approve" and not result["success"] else Exit.DONE


def _from_journal(args: argparse.Namespace, home: Path) -> dict[str, Any]:
    from tradebot.shell.views.drafts import document

    drafts = _shelved(args, reading.views(home))
    draft = reading.only(drafts.named(args.id), "draft", args.id)
    return {"draft": drafts.row(draft), "document": document(draft)}


def _tell(found: dict[str, Any]) -> None:
    draft, told = found["draft"], found["document"]
    trade = told["trade"]
    show.pairs({
        "draft": draft["draft_id"], "status": draft["status"], "trade": draft["ask"],
        "drafted (UTC)": show.when(draft["created_utc"]),
        "expires (UTC)": show.when(draft["expires_utc"]),
        "asked by": draft["strategy_id"] or draft["user"] or draft["source"],
        "in the words": told["meta"]["request"],
        "approved by": draft["approved_by"], "until (UTC)": show.when(draft["approved_until"]),
        "approvals lacking": draft["approvals_lacking"], "approval void": draft["approval_void"],
        "why": draft["reason_detail"], "order": draft["client_order_id"],
        "net price": trade["net_price"], "max loss": trade["max_loss"],
        "file": draft["draft_path"], "digest": draft["digest"],
    })
    show.line()
    for text in trade["explanation"]:
        show.line(show.clean(text))
    show.line()
    show.table(trade["legs"], _LEGS, "no legs")
    show.line()
    show.table(told["gates"], _GATES, "no gates")


def _shelved(args: argparse.Namespace, views: "Views") -> "Drafts":
    views.drafts.shelf = place.shelf(args)
    return views.drafts
