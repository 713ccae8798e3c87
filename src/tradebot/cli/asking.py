"""How does a verb have the daemon do something? In a person's name; programs hear all of it."""

import argparse
from collections.abc import Mapping
from typing import Any

from tradebot.cli import place, show
from tradebot.cli.client import Client
from tradebot.cli.outcome import Stop


def ask(args: argparse.Namespace, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what came of it; programs are told that, whatever it is, and a no ends the verb."""
    reply = Client(place.home(args)).post(f"/api/v1/{path}", {**body, "user": user()})
    if args.json:
        show.document(reply.document)
    if not reply.is_good:
        raise Stop(reply.exit_code(), reply.problem())
    return reply.document


def say(args: argparse.Namespace, text: str) -> None:
    """Say it to people; programs were told."""
    if not args.json:
        show.line(show.clean(text))


def user() -> str:
    """Name who asks, for the journal."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "cli"
