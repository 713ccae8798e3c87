"""Which configurations held, what does another change, and who lets it in?"""

import argparse
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, place, reading, show
from tradebot.cli.asking import say, user
from tradebot.cli.client import Client, NotRunning, Reply
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from pathlib import Path

    from tradebot.shell.settings.versions import Versions

_VERSIONS: Final = {
    "number": "VERSION", "at": "ACCEPTED (UTC)", "by": "BY", "source": "BY WAY OF",
    "in_force": "IN FORCE", "changed": "CHANGED", "reason": "REASON",
}
_CHANGES: Final = {"key": "SETTING", "before": "FROM", "after": "TO", "direction": "DIRECTION"}
_OTHERS: Final = {"key": "SETTING", "before": "FROM", "after": "TO",
                  "takes_effect": "TAKES EFFECT"}
_KEYS_SHOWN: Final = 3


def register(actions: flags.Verbs) -> None:
    """Add what can be done with versions to the noun `config`."""
    for name, does in (
        ("history", "list the configurations that were accepted"),
        ("diff", "tell what a version changes of another; else what the files of now change"),
        ("reload", "have the running daemon read its files anew"),
        ("rollback", "put the files of a version back in their places, and reload"),
        ("approve", "let the looser settings in that wait"),
        ("reject", "keep the looser settings out that wait"),
    ):
        parser = flags.action(actions, name, does, f"tradebot.cli.configs:{name}")
        if name == "diff":
            parser.add_argument("one", metavar="A", nargs="?", type=number, help="a version")
            parser.add_argument("other", metavar="B", nargs="?", type=number, help="another;"
                                " without it the files as they are now")
        if name == "rollback":
            parser.add_argument("number", metavar="N", type=number, help="the version")
        if name in ("approve", "reject"):
            parser.add_argument("digest", metavar="DIGEST", help="of what was looked at;"
                                " status and config history show it")
        if name in ("rollback", "approve", "reject"):
            parser.add_argument("--reason", metavar="TEXT", required=name != "approve",
                                help="why, for the journal")
        flags.takes_place(parser)


def number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0):
        raise argparse.ArgumentTypeError(f"expected a version's number, got {text!r}")
    return int(text[:9])


def history(args: argparse.Namespace) -> int:
    found, _ = reading.answer(
        args, "/api/v1/config/versions", lambda views, _: {"versions": views.configs.rows()}
    )
    if not args.json:
        rows = [{**row, "changed": _keys(row["changed"])} for row in found["versions"]]
        show.table(rows, _VERSIONS, "no configuration was accepted yet")
    return Exit.DONE


def show_version(args: argparse.Namespace) -> int:
    """Show one version: when, by whom, and what its files said."""
    from tradebot.shell.compared import version_document

    home = place.home(args)
    try:
        found = Client(home).get(f"/api/v1/config/versions/{args.number}").checked()
    except NotRunning:
        known = version_document(reading.views(home).configs, _kept(home), args.number)
        if known is None:
            raise Stop(Exit.FAILED, f"no version {args.number} is known") from None
        found = known
    if args.json:
        show.document(found)
        return Exit.DONE
    word = ", in force" if found["in_force"] else ""
    show.line(f"version {found['number']}{word}: {show.when(found['at'])} UTC, by {found['by']}"
              f" ({found['source']}), settings {found['settings_version']}")
    if found["reason"]:
        show.line(show.clean(found["reason"]))
    for file in found["files"]:
        show.line(f"\n# {show.clean(file['path'])}")
        show.line(show.clean(file["text"]))
    if not found["is_kept"]:
        show.line("its files are not kept any more")
    return Exit.DONE


def diff(args: argparse.Namespace) -> int:
    home = place.home(args)
    asked = {"from": args.one, "to": args.other}
    query = {name: str(value) for name, value in asked.items() if value is not None}
    try:
        found = _checked(Client(home).get("/api/v1/config/diff", query))
    except NotRunning:
        found = _compared(args, home)
    if args.json:
        show.document(found)
        return Exit.DONE
    target = f"version {found['to']}" if found["to"] is not None else "the files of now"
    show.line(f"from version {found['from']} to {target}")
    if not found["changes"] and not found["others"]:
        show.line("no setting differs")
    if found["changes"]:
        show.line("\nwhat decides:")
        show.table(found["changes"], _CHANGES, "")
    if found["others"]:
        show.line("\nall else:")
        show.table(found["others"], _OTHERS, "")
    return Exit.DONE


def reload(args: argparse.Namespace) -> int:
    from tradebot.shell.reload import sentence

    found = _post(args, "reload", {})
    say(args, sentence(found))
    return Exit.DONE


def rollback(args: argparse.Namespace) -> int:
    from tradebot.shell.reload import sentence

    found = _post(args, "rollback", {"number": args.number, "reason": args.reason})
    say(args, sentence(found))
    return Exit.DONE


def approve(args: argparse.Namespace) -> int:
    body = {"digest": args.digest} | ({"reason": args.reason} if args.reason else {})
    _post(args, "approve", body)
    after = Client(place.home(args)).get("/api/v1/config").checked()
    waits = after["pending"]
    say(args, "in force" if waits is None else f"approved; it waits for {waits['waits_for']}")
    return Exit.DONE


def reject(args: argparse.Namespace) -> int:
    _post(args, "reject", {"digest": args.digest, "reason": args.reason})
    say(args, "rejected: the tighter settings stay")
    return Exit.DONE


def _post(args: argparse.Namespace, what: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = Client(place.home(args)).post(f"/api/v1/config/{what}", {**body, "user": user()})
    if args.json:
        show.document(reply.document)
    return _checked(reply)


def _checked(reply: Reply) -> dict[str, Any]:
    """Return the document; files that cannot be used end the verb with each of their problems."""
    if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        raise Stop(Exit.CONFIG, "\n".join(reply.document["problems"]))
    return reply.checked()


def _compared(args: argparse.Namespace, home: "Path") -> dict[str, Any]:
    """Compare without a daemon, from the journal and what is kept beside it."""
    from tradebot.shell.compared import compared
    from tradebot.shell.settings.config import ConfigError
    from tradebot.shell.settings.versions import NotKept

    one = args.one if args.one is not None else reading.views(home).book.config.number
    try:
        return compared(place.load(args), _kept(home), one, args.other)
    except ConfigError as error:
        raise Stop(Exit.CONFIG, "\n".join(error.problems)) from None
    except NotKept as error:
        raise Stop(Exit.FAILED, str(error)) from None


def _kept(home: "Path") -> "Versions":
    from tradebot.shell.settings.versions import FOLDER, Versions

    return Versions(home / FOLDER)


def _keys(changed: list[str]) -> str:
    told = ", ".join(changed[:_KEYS_SHOWN])
    more = len(changed) - _KEYS_SHOWN
    return f"{told} and {more} more" if more > 0 else told
