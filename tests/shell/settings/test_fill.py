"""Do plugins get their settings, or people a list of what is wrong?"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.config_texts import PLAIN, SmaLike, a_config, a_section, at_home

from tradebot.core.model.fact import fact
from tradebot.shell.settings.config import ConfigError, fill

__all__ = ["at_home"]
pytestmark = pytest.mark.usefixtures("at_home")


def test_a_plugins_section_is_filled_by_the_plugins_own_type() -> None:
    config = a_config(
        "market_data:\n  provider: recorded\n  path: d\n  names: [NO, 00123, null]\n"
        "  weights: {SPY: '0.50'}\n  until: 2013-10-07T09:30:00-04:00\n  order_qty: 0.10\n"
    )
    settings = fill(SmaLike, config.market_data.own)
    assert (settings.path, settings.names) == (Path("d"), ("NO", "00123", "null"))
    assert settings.until == datetime(2013, 10, 7, 13, 30, tzinfo=UTC)
    assert [str(settings.order_qty), str(settings.weights["SPY"])] == ["0.10", "0.50"]
    assert fill(SmaLike, a_section("until: close\npath: null\n")).until == "close"


PLUGIN_MISTAKES = [
    ("fats: 3", "one of fast, is_short, names, order_qty, path, slow, until, weights, "
     "got 'fats' (did you mean fast?)", "fats"),
    ("slow: 501", "at most 500, got '501'", "slow"),
    ("weights: {SPY: x}", f"{PLAIN}, got 'x'", "weights.SPY"),
    ("until: 2013-10-07T09:30:00", "a time with its offset such as 2026-11-27T14:30:00Z, "
     "got '2013-10-07T09:30:00'", "until"),
]


@pytest.mark.parametrize(("text", "expected", "key"), PLUGIN_MISTAKES)
def test_a_plugins_mistake_is_told_with_its_line_and_whole_key(
    text: str, expected: str, key: str
) -> None:
    config = a_config(f"brokers:\n  x:\n    adapter: y\n    {text}\n")
    with pytest.raises(ConfigError) as caught:
        fill(SmaLike, config.brokers["x"].own)
    assert caught.value.problems == [f"c.yaml:4: brokers.x.{key}: expected {expected}"]


def test_what_a_plugin_says_about_its_settings_together_gets_a_place() -> None:
    with pytest.raises(ConfigError) as caught:
        fill(SmaLike, a_section("\nfast: 60\n"))
    assert caught.value.problems == ["p.yaml:2: fast: expected less than slow (50), got 60"]


def test_what_may_be_a_secret_is_not_repeated() -> None:
    @fact
    class Account:
        api_key: int = 0

    with pytest.raises(ConfigError) as caught:
        fill(Account, a_section("api_key: hunter2\n"))
    assert caught.value.problems == [
        "p.yaml:1: api_key: expected a whole number, got a value (not shown)"
    ]


@given(st.recursive(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
        st.sampled_from(["fast", "slow", "names", "weights", "until", "path", "x"]), inner,
        max_size=4,
    ), max_leaves=8,
))
def test_whatever_stands_in_a_section_gives_settings_or_problems(tree: object) -> None:
    def written(node: object) -> str:
        if isinstance(node, dict):
            return "{" + ", ".join(f"{k}: {written(v)}" for k, v in node.items()) + "}"
        if isinstance(node, list):
            return "[" + ", ".join(map(written, node)) + "]"
        escaped = str(node).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    try:
        section = a_section(written(tree))
        assert isinstance(fill(SmaLike, section), SmaLike)
    except ConfigError as error:
        assert all(line.startswith("p.yaml:1: ") for line in error.problems)
