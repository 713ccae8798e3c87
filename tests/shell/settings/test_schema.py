"""Does the schema take what the loader takes, and refuse what an editor should underline?"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from tradebot.shell.settings import plugins
from tradebot.shell.settings.schema import policy_schema, schema

ROOT = Path(__file__).resolve().parents[3]
class Day(yaml.SafeLoader):
    """YAML as an editor reads it: days stay text."""


Day.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith("timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


FORM: Final = schema()


def problems(value: Any, form: Any = FORM) -> list[str]:
    """Ask a validator that shares nothing with us, and knows the standard whole."""
    kind = jsonschema.Draft202012Validator
    return [f"{error.json_path}: {error.message}" for error in kind(form).iter_errors(value)]


def read(text: str) -> Any:
    return yaml.load(text, Loader=Day)


def test_the_schemas_are_what_the_standard_calls_so() -> None:
    for form in (FORM, policy_schema()):
        jsonschema.Draft202012Validator.check_schema(form)


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda p: p.name)
def test_each_shipped_file_names_a_schema_beside_it_and_fits_it(path: Path) -> None:
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
    assert named is not None
    form = json.loads((path.parent / named[1]).read_text())
    assert problems(read(path.read_text()), form) == []


@pytest.mark.parametrize(("text", "place"), [
    ("mood: paper", "$"), ("mode: papr", "$.mode"), ("seed: many", "$.seed"),
    ("seed: -1", "$.seed"), ("schedule: {auto_start: 1}", "$.schedule.auto_start"),
    ("schedule: {closures: soon}", "$.schedule.closures"), ("orders: 3", "$.orders"),
    ("orders: {timeout_s: 0}", "$.orders.timeout_s"), ("schema_version: 2", "$.schema_version"),
    ("policy: {order_qty: 1}", "$.policy"), ("policy: {price_collar_frac: 5}", "$.policy"),
    ("policy: {price_collar_frac: '-0.05'}", "$.policy"),
    ("policy: {positions_max: 2.5}", "$.policy"),
    ("policy: {order_qty_max: 1e3}", "$.policy"),
    ("strategies: [{plugin: sma_cross, symbols: []}]", "$.strategies[0]"),
    ("strategies: [{plugin: sma_crss, symbols: [SPY]}]", "$.strategies[0]"),
    ("strategies: [{plugin: sma_cross, symbols: [SPY], parameters: {fats: 3}}]",
     "$.strategies[0]"),
    ("brokers: {b: {adapter: paper, slipage_bps: 3}}", "$.brokers.b"),
    ("brokers: {b: {}}", "$.brokers.b"), ("brokers: {}", "$.brokers"),
    ("brokers: {b: {adapter: paper, resilience: {max_retries: 11}}}", "$.brokers.b"),
    ("telemetry: {mark_every_s: 0}", "$.telemetry.mark_every_s"),
    ("telemetry: {log_level: loud}", "$.telemetry.log_level"),
    ("promotion: {caps: [{name: a, order_qty_max: 0}]}", "$.promotion.caps[0].order_qty_max"),
    ("language: {provider: openai}", "$.language"),
    ("language: {provider: openai, model: m, api_key: 5}", "$.language"),
    ("notifications: {min_level: loud}", "$.notifications.min_level"),
])
def test_what_the_loader_refuses_is_underlined_at_its_place(text: str, place: str) -> None:
    assert [told.partition(": ")[0] for told in problems(read(text))] == [place]


@pytest.mark.parametrize("text", [
    "{}", "market_data: {symbols: [SPY]}", "market_data: {provider: recorded, path: data}",
    "schedule: {closures: [2027-01-09]}", "policy: limits.yaml", "data_dir: null",
    "policy: {price_collar_frac: '0.05'}", "schema_version: 1",
    "language: {provider: openai, model: m, api_key_file: key}", "brokers: {m: {adapter: mock}}",
])
def test_what_the_loader_takes_is_not_underlined(text: str) -> None:
    assert problems(read(text)) == []


def test_each_setting_is_told_with_its_default_unit_range_and_words() -> None:
    orders = FORM["properties"]["orders"]["properties"]["timeout_s"]
    assert (orders["default"], orders["exclusiveMinimum"]) == (300, 0)
    assert "unit: seconds" in orders["description"] and "more than 0" in orders["description"]
    level = FORM["properties"]["telemetry"]["properties"]["log_level"]
    assert level["enum"] == ["debug", "info", "warning", "error"]
    collar = policy_schema()["properties"]["price_collar_frac"]
    assert collar["anyOf"][0] == {"type": "number", "minimum": 0, "maximum": 1}


def settings_of(form: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in form.get("properties", {}).items():
        yield f"{path}.{key}", inner
    for part in (*form.get("properties", {}).values(), *form.get("anyOf", ()),
                 form.get("items", {}), form.get("additionalProperties", {})):
        if part and isinstance(part, dict):
            yield from settings_of(part, path)


def test_no_setting_stands_there_without_words() -> None:
    names = dict(settings_of(FORM))
    assert len(names) > 100
    assert [name for name, form in names.items() if not form.get("description")] == []


def test_each_plugin_and_each_documented_setting_is_told() -> None:
    found = str(FORM)
    for group in ("brokers", "market_data", "strategies"):
        for name in plugins.names(group):
            assert f"'const': '{name}'" in found
    assert "the largest quantity of one order" in found
    assert "of an order at rest that the market touches" in found


def test_settings_of_named_sections_are_documented_too() -> None:
    route = FORM["properties"]["brokers"]["additionalProperties"]["anyOf"][0]
    assert "the broker plugin" in route["properties"]["adapter"]["description"]
