"""How is the daemon told to hold back, short of the kill switch?"""

import argparse

from tradebot.cli import flags
from tradebot.cli.asking import ask, say
from tradebot.cli.outcome import Exit


def register(verbs: flags.Verbs) -> None:
    for name in ("pause", "resume", "reduce-only"):
        parser = flags.verb(verbs, name, f"tradebot.cli.controls:{name.replace('-', '_')}")
        if name == "reduce-only":
            parser.add_argument("state", metavar="on|off", choices=("on", "off"), help="which")
        parser.add_argument("--reason", metavar="TEXT", help="why, for the journal")
        flags.takes_place(parser)


def pause(args: argparse.Namespace) -> int:
    return _ask(args, "pause", "strategies are paused", "strategies were paused before")


def resume(args: argparse.Namespace) -> int:
    return _ask(args, "resume", "strategies may ask again", "strategies were not paused")


def reduce_only(args: argparse.Namespace) -> int:
    told = ("only what closes may trade", "it was on before")
    if args.state == "off":
        told = ("everything may trade again", "it was off before")
    return _ask(args, f"reduce-only/{args.state}", *told)


def _ask(args: argparse.Namespace, control: str, done: str, nothing: str) -> int:
    found = ask(args, control, {"reason": args.reason})
    say(args, done if found["changed"] else nothing)
    return Exit.DONE
