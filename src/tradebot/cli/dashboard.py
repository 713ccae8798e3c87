"""How does a person get into the dashboard? By a link that lets one browser in, once and soon."""

import argparse

from tradebot.cli import flags
from tradebot.cli.asking import ask, say
from tradebot.cli.outcome import Exit


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "dashboard", "tradebot.cli.dashboard:dashboard")
    flags.takes_place(parser)


def dashboard(args: argparse.Namespace) -> int:
    found = ask(args, "login-codes", {})
    say(args, found["url"])
    say(args, f"for one browser, within {found['left_s']} s")
    return Exit.DONE
