"""Which form has a configuration file? JSON Schema for editors, made from the settings' classes.

It is made of the same classes that the loader fills, with the plugins that are installed; the
loader stays the judge, for an editor cannot know what two settings say to each other.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, is_dataclass
from decimal import Decimal
from types import UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from tradebot.shell.notify.section import ChannelSection
from tradebot.shell.settings import plugins
from tradebot.shell.settings.document import Section
from tradebot.shell.settings.fill import REST, bare, setting_fields
from tradebot.shell.settings.ranges import Range, range_of
from tradebot.shell.settings.reference import SettingDoc, describe, nested
from tradebot.shell.settings.secrets import FILE, is_secret_type
from tradebot.shell.settings.sections import (
    LanguageSection,
    MarketDataSection,
    RouteSection,
    Sections,
    StrategySection,
)

Schema: TypeAlias = dict[str, Any]

_DECIMAL: Final = r"^-?[0-9]{1,15}(\.[0-9]{1,12})?$"
_NONE: Final[Schema] = {"not": {}}
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
    _any(properties, "market_data", _variants(
        MarketDataSection, "market_data", "provider", "market_data"
    ))
    _any(properties, "language", (
        _without(LanguageSection, "language"),
        *_variants(LanguageSection, "language", "provider", "language"),
    ))
    _any(properties["brokers"], "additionalProperties", _variants(
        RouteSection, "brokers", "adapter", "brokers.NAME"
    ))
    channels = properties["notifications"]["properties"]["channels"]
    _any(channels, "additionalProperties", _variants(
        ChannelSection, "notifiers", "plugin", "notifications.channels.NAME"
    ))
    _any(properties["strategies"], "items", _variants(
        StrategySection, "strategies", "plugin", "strategies[]", "parameters"
    ))
    return {"$schema": _DIALECT, "title": "tradebot configuration", **whole}


def policy_schema() -> Schema:
    """Return the schema of a file that holds the limits of all gates."""
    form: Schema = schema()["properties"]["policy"]["anyOf"][1]
    return {"$schema": _DIALECT, "title": "tradebot policy", **form}


def schema_files() -> dict[str, str]:
    """Return the files, by name, to which a configuration and a policy beside them refer."""
    forms = {"config.schema.json": schema(), "policy.schema.json": policy_schema()}
    return {name: json.dumps(form, indent=1) + "\n" for name, form in forms.items()}


def _any(where: Schema, key: str, forms: Iterable[Schema]) -> None:
    """Let a value have any of these forms, or none where no plugin is there."""
    found = {"anyOf": [*forms]}
    where[key] = {"description": where[key]["description"], **(found if found["anyOf"] else _NONE)}


def _variants(
    kind: Any, group: str, selector: str, prefix: str, inside: str = ""
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
        properties[field.name] = _value(hint, docs, key, range_of(kind, field.name, hint))
        if is_secret_type(bare(hint)):  # the environment may say it
            told = f"a file that holds {field.name}, for its owner alone"
            properties[field.name + FILE] = {"type": "string", "description": told}
        elif field.default is MISSING and field.default_factory is MISSING:
            required.append(field.name)
        elif (default := _default(field)) is not None:
            properties[field.name]["default"] = default
    return {
        "type": "object", "description": (kind.__doc__ or "").partition("\n")[0],
        "properties": properties, "required": required, "additionalProperties": False,
    }


def _default(field: Any) -> Any:
    """Return a default as a file would say it; a section's stand in its fields."""
    if field.default is MISSING or is_dataclass(field.default):
        return None
    if isinstance(field.default, Decimal):
        whole = field.default == field.default.to_integral_value()
        return int(field.default) if whole else float(field.default)
    match to_jsonable_python(field.default, fallback=str):
        case [*items] if any(isinstance(item, dict) for item in items):
            return None
        case found:
            return found


def _value(hint: Any, docs: Mapping[str, SettingDoc], key: str, numbers: Range) -> Schema:
    inner, section = bare(hint), nested(bare(hint))
    if inner is Section:
        found: Schema = {"type": "object"}
    elif section is None:
        found = _leaf(hint, numbers)
    elif is_dataclass(inner):
        found = _object(inner, docs, key)
    elif section[0] == "[]":
        found = {"type": "array", "items": _object(section[1], docs, f"{key}[]")}
    else:
        found = {
            "type": "object", "additionalProperties": _object(section[1], docs, f"{key}.NAME"),
            "minProperties": TypeAdapter(hint).json_schema().get("minProperties", 0),
        }
    told = docs.get(key)
    if told is not None and told.doc:
        parts = [told.doc, told.unit and f"unit: {told.unit}", told.range,
                 told.default and f"default: {told.default}"]
        found["description"] = "; ".join(part for part in parts if part)
    return found


def _leaf(hint: Any, numbers: Range) -> Schema:
    if get_origin(hint) in (Union, UnionType):
        kinds = [_leaf(part, numbers) for part in get_args(hint)]
        return {"anyOf": kinds}
    found = TypeAdapter(hint).json_schema()
    known = found.pop("$defs", {})
    for name in ("title", "description"):
        found.pop(name, None)
    inlined: Schema = _inlined(found, known)
    return _bounded(inlined, numbers)


def _bounded(form: Schema, numbers: Range) -> Schema:
    """Hold a number to the bounds that only the loader knows of, and a decimal's text to its form.

    How large it is cannot be said of a text, but whether it is below nothing.
    """
    if form.get("type") in ("number", "integer"):
        named = {"minimum": numbers.least, "exclusiveMinimum": numbers.above,
                 "maximum": numbers.most, "exclusiveMaximum": numbers.below}
        form |= {name: float(bound) for name, bound in named.items() if bound is not None}
    elif "anyOf" in form:
        is_decimal = [kind.get("type") for kind in form["anyOf"]] == ["number", "string"]
        form["anyOf"] = [_bounded(kind, numbers) for kind in form["anyOf"]]
        if is_decimal:
            is_signed = numbers.least is None and numbers.above is None
            form["anyOf"][1]["pattern"] = _DECIMAL if is_signed else _DECIMAL.replace("-?", "")
    return form


def _inlined(found: Any, known: Mapping[str, Any]) -> Any:
    """Put what is referred to in its place, so that each value stands for itself."""
    if isinstance(found, list):
        return [_inlined(item, known) for item in found]
    if not isinstance(found, dict):
        return found
    if "$ref" in found:
        return _inlined(known[found["$ref"].rpartition("/")[2]], known)
    return {key: _inlined(value, known) for key, value in found.items()}
