"""Alerts to tell, and each channel that speaks HTTP, pointed at a server of the test's own."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from aiohttp import web

from tradebot.core.model.alert import Alert, AlertKind, Level
from tradebot.core.model.secret import Secret
from tradebot.plugins.notifiers.discord import DiscordNotifier, DiscordSettings
from tradebot.plugins.notifiers.slack import SlackNotifier, SlackSettings
from tradebot.plugins.notifiers.telegram import TelegramNotifier, TelegramSettings
from tradebot.plugins.notifiers.webhook import WebhookNotifier, WebhookSettings
from tradebot.ports import Notifier

TOKEN: Final = "123456:hush-hush-hush-hush-hush"
SIGNED_WITH: Final = "hush-hush-hush-hush"
HOSTILE: Final = (
    "@everyone @here <!channel> <@U1> <@&1> @tradebot_fan /start #general\n"
    "[click](https://evil.example) <https://evil.example|your bank> https://evil.example\n"
    "<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; \"'\n"
    "*bold* _it_ ~no~ `code` ```block``` ||spoiler|| > quote\n"
    "\x1b[2J\x1b[31mred\x07 \r\nBcc: all@evil.example\r\n.\r\nQUIT "
    "\u202eesrever \u200bzero \x00 \ud800"
)


class ReachableNotifier(Notifier, Protocol):
    async def reach(self) -> str: ...


def an_alert(level: Level = Level.WARNING, **changed: Any) -> Alert:
    """Return a kill switch that was set, or what else is said."""
    return Alert(**{
        "kind": AlertKind.KILL_SWITCH, "level": level, "title": "The kill switch is set",
        "text": "ann: too many rejects\n12 orders were cancelled.",
        "at": datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC),
        "fields": (("account", "PAPER-1"), ("equity", "99123.40"), ("drawdown", "-0.0312")),
        **changed,
    })


def a_hostile_alert() -> Alert:
    return an_alert(
        Level.CRITICAL, title=HOSTILE, text=HOSTILE, fields=((HOSTILE, HOSTILE), ("", ""))
    )


def slack(url: str) -> ReachableNotifier:
    return SlackNotifier(SlackSettings(webhook_url=Secret(f"{url}/hush"), allow_private=True))


def discord(url: str) -> ReachableNotifier:
    return DiscordNotifier(DiscordSettings(webhook_url=Secret(f"{url}/hush"), allow_private=True))


def telegram(url: str) -> ReachableNotifier:
    return TelegramNotifier(TelegramSettings(
        bot_token=Secret(TOKEN), chat_id="-100123", api_url=url, allow_private=True
    ))


def webhook(url: str) -> ReachableNotifier:
    return WebhookNotifier(WebhookSettings(
        url=Secret(f"{url}/hush"), headers={"X-Team": "desk"}, authorization=Secret("Bearer hush"),
        signing_secret=Secret(SIGNED_WITH), allow_private=True,
    ))


SERVICES: Final[Mapping[str, Callable[[str], ReachableNotifier]]] = {
    "slack": slack, "discord": discord, "telegram": telegram, "webhook": webhook,
}


def on_the_wire(request: web.Request, body: bytes) -> str:
    """Write a request as it came, but for what differs from run to run, its JSON spread out."""
    told = [
        f"{name}: {value}" for name, value in sorted(request.headers.items())
        if name not in {"Host", "Content-Length"}
    ]
    spread = json.dumps(json.loads(body), indent=1)
    return "\n".join([f"{request.method} {request.path_qs}", *told, "", spread, ""])
