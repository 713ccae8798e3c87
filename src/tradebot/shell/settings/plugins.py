"""Which plugins are there, and how is their failure contained? Found by entry point only."""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from inspect import get_annotations
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final, TypeVar

from tradebot import ports
from tradebot.shell.settings.document import ConfigError, suggestion

T = TypeVar("T")

GROUPS = (
    "brokers", "market_data", "strategies", "calendars", "language", "recognizers", "synthesizers",
    "notifiers",
)
_PORTS: Final[Mapping[str, type]] = {
    "brokers": ports.Broker, "market_data": ports.MarketData, "strategies": ports.Strategy,
    "calendars": ports.Calendar, "language": ports.Language, "recognizers": ports.Recognizer,
    "synthesizers": ports.Synthesizer, "notifiers": ports.Notifier,
}
WITHOUT: Final[Mapping[str, str]] = {"language": "rules"}  # the name that stands for no plugin
_OURS: Final = Path(__file__).parents[1]


class UnusablePlugin(Exception):
    """No plugin of that kind has this name, or it does not offer what its port asks for."""


def load(group: str, name: str) -> Any:
    """Import a plugin's class; raise UnusablePlugin naming what there is, or what it lacks."""
    found = {entry.name: entry for entry in entry_points(group=f"tradebot.{group}")}
    if name not in found:
        named = [*found, *filter(None, [WITHOUT.get(group)])]
        known = ", ".join(sorted(named)) or "none"
        got = f"{name!r}{suggestion(name, named)}"
        raise UnusablePlugin(f"{group}: expected one of {known}, got {got}")
    try:
        plugin = found[name].load()
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise UnusablePlugin(f"{group}: {name} cannot be imported: {told}") from error
    lacks = lacking(group, plugin)
    if lacks:
        raise UnusablePlugin(f"{group}: {found[name].value} lacks {', '.join(lacks)}")
    return plugin


def lacking(group: str, plugin: Any) -> list[str]:
    """Name what the port asks for and the class does not have."""
    asked = [name for name in vars(_PORTS[group]) if not name.startswith("_")]
    lacks = [name for name in asked if not hasattr(plugin, name)]
    settings_type = getattr(plugin, "settings_type", None)
    if settings_type is None and group == "calendars":
        return lacks  # one that has nothing to set
    return lacks if is_dataclass(settings_type) else [*lacks, "a dataclass as settings_type"]


def missing(plugin: Any) -> str | None:
    """Say which extra a plugin lacks, by its `needs` (extra -> module); any one of them will do."""
    needs: Mapping[str, str] = getattr(plugin, "needs", {})
    if not needs or any(map(find_spec, needs.values())):
        return None
    extras = " or ".join(f"pip install 'tradebot[{extra}]'" for extra in needs)
    return f"not available without {extras}"


def build(group: str, plugin: Any, /, *args: Any, **more: Any) -> Any:
    """Construct a plugin; what it objects to is told as an error of the configuration."""
    try:
        built = plugin(*args, **more)
    except ValueError as error:  # the plugin's own sentence
        raise ConfigError([str(error)]) from error
    except Exception as error:
        raise ConfigError([f"{group}: {plugin.__name__}: {said(error)}"]) from error
    for name in get_annotations(_PORTS[group]):
        if not hasattr(built, name):
            raise ConfigError([f"{group}: {plugin.__name__} sets no {name} when it is built"])
    return built


def said(error: Exception) -> str:
    """Tell a plugin's failure in one line, with the line of the plugin's file that failed."""
    last = extract_tb(error.__traceback__)[-1]
    place = Path(last.filename)
    where = "" if place.is_relative_to(_OURS) else f" ({place.name}, line {last.lineno})"
    return f"{type(error).__name__}: {error}{where}"


def names(group: str) -> list[str]:
    return sorted(entry.name for entry in entry_points(group=f"tradebot.{group}"))


def contained(call: Callable[[], T], on_failure: Callable[[Exception], None]) -> T | None:
    """Call into a plugin that may be wrong; its failure is reported once and goes no further."""
    try:
        return call()
    except Exception as error:
        on_failure(error)
        return None
