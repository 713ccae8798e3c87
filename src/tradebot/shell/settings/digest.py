"""Which digest names the settings that decide? Equal settings, equal digest, on any machine."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, Final

from tradebot.core.model.ids import digest_text
from tradebot.core.model.money import parse_decimal, plain
from tradebot.shell.settings.document import Items, Scalar, Section, Style, is_secret

# Where things are, what is told about them and to whom, who reads a person's words and what is
# secret never decides, so the digest leaves it out.
_PLACES: Final = ("path", "dir", "file", "host", "port", "url", "socket")
_TOLD: Final = (
    "schema_version", "log_format", "log_level", "status_every_s", "format", "retention_days",
    "retention_count", "heartbeat_s", "health_check_s", "execution_log", "otlp",
    "language", "notifications", "reload", "api", "retention",
    "timezone",
)


def settings_digest(settings: Any) -> str:
    """Digest settings (facts, sections, containers) without places, secrets and log settings."""
    return digest_text("settings", json.dumps(_canonical(settings), sort_keys=True))


def _canonical(value: Any) -> Any:
    match value:
        case Section():
            return _canonical(value.entries)
        case Items():
            return [_canonical(item) for item in value.items]
        case Scalar():
            return _text(value)
        case Decimal():
            return plain(value)
        case Mapping():
            return {key: _canonical(item) for key, item in value.items() if _decides(key)}
        case tuple():
            return [_canonical(item) for item in value]
        case _ if is_dataclass(value):
            return _canonical({field.name: getattr(value, field.name) for field in fields(value)})
        case _:
            return str(value)


def _decides(key: str) -> bool:
    is_place = key.rsplit("_", 1)[-1] in _PLACES
    return not (key in _TOLD or is_place or is_secret(key))


def _text(node: Scalar) -> Any:
    """Write `5.0` as `5`, and a list as a list, whether the file or the environment says it."""
    if node.style is Style.LOOSE and "," in node.text:
        return [_text(replace(node, text=part.strip())) for part in node.text.split(",")]
    try:
        return plain(parse_decimal(node.text))
    except ValueError:
        return node.text
