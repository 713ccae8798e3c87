"""Do alerts reach a person? A test message by each channel, with or without a daemon."""

import argparse
from typing import TYPE_CHECKING, Any, Final

from tradebot.cli import asking, flags, place, show
from tradebot.cli.client import Client, NotRunning
from tradebot.cli.outcome import Exit, Stop

if TYPE_CHECKING:
    from tradebot.shell.settings.config import Config

_COLUMNS: Final = {
    "channel": "CHANNEL", "plugin": "PLUGIN", "outcome": "OUTCOME", "latency_ms": "MS", "says": "",
}


def register(verbs: flags.Verbs) -> None:
    actions = flags.noun(verbs, "notify")
    parser = flags.action(
        actions, "test", "send a test message by each channel", "tradebot.cli.notify:test"
    )
    parser.add_argument("--channel", metavar="C", help="only by this channel")
    flags.takes_place(parser)


def test(args: argparse.Namespace) -> int:
    """Exit 1 where a message was not taken; 4 where there is no such channel."""
    body = {"user": asking.user()} | ({"channel": args.channel} if args.channel else {})
    try:
        reply = Client(place.home(args)).post("/api/v1/notify/test", body)
        rows: list[dict[str, Any]] = reply.checked()["channels"]
    except NotRunning:
        if args.rehearsal:
            raise
        rows = _tried(place.load(args), args.channel)
    if not rows:
        named = f"no channel is called {args.channel!r}" if args.channel else "there is no channel"
        raise Stop(Exit.CONFIG, f"notifications.channels: {named}")
    is_good = all(row["outcome"] != "failed" for row in rows)
    if args.json:
        show.document({"good": is_good, "channels": rows})
    else:
        told = [{**row, "says": "; ".join(filter(None, (row["told"], row["advice"])))}
                for row in rows]
        show.table(told, _COLUMNS, "")
    return Exit.DONE if is_good else Exit.FAILED


def _tried(config: "Config", channel: str | None) -> list[dict[str, Any]]:
    """Try the configuration's channels from here."""
    import asyncio

    from tradebot.shell.clock import WallClock
    from tradebot.shell.notify.build import hide_in, trials
    from tradebot.shell.notify.trial import a_test, send_by
    from tradebot.shell.settings.document import ConfigError
    from tradebot.shell.settings.plugin_settings import check_plugins

    if problems := check_plugins(config):
        raise Stop(Exit.CONFIG, "\n".join(problems))
    try:
        wanted = [trial for trial in trials(config) if channel in (None, trial.name)]
    except ConfigError as error:
        raise Stop(Exit.CONFIG, "\n".join(error.problems)) from None
    return asyncio.run(
        send_by(wanted, a_test(asking.user(), WallClock().now()), hide_in(config))
    )
