"""Which form has a configuration file? JSON Schema for editors, made from the settings' classes.

It is made of the same classes that the loader fills, with the plugins that are installed; the
loader stays the judge, for an editor cannot know what two settings say to each other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, is_dataclass
from types import UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin

from pydantic import TypeAdapter

from tradebot.shell.notify.section import ChannelSection
from tradebot.shell.settings import plugins
from tradebot.shell.settings.document import Section
from tradebot.shell.settings.fill import REST, bare, setting_fields
from tradebot.shell.settings.reference import SettingDoc, describe, nested
from tradebot.shell.settings.sections import (
    LanguageSection,
    MarketDataSection,
    RouteSection,
    Sections,
    StrategySection,
)

Schema: TypeAlias = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Schema:
    """Return the schema of a whole configuration file."""
    whole = _object(Sections, _docs(Sections), "")
    properties = whole["properties"]
    desk = properties["policy"]["properties"]["desk"]["properties"]
    for where, key, beside in ((properties, "policy", "this one"), (desk, "events", "the policy")):
        told = where[key].pop("description", "")
        named = {"type": "string", "description": f"a file beside {beside}"}
        where[key] = {"description": told, "anyOf": [named, where[key]]}
    feeds = [*_variants(MarketDataSection, "market_data", "provider", "market_data", "")]
    properties["market_data"] = {"anyOf": feeds}
    readers = [*_variants(LanguageSection, "language", "provider", "language", "")]
    properties["language"] = {"anyOf": [_without(LanguageSection, "language"), *readers]}
    routes = [*_variants(RouteSection, "brokers", "adapter", "brokers.NAME", "")]
    properties["brokers"]["additionalProperties"] = {"anyOf": routes}
    channels = [
        *_variants(ChannelSection, "notifiers", "plugin", "notifications.channels.NAME", "")
    ]
    told = properties["notifications"]["properties"]
    told["channels"]["additionalProperties"] = {"anyOf": channels}
    strategies = [
        *_variants(StrategySection, "strategies", "plugin", "strategies[]", "parameters")
    ]
    properties["strategies"]["items"] = {"anyOf": strategies}
    return {"$schema": _DIALECT, "title": "tradebot configuration", **whole}


def _variants(
    kind: Any, group: str, selector: str, prefix: str, inside: str
) -> Iterator[Schema]:
    """Return one form for each plugin: its own settings beside ours, or inside one of ours."""
    docs = _docs(Sections)
    default = next(f.default for f, _ in setting_fields(kind) if f.name == selector)
    for name in plugins.names(group):
        form = _object(kind, docs, prefix)
        form["properties"][selector]["const"] = name
        if name != default and selector not in form["required"]:
            form["required"].append(selector)
        own = _own(group, name)
        if inside:
            form["properties"][inside] = own
        else:
            form["properties"] |= own["properties"]
            form["required"] += own["required"]
            form["additionalProperties"] = own["additionalProperties"]
        yield form


def _without(kind: Any, group: str) -> Schema:
    """Return the form where no plugin is asked for."""
    form = _object(kind, _docs(Sections), group)
    form["properties"]["provider"]["const"] = plugins.WITHOUT[group]
    return form


def _own(group: str, name: str) -> Schema:
    try:
        settings_type = plugins.load(group, name).settings_type
    except plugins.UnusablePlugin:  # its extra is not installed here
        return {"type": "object", "properties": {}, "required": [], "additionalProperties": True}
    return _object(settings_type, _docs(settings_type), "")


def _docs(kind: Any) -> dict[str, SettingDoc]:
    return {row.key: row for row in describe(kind)}


def _object(kind: Any, docs: Mapping[str, SettingDoc], prefix: str) -> Schema:
    properties: Schema = {}
    required = []
    for field, hint in setting_fields(kind):
        if REST in field.metadata:
            continue
        key = f"{prefix}.{field.name}" if prefix else field.name
        properties[field.name] = _value(hint, docs, key)
        if field.default is MISSING and field.default_factory is MISSING:
            required.append(field.name)
    return {
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": False,
    }


def _value(hint: Any, docs: Mapping[str, SettingDoc], key: str) -> Schema:
    inner, section = bare(hint), nested(bare(hint))
    if inner is Section:
        found: Schema = {"type": "object"}
    elif section is None:
        found = _leaf(hint)
    elif is_dataclass(inner):
        found = _object(inner, docs, key)
    elif section[0] == "[]":
        found = {"type": "array", "items": _object(section[1], docs, f"{key}[]")}
    else:
        found = {
            "type": "object", "additionalProperties": _object(section[1], docs, f"{key}.NAME"),
        }
    told = docs.get(key)
    if told is not None and told.doc:
        parts = [told.doc, told.unit and f"in {told.unit}",
                 told.default and f"default: {told.default}"]
        found["description"] = "; ".join(part for part in parts if part)
    return found


def _leaf(hint: Any) -> Schema:
    if get_origin(hint) in (Union, UnionType):
        kinds = [_leaf(part) for part in get_args(hint)]
        return {"anyOf": kinds}
    found = TypeAdapter(hint).json_schema()
    known = found.pop("$defs", {})
    for name in ("title", "description"):
        found.pop(name, None)
    inlined: Schema = _inlined(found, known)
    return inlined


def _inlined(found: Any, known: Mapping[str, Any]) -> Any:
    """Put what is referred to in its place, so that each value stands for itself."""
    if isinstance(found, list):
        return [_inlined(item, known) for item in found]
    if not isinstance(found, dict):
        return found
    if "$ref" in found:
        return _inlined(known[found["$ref"].rpartition("/")[2]], known)
    return {key: _inlined(value, known) for key, value in found.items()}
