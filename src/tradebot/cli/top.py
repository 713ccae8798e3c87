"""How does trading go, at a glance and from second to second?"""

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import flags, place, show
from tradebot.cli.asking import user
from tradebot.cli.client import Client, NotRunning
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.cli.top_frame import Glance

_ANSWER_WITHIN_S: Final = 2.0
_EVERY_S: Final = 1.0
_NOT_FOUND: Final = 404
_ASKED: Final = {
    "status": {}, "health": {}, "account": {}, "positions": {}, "orders": {"status": "open"},
    "drafts": {"status": "waiting"}, "headroom": {}, "alerts": {"last": "20"},
    "intents": {"last": "20"},
}


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "top", "tradebot.cli.top:top")
    parser.add_argument("--once", action="store_true", help="print one frame, whole, and end")
    parser.add_argument("--every", metavar="S", type=flags.seconds, default=_EVERY_S,
                        help="how long between two looks (default 1)")
    flags.takes_place(parser)


def top(args: argparse.Namespace) -> int:
    from tradebot.cli import top_frame

    client = Client(place.home(args), _ANSWER_WITHIN_S)
    seen = top_frame.Glance(told=_ask_all(client))  # where nobody runs, it ends here
    if args.json:
        show.document(dict(seen.told))
    elif args.once:
        for line in top_frame.whole(seen):
            show.line(show.painted(line.text, line.how) if line.how else line.text)
    elif not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Stop(Exit.USAGE, "top draws on a terminal; --once prints one frame anywhere")
    else:
        from tradebot.cli import top_screen

        top_screen.run(_Looker(client, seen).look, partial(_kill, client), args.every)
    return Exit.DONE


class _Looker:
    """Asks again and again; where nobody answers, what was told last stays, under that remark."""

    def __init__(self, client: Client, seen: "Glance") -> None:
        self._client = client
        self._seen = seen

    def look(self) -> "Glance":
        from dataclasses import replace

        try:
            self._seen = replace(self._seen, told=_ask_all(self._client), trouble="")
        except Stop as stop:
            self._seen = replace(self._seen, trouble=str(stop))
        return self._seen


def _ask_all(client: Client) -> dict[str, dict[str, Any]]:
    """Ask for every document, or raise Stop at the first that nobody answers in time."""
    replies = {path: client.get(f"/api/v1/{path}", query) for path, query in _ASKED.items()}
    return {  # a daemon of an older release has not all of them
        path: reply.checked() for path, reply in replies.items() if reply.status != _NOT_FOUND
    }


def _kill(client: Client) -> str:
    try:
        found = client.post("/api/v1/kill", {"reason": "from top", "user": user()}).checked()
    except NotRunning as stop:
        return f"{stop}; tradebot kill leaves a flag file"
    except Stop as stop:
        return f"NOT KILLED: {stop}; try tradebot kill"
    return f"killed; {len(found['cancel_requested'])} orders are being cancelled"
