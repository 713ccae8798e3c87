"""How does a Telegram chat hear of an alert? By a bot's `sendMessage`, as text without markup."""

import re
from typing import Final

from tradebot.core.model.alert import Alert, Level
from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.plugins.notifiers.post import Said, fields_of, post, reach, seconds, way
from tradebot.plugins.notifiers.wording import as_text, fitted, length, one_line

_HOME: Final = "https://api.telegram.org"
_HOSTS: Final = ("api.telegram.org",)
_TOKEN: Final = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,80}", re.ASCII)
_CHAT: Final = re.compile(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{3,64}", re.ASCII)
_MOST: Final = 4096


@fact
class TelegramSettings:
    """A bot, and the chat that it writes to.

    bot_token: what BotFather gave; who has it is the bot
    chat_id: the chat's number, or @NAME of a public channel
    api_url: a Bot API server of one's own; it needs allow_private where it is inside
    allow_private: let the URL be another host's, inside a network of ours, and without TLS
    """

    bot_token: Secret
    chat_id: str
    api_url: str = _HOME
    allow_private: bool = False

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.bot_token.reveal()):
            raise ValueError("bot_token: expected NUMBER:LETTERS (the value is not shown)")
        if not _CHAT.fullmatch(self.chat_id):
            raise ValueError("chat_id: expected a number, or @NAME of a public channel")


class TelegramNotifier:
    """One chat. The token is a part of the URL, which nothing here ever tells."""

    settings_type = TelegramSettings

    def __init__(self, settings: TelegramSettings) -> None:
        url = f"{settings.api_url.rstrip('/')}/bot{settings.bot_token.reveal()}/sendMessage"
        self._line = way("api_url", url, _HOSTS, allow_private=settings.allow_private)
        self._chat_id = settings.chat_id

    async def notify(self, alert: Alert) -> None:
        """Send it as a bold line of ours, and the alert's own words as code: that reads nothing."""
        head = f"{alert.level.upper()} {alert.kind}"
        said = f"{one_line(alert.title)}\n{as_text(alert)}".strip()
        words = fitted(said, _MOST - length(head) - 1)
        await post(self._line, {
            "chat_id": self._chat_id, "text": f"{head}\n{words}",
            "entities": [
                {"type": "bold", "offset": 0, "length": length(head)},
                {"type": "pre", "offset": length(head) + 1, "length": length(words)},
            ],
            "disable_notification": alert.level is Level.INFO,
            "link_preview_options": {"is_disabled": True},
        }, _said)

    async def reach(self) -> str:
        return await reach(self._line)

    async def close(self) -> None:
        """Have nothing to close: each message has a connection of its own."""


def _said(body: bytes) -> Said:
    found = fields_of(body)
    why, told = found.get("description"), found.get("parameters")
    wait = told.get("retry_after") if isinstance(told, dict) else None
    return why if isinstance(why, str) else "", seconds(wait)
