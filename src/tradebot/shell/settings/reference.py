"""Which settings are there, in which unit, for what? Material for the generated reference."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

from tradebot.core.model.fact import fact
from tradebot.core.model.money import plain
from tradebot.shell.settings.document import Section
from tradebot.shell.settings.fill import REST, bare, setting_fields
from tradebot.shell.settings.ranges import range_of
from tradebot.shell.settings.scalars import expected_of

_UNITS: Final = {
    "s": "seconds", "ms": "milliseconds", "bps": "basis points", "frac": "fraction", "usd": "USD",
    "qty": "units",
}
_DOC_LINE: Final = re.compile(r"^\s*([\w.]+): (\S.*)$", re.MULTILINE)


@fact
class SettingDoc:
    """One setting as a reference page shows it; no default means that it must be given."""

    key: str
    type: str
    default: str | None
    unit: str
    doc: str
    range: str = ""


def describe(settings_type: Any, under: str = "") -> list[SettingDoc]:
    """List all settings of a section or of a plugin's settings, with their full keys."""
    return list(_settings(settings_type, f"{under}." if under else "", {}))


def _settings(kind: Any, prefix: str, given: Mapping[str, str]) -> Iterator[SettingDoc]:
    docs = {**dict(_DOC_LINE.findall(kind.__doc__ or "")), **given}
    for field, hint in setting_fields(kind):
        key, inner = f"{prefix}{field.name}", bare(hint)
        if REST in field.metadata:
            continue
        inside = nested(inner)
        if inside is None:
            yield SettingDoc(
                key=key, type=_type(inner), default=_default(field), unit=_unit(field.name),
                doc=docs.get(field.name, ""), range=str(range_of(kind, field.name, hint)),
            )
        else:
            mark, section = inside
            if field.name in docs:
                yield SettingDoc(
                    key=key, type="section", default="", unit="", doc=docs[field.name]
                )
            above = f"{field.name}."
            yield from _settings(section, f"{key}{mark}.", {
                name.removeprefix(above): text for name, text in docs.items()
                if name.startswith(above)
            })


def nested(kind: Any) -> tuple[str, Any] | None:
    """Return the section class that a field holds, and how its items are written in a key."""
    arguments = [bare(part) for part in get_args(kind)]
    origin = get_origin(kind)
    if is_dataclass(kind) and kind is not Section:
        return "", kind
    if isinstance(origin, type) and issubclass(origin, Mapping) and is_dataclass(arguments[1]):
        return ".NAME", arguments[1]
    if origin is tuple and arguments and is_dataclass(arguments[0]):
        return "[]", arguments[0]
    return None


def _type(kind: Any) -> str:
    kind = bare(kind)
    if kind is Section:
        return "section of the plugin"
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return " or ".join(_type(part) for part in get_args(kind) if part is not NoneType)
    if origin is tuple:
        return f"list of {_type(get_args(kind)[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "section of names"
    return expected_of(kind)


def _default(field: Any) -> str | None:
    if field.default_factory is not MISSING:
        return ""
    if field.default is MISSING:
        return None
    return written(field.default)


def written(value: Any) -> str:
    """Write a value the way a file would say it."""
    match value:
        case None | Section():
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return plain(value)
        case float():
            return f"{value:g}"
        case Enum():
            return str(value.value)
        case tuple():
            return f"[{', '.join(written(item) for item in value)}]"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _unit(name: str) -> str:
    if name.endswith("_per_s"):
        return "a second"
    words = name.split("_")
    return next((_UNITS[word] for word in reversed(words[1:]) if word in _UNITS), "")
