"""How may a person let orders go to a live account: which, how many, how much, how long?"""

import argparse
import re
import sys
from typing import Any, Final

from tradebot.cli import flags, show
from tradebot.cli.asking import ask, say
from tradebot.cli.outcome import Exit, Stop

_TIME: Final = re.compile(r"([0-9]{1,5})(s|m|h)", re.ASCII)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "arm", "tradebot.cli.arm:arm")
    parser.add_argument("--account", metavar="A", required=True, help="the broker's account id")
    parser.add_argument(
        "--orders", metavar="N", type=int, required=True, help="how many orders may go at most"
    )
    parser.add_argument(
        "--notional", metavar="USD", required=True, help="what they may open together at most"
    )
    parser.add_argument(
        "--for", metavar="TIME", dest="time", required=True, type=_seconds,
        help="for how long, such as 30m, 2h or 90s; at most 8h",
    )
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why, for the journal")
    parser.add_argument(
        "--confirm", metavar="A", help="the account id once more; asked for where it is not given"
    )
    flags.takes_place(parser)
    parser = flags.verb(verbs, "disarm", "tradebot.cli.arm:disarm")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the journal")
    flags.takes_place(parser)


def arm(args: argparse.Namespace) -> int:
    found = ask(args, "arm", {
        "account": args.account, "orders": str(args.orders), "notional": args.notional,
        "for_s": str(args.time), "reason": args.reason,
        "confirm": args.confirm if args.confirm is not None else _typed(args.account),
    })
    if not args.json:
        show.line(show.painted(f"LIVE ARMED: {in_words(found['arming'])}", "bad"))
    return Exit.DONE


def disarm(args: argparse.Namespace) -> int:
    found = ask(args, "disarm", {"reason": args.reason})
    say(args, "live is disarmed" if found["changed"] else "live was not armed")
    return Exit.DONE


def in_words(arming: dict[str, Any]) -> str:
    """Tell what is armed, what of it is used, and when it ends."""
    used = f"{arming['orders']} of {arming['orders_max']} orders"
    worth = f"{arming['notional_usd']} of {arming['notional_max_usd']} USD"
    until = f"until {show.when(arming['until'])} UTC"
    if "remaining_s" in arming:
        until = f"{show.span(arming['remaining_s'])} left, {until}"
    return show.clean(f"account {arming['account']}, {used}, {worth}, {until}")


def _typed(account: str) -> str:
    if not sys.stdin.isatty():
        raise Stop(Exit.USAGE, f"arm: expected --confirm {account}: nobody is there to be asked")
    show.note(f"orders will go to the live account {account}")
    sys.stderr.write("type its id to arm it: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _seconds(text: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"expected a time such as 30m, 2h or 90s, got {text!r}")
    return int(found[1]) * _SECONDS[found[2]]
