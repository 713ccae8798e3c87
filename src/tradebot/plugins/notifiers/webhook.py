"""How does a program of one's own hear of an alert? As JSON, posted to it and signed."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tradebot.core.model.alert import Alert
from tradebot.core.model.fact import fact
from tradebot.core.model.secret import Secret
from tradebot.plugins.notifiers.post import JSON, post_bytes, reach, way
from tradebot.plugins.notifiers.wording import alert_id, fitted, lines, one_line, told_fields

_TITLE, _TEXT, _FIELDS, _NAME, _VALUE = 256, 8000, 50, 256, 1024
_HEADER: Final = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_OURS: Final = frozenset({
    "content-type", "content-length", "transfer-encoding", "host", "connection", "authorization",
    "idempotency-key", "tradebot-timestamp", "tradebot-signature",
})


@fact
class WebhookSettings:
    """Where the alerts are posted.

    url: where to; who has it may be able to write there
    headers: further headers, by name
    authorization: the value of the header Authorization
    signing_secret: what body and time are signed with, of at least 16 characters
    ca_file: certificates that are trusted instead of the machine's
    allow_private: let the URL be inside a network of ours, and without TLS
    """

    url: Secret
    headers: Mapping[str, str] | None = None
    authorization: Secret | None = None
    signing_secret: Secret | None = None
    ca_file: Path | None = None
    allow_private: bool = False

    def __post_init__(self) -> None:
        for name, value in (self.headers or {}).items():
            if not _HEADER.fullmatch(name) or name.lower() in _OURS:
                raise ValueError(f"headers: expected names that are not taken, got {name[:40]!r}")
            if not _is_plain(value):
                raise ValueError(f"headers.{name}: expected printable ASCII")
        if self.authorization is not None and not _is_plain(self.authorization.reveal()):
            raise ValueError("authorization: expected printable ASCII (the value is not shown)")
        if self.signing_secret is not None and len(self.signing_secret.reveal()) < 16:
            raise ValueError("signing_secret: expected 16 characters or more")


class WebhookNotifier:
    """One receiver. It verifies a message with nothing but the secret:

    the header `Tradebot-Signature` is `v1=` and the HMAC-SHA256, in hex, of `Tradebot-Timestamp`,
    a dot and the body as it came. The time is the alert's own, in seconds since 1970: a receiver
    refuses what is older than it bears, and what has an `Idempotency-Key` that it has seen.
    """

    settings_type = WebhookSettings

    def __init__(self, settings: WebhookSettings) -> None:
        self._line = way(
            "url", settings.url.reveal(), allow_private=settings.allow_private,
            ca_file=settings.ca_file,
        )
        self._settings = settings

    async def notify(self, alert: Alert) -> None:
        settings, body = self._settings, json.dumps(_document(alert)).encode()
        headers = {**(settings.headers or {}), **JSON, "Idempotency-Key": alert_id(alert)}
        if settings.authorization is not None:
            headers["Authorization"] = settings.authorization.reveal()
        if settings.signing_secret is not None:
            at = str(int(alert.at.timestamp()))
            headers["Tradebot-Timestamp"] = at
            headers["Tradebot-Signature"] = _signature(settings.signing_secret, at, body)
        await post_bytes(self._line, body, headers)

    async def reach(self) -> str:
        return await reach(self._line)

    async def close(self) -> None:
        """Have nothing to close: each message has a connection of its own."""


def _document(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert_id(alert), "kind": alert.kind.value, "level": alert.level.value,
        "title": fitted(one_line(alert.title), _TITLE), "text": fitted(lines(alert.text), _TEXT),
        "at": alert.at.isoformat(), "key": fitted(one_line(alert.key), _TITLE),
        "fields": [
            {"name": fitted(name, _NAME), "value": fitted(value, _VALUE)}
            for name, value in told_fields(alert, _FIELDS)
        ],
    }


def _signature(secret: Secret, at: str, body: bytes) -> str:
    mac = hmac.new(secret.reveal().encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"v1={mac.hexdigest()}"


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
