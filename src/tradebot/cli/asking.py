"""How does a verb have the daemon do something? In a person's name; programs hear all of it."""

import argparse
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from tradebot.cli import place, show
from tradebot.cli.client import Client
from tradebot.cli.outcome import Stop

_LOOK_EVERY_S: Final = 0.1


def ask(args: argparse.Namespace, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what came of it; programs are told that, whatever it is, and a no ends the verb."""
    reply = Client(place.home(args)).post(f"/api/v1/{path}", {**body, "user": user()})
    if args.json:
        show.document(reply.document)
    if not reply.is_good:
        raise Stop(reply.exit_code(), reply.problem())
    return reply.document


def wait(
    found: dict[str, Any], look: Callable[[], dict[str, Any]],
    is_over: Callable[[dict[str, Any]], bool], within_s: float,
) -> dict[str, Any]:
    """Look until it is over, or the time is; a terminal sees that it waits."""
    left, progress = within_s, show.Progress(f"of {within_s:g} s waited")
    try:
        while left > 0 and not is_over(found):
            progress.tell(int(within_s - left))
            time.sleep(min(_LOOK_EVERY_S, left))
            left -= _LOOK_EVERY_S
            found = look()
    finally:
        progress.end()
    return found


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
