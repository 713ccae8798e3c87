"""Which adapters are there, and where does each stand? One bench for every entry point."""

import tomllib
from importlib import import_module
from pathlib import Path

from tests.conformance.bench import Bench

ROOT = Path(__file__).resolve().parents[2]


def registered() -> list[str]:
    """Name the brokers that pyproject.toml registers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return list(project["entry-points"]["tradebot.brokers"])


def all_of_them() -> dict[str, type[Bench]]:
    """Return each broker's bench: the class in the file of its name that bears its name."""
    return {name: bench_of(name) for name in registered()}


def bench_of(name: str) -> type[Bench]:
    module = import_module(f"tests.conformance.{name}")
    (found,) = (
        value for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Bench)
        and value.__module__ == module.__name__ and getattr(value, "name", None) == name
    )
    return found
