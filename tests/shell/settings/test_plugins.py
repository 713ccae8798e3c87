"""Is whoever wrote a plugin told what it lacks, before it trades?"""

from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from tradebot.core.model.fact import fact
from tradebot.shell.settings import plugins
from tradebot.shell.settings.document import ConfigError
from tradebot.shell.settings.plugins import UnusablePlugin, build, lacking, load, said


@fact
class NoSettings:
    """Nothing to set."""


class Quiet:
    """A strategy that offers all that is asked for, and does nothing."""

    settings_type: Any = NoSettings

    def __init__(self, settings: NoSettings, *, strategy_id: str, symbols: list[str]) -> None:
        self.symbols = symbols

    def on_start(self, desk: Any) -> tuple[()]:
        return ()

    on_quote = on_bar = on_fill = on_timer = on_start


class Unsettled(Quiet):
    settings_type = dict


class Forgetful(Quiet):
    def __init__(self, *_: object, **__: object) -> None: ...


class Strict(Quiet):
    def __init__(self, *_: object, **__: object) -> None:
        raise ValueError("fast: expected fewer bars than slow")


def test_what_a_class_lacks_is_named() -> None:
    half = type("Half", (), {"on_start": None, "on_bar": None})
    assert lacking("strategies", Quiet) == []
    assert lacking("strategies", Unsettled) == ["a dataclass as settings_type"]
    assert lacking("strategies", half) == [
        "on_quote", "on_fill", "a dataclass as settings_type"
    ]
    assert lacking("calendars", type("Odd", (), {}))[0] == "session_on"


@pytest.mark.parametrize("group", plugins.GROUPS)
def test_every_plugin_that_comes_with_us_lacks_nothing(group: str) -> None:
    for name in plugins.names(group):
        assert lacking(group, load(group, name)) == []


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("no.such.module:Thing", "strategies: mine cannot be imported: ModuleNotFoundError"),
        ("tradebot.ports:NoSuchThing", "mine cannot be imported: AttributeError"),
        ("tradebot.ports:Position", "tradebot.ports:Position lacks on_start, on_quote"),
    ],
)
def test_a_plugin_that_cannot_be_used_is_a_sentence(
    target: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = EntryPoint("mine", target, "tradebot.strategies")
    monkeypatch.setattr(plugins, "entry_points", lambda group: EntryPoints([entry]))
    with pytest.raises(UnusablePlugin, match=says):
        load("strategies", "mine")
    with pytest.raises(UnusablePlugin, match="expected one of mine, got 'yours'"):
        load("strategies", "yours")


def test_a_constructor_that_objects_is_an_error_of_the_configuration() -> None:
    words: dict[str, Any] = {"strategy_id": "a", "symbols": ["SPY"]}
    assert build("strategies", Quiet, NoSettings(), **words).symbols == ["SPY"]
    for plugin, says in (
        (Strict, r"^fast: expected fewer bars than slow$"),
        (Forgetful, "Forgetful sets no symbols when it is built"),
    ):
        with pytest.raises(ConfigError, match=says):
            build("strategies", plugin, NoSettings(), **words)
    with pytest.raises(ConfigError, match=r"Quiet: TypeError: .*'color'$"):
        build("strategies", Quiet, NoSettings(), color="red", **words)


def test_a_failure_names_the_line_of_whoever_failed() -> None:
    def fails() -> None:
        raise KeyError("mine")

    heard: list[Exception] = []
    plugins.contained(fails, heard.append)
    line = fails.__code__.co_firstlineno + 1
    assert said(heard[0]) == f"KeyError: 'mine' (test_plugins.py, line {line})"
