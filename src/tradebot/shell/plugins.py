"""Which plugins are there, and how is their failure contained? Found by entry point only."""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any, TypeVar

T = TypeVar("T")

GROUPS = ("brokers", "market_data", "strategies", "calendars")


class UnknownPlugin(Exception):
    """No plugin of that kind has this name."""


def load(group: str, name: str) -> Any:
    """Import a plugin's class; raise UnknownPlugin naming what there is."""
    found = {entry.name: entry for entry in entry_points(group=f"tradebot.{group}")}
    if name not in found:
        known = ", ".join(sorted(found)) or "none"
        raise UnknownPlugin(f"{group}: expected one of {known}, got {name!r}")
    return found[name].load()


def names(group: str) -> list[str]:
    return sorted(entry.name for entry in entry_points(group=f"tradebot.{group}"))


def contained(call: Callable[[], T], on_failure: Callable[[Exception], None]) -> T | None:
    """Call into a plugin that may be wrong; its failure is reported once and goes no further."""
    try:
        return call()
    except Exception as error:
        on_failure(error)
        return None
