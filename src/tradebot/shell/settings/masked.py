"""How is a configuration's file kept without its secrets? What stood there then is asked of today.

A copy that is kept for years goes where backups go; it says `***` where a secret stood.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from tradebot.core.model.secret import HIDDEN, Secret
from tradebot.shell.settings import strict_yaml
from tradebot.shell.settings.config import Config
from tradebot.shell.settings.document import (
    ConfigError,
    Items,
    Node,
    Place,
    Scalar,
    Section,
    joined,
    problem,
)
from tradebot.shell.settings.plugin_settings import secrets_of

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MASK: Final = json.dumps(HIDDEN)


def without_secrets(config: Config) -> dict[Path, bytes]:
    """Return the files of a configuration as they may be kept."""
    secrets = frozenset(secrets_of(config))
    return {path: masked(data, secrets) for path, data in config.files.items()}


def with_secrets(said: Mapping[Path, bytes], latest: Config) -> dict[Path, bytes]:
    """Fill today's secrets into files that were kept without; raises ConfigError."""
    return {
        path: unmasked(data, latest.files.get(path, b""), str(path)) for path, data in said.items()
    }


def masked(data: bytes, secrets: Collection[Secret]) -> bytes:
    """Return a file's text with a mark in the place of each of these secrets."""
    hidden = {secret.reveal() for secret in secrets}
    text = data.decode()
    for event in _scalars(text):
        if event.value in hidden:
            text = text[:event.start_mark.index] + _MASK + text[event.end_mark.index:]
    return text.encode()


def unmasked(data: bytes, present: bytes, source: str) -> bytes:
    """Fill in what stands at the same places today; raise ConfigError where nothing does."""
    if HIDDEN.encode() not in data:
        return data
    now = dict(_texts(strict_yaml.parse(present, source)))
    places: dict[tuple[int, int], str] = {}
    for key, node in _texts(strict_yaml.parse(data, source)):
        if node.text == HIDDEN:
            if key not in now:
                raise ConfigError([problem(
                    Place(source=source), key, "a secret: none is kept with a version", "none"
                )])
            places[_at(node.place)] = json.dumps(now[key].text, ensure_ascii=False)
    text = data.decode()
    for event in _scalars(text):
        mark = event.start_mark
        if (filled := places.get((mark.line + 1, mark.column + 1))) is not None:
            text = text[:mark.index] + filled + text[event.end_mark.index:]
    return text.encode()


def _scalars(text: str) -> list[Any]:
    """Return keys and values from the last to the first: a change moves none that is to come."""
    events: list[Any] = [*yaml.parse(text, _LOADER)]
    return [event for event in reversed(events) if isinstance(event, yaml.ScalarEvent)]


def _at(place: Place) -> tuple[int, int]:
    assert place.line is not None and place.column is not None  # it stands in a text
    return place.line, place.column


def _texts(node: Node, path: str = "") -> Iterator[tuple[str, Scalar]]:
    match node:
        case Section():
            for key, inner in node.entries.items():
                yield from _texts(inner, joined(path, key))
        case Items():
            for at, inner in enumerate(node.items):
                yield from _texts(inner, joined(path, at))
        case Scalar():
            yield path, node
