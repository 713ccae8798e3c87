"""Does the schema take what the loader takes, and refuse what an editor should underline?"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tradebot.shell.settings import plugins
from tradebot.shell.settings.schema import schema

ROOT = Path(__file__).resolve().parents[3]
KNOWN = {
    "$schema", "title", "description", "type", "properties", "required", "additionalProperties",
    "items", "anyOf", "enum", "const", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "minItems", "minProperties", "minLength", "maxLength", "pattern", "format",
    "default",
}
TYPES = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
    "boolean": bool, "null": type(None),
}


class Day(yaml.SafeLoader):
    """YAML as an editor reads it: days stay text."""


Day.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith("timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def problems(form: dict[str, Any], value: Any, path: str = "") -> list[str]:
    """Check a value by the words of the schema that we use."""
    assert set(form) <= KNOWN, set(form) - KNOWN
    if "anyOf" in form:
        trials = [problems(part, value, path) for part in form["anyOf"]]
        if all(trials):
            return [told for trial in trials for told in trial]
    if "type" in form:
        is_bool = isinstance(value, bool)
        if not isinstance(value, TYPES[form["type"]]) or (is_bool and form["type"] != "boolean"):
            return [f"{path}: no {form['type']}"]
    found = []
    if value not in form.get("enum", [value]) or value != form.get("const", value):
        found.append(f"{path}: not this value")
    if isinstance(value, int | float):
        if value <= form.get("exclusiveMinimum", value - 1) or value < form.get("minimum", value):
            found.append(f"{path}: too small")
        if value > form.get("maximum", value):
            found.append(f"{path}: too large")
    if isinstance(value, list):
        if len(value) < form.get("minItems", 0):
            found.append(f"{path}: too few")
        for at, item in enumerate(value):
            found += problems(form.get("items", {}), item, f"{path}[{at}]")
    if isinstance(value, dict):
        found += [f"{path}.{name}: missing" for name in form.get("required", [])
                  if name not in value]
        for key, inner in value.items():
            rest = form.get("additionalProperties", True)
            if key in form.get("properties", {}):
                found += problems(form["properties"][key], inner, f"{path}.{key}")
            elif rest is False:
                found.append(f"{path}.{key}: unknown")
            elif isinstance(rest, dict):
                found += problems(rest, inner, f"{path}.{key}")
    return found


def read(text: str) -> Any:
    return yaml.load(text, Loader=Day)


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("config.*.yaml")),
                         ids=lambda path: path.name)
def test_the_shipped_configurations_fit_the_schema(path: Path) -> None:
    assert problems(schema(), read(path.read_text())) == []


def test_the_shipped_policy_fits_the_section_of_limits() -> None:
    form = schema()["properties"]["policy"]["anyOf"][1]
    assert problems(form, read((ROOT / "config" / "policy.yaml").read_text())) == []


@pytest.mark.parametrize(("text", "expected"), [
    ("mood: paper", ".mood: unknown"),
    ("mode: papr", ".mode: not this value"),
    ("seed: many", ".seed: no integer"),
    ("seed: -1", ".seed: too small"),
    ("schedule: {auto_start: 1}", ".schedule.auto_start: no boolean"),
    ("policy: {order_qty: 1}", ".policy.order_qty: unknown"),
    ("strategies: [{plugin: sma_cross, symbols: []}]", ".strategies[0].symbols: too few"),
    ("strategies: [{plugin: sma_cross, symbols: [SPY], parameters: {fats: 3}}]",
     ".strategies[0].parameters.fats: unknown"),
    ("brokers: {b: {adapter: paper, slipage_bps: 3}}", ".brokers.b.slipage_bps: unknown"),
    ("brokers: {b: {}}", ".brokers.b.adapter: missing"),
    ("telemetry: {mark_every_s: 0}", ".telemetry.mark_every_s: too small"),
])
def test_what_the_loader_refuses_is_underlined(text: str, expected: str) -> None:
    assert expected in problems(schema(), read(text))


@pytest.mark.parametrize("text", [
    "{}", "market_data: {symbols: [SPY]}", "market_data: {provider: recorded, path: data}",
    "schedule: {closures: [2027-01-09]}", "policy: limits.yaml", "data_dir: null",
    "policy: {price_collar_frac: '0.05'}", "brokers: {m: {adapter: mock}}",
])
def test_what_the_loader_takes_is_not_underlined(text: str) -> None:
    assert problems(schema(), read(text)) == []


def test_each_plugin_and_each_documented_setting_is_told() -> None:
    found = str(schema())
    for group in ("brokers", "market_data", "strategies"):
        for name in plugins.names(group):
            assert f"'const': '{name}'" in found
    assert "the largest quantity of one order" in found
    assert "of an order at rest that the market touches" in found


def test_settings_of_named_sections_are_documented_too() -> None:
    route = schema()["properties"]["brokers"]["additionalProperties"]["anyOf"][0]
    assert "the broker plugin" in route["properties"]["adapter"]["description"]
