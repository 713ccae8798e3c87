"""How does a Slack channel hear of an alert? By an incoming webhook, as a coloured attachment."""

from collections.abc import Mapping
from typing import Any, Final

from tradebot.core.model.alert import Alert, Level
from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.plugins.notifiers.post import Said, post, reach, way
from tradebot.plugins.notifiers.wording import fitted, lines, one_line, told_fields

_HOSTS: Final = ("hooks.slack.com", "hooks.slack-gov.com")
_COLOURS: Final[Mapping[Level, str]] = {
    Level.INFO: "#36a64f", Level.WARNING: "#ff9900", Level.CRITICAL: "#ff0000",
}
_ESCAPED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}  # `<` begins links and mentions
_TITLE, _TEXT, _FIELDS, _NAME, _VALUE, _SHORT = 256, 4000, 25, 100, 1000, 24


@fact
class SlackSettings:
    """An incoming webhook of a workspace.

    webhook_url: the webhook's URL; who has it can write to the channel
    channel: another channel than the webhook's own, where the webhook may choose one
    username: the name it writes under, where the webhook may choose one
    allow_private: let the URL be another host's, inside a network of ours, and without TLS
    """

    webhook_url: Secret
    channel: str = ""
    username: str = "tradebot"
    allow_private: bool = False


class SlackNotifier:
    """One channel of Slack, or of what speaks like it."""

    settings_type = SlackSettings

    def __init__(self, settings: SlackSettings) -> None:
        self._line = way(
            "webhook_url", settings.webhook_url.reveal(), _HOSTS,
            allow_private=settings.allow_private,
        )
        self._settings = settings

    async def notify(self, alert: Alert) -> None:
        named = {"channel": self._settings.channel} if self._settings.channel else {}
        await post(self._line, {
            "username": self._settings.username, **named,
            "mrkdwn": False, "parse": "none", "unfurl_links": False, "unfurl_media": False,
            "attachments": [_attachment(alert)],
        }, _said)

    async def reach(self) -> str:
        return await reach(self._line)

    async def close(self) -> None:
        """Have nothing to close: each message has a connection of its own."""


def _attachment(alert: Alert) -> dict[str, Any]:
    title = _fitted(one_line(alert.title), _TITLE)
    return {
        "color": _COLOURS[alert.level], "fallback": f"{alert.level.upper()}: {title}",
        "title": title, "text": _fitted(lines(alert.text), _TEXT), "mrkdwn_in": [],
        "fields": [
            {
                "title": _fitted(name, _NAME), "value": _fitted(value, _VALUE),
                "short": len(value) <= _SHORT,
            }
            for name, value in told_fields(alert, _FIELDS)
        ],
        "footer": f"Alert level: {alert.level.upper()}", "ts": int(alert.at.timestamp()),
    }


def _fitted(text: str, most: int) -> str:
    return fitted(text, most, lambda letter: _ESCAPED.get(letter, letter))


def _said(body: bytes) -> Said:
    """Read why: a word such as `no_service`; anything longer is a page of somebody else's."""
    text = body.decode("ascii", "replace").strip()
    return text if text.isidentifier() and len(text) <= _NAME else "", 0.0
