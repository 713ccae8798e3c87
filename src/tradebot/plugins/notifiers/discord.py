"""How does a Discord channel hear of an alert? By a webhook, as one embed within its limits."""

from collections.abc import Mapping
from typing import Any, Final

from tradebot.core.model.alert import Alert, Level
from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.plugins.notifiers.post import Said, fields_of, post, reach, seconds, way
from tradebot.plugins.notifiers.wording import SPARE, fitted, length, lines, one_line, told_fields

_HOSTS: Final = ("discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com")
_COLOURS: Final[Mapping[Level, int]] = {
    Level.INFO: 3581519, Level.WARNING: 16750080, Level.CRITICAL: 16711680,
}
_TITLE, _TEXT, _FIELDS, _NAME, _VALUE, _FOOTER, _ALL = 256, 4096, 25, 256, 1024, 2048, 6000
_MARKUP: Final = frozenset("\\*_~`|<>[]()#@")  # each could begin a link, a mention or a heading


@fact
class DiscordSettings:
    """A webhook of a channel.

    webhook_url: the webhook's URL; who has it can write to the channel
    username: the name it writes under
    allow_private: let the URL be another host's, inside a network of ours, and without TLS
    """

    webhook_url: Secret
    username: str = "tradebot"
    allow_private: bool = False


class DiscordNotifier:
    """One channel of Discord."""

    settings_type = DiscordSettings

    def __init__(self, settings: DiscordSettings) -> None:
        self._line = way(
            "webhook_url", settings.webhook_url.reveal(), _HOSTS,
            allow_private=settings.allow_private,
        )
        self._username = settings.username

    async def notify(self, alert: Alert) -> None:
        await post(self._line, {
            "username": self._username, "embeds": [_embed(alert)],
            "allowed_mentions": {"parse": []},
        }, _said)

    async def reach(self) -> str:
        return await reach(self._line)

    async def close(self) -> None:
        """Have nothing to close: each message has a connection of its own."""


def _embed(alert: Alert) -> dict[str, Any]:
    """Write what fits into all limits at once: the title, the text, then fields to the last."""
    footer = f"Alert level: {alert.level.upper()}"[:_FOOTER]
    title = fitted(one_line(alert.title) or SPARE, _TITLE, _escape)
    text = fitted(lines(alert.text), _TEXT, _escape)
    room = _ALL - length(footer) - length(title) - length(text)
    fields = list[dict[str, Any]]()
    for name, value in told_fields(alert, _FIELDS):
        told = fitted(name, _NAME, _escape)
        left = room - length(told)
        if left < 1:
            break
        said = fitted(value, min(_VALUE, left), _escape)
        fields.append({"name": told, "value": said, "inline": True})
        room = left - length(said)
    return {
        "title": title, "description": text, "color": _COLOURS[alert.level], "fields": fields,
        "timestamp": alert.at.isoformat(), "footer": {"text": footer},
    }


def _escape(letter: str) -> str:
    return f"\\{letter}" if letter in _MARKUP else letter


def _said(body: bytes) -> Said:
    found = fields_of(body)
    message = found.get("message")
    return message if isinstance(message, str) else "", seconds(found.get("retry_after"))
