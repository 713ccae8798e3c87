"""Do the plugins' own sections fit the plugins? Loads each class that a configuration names."""

from collections.abc import Iterator
from typing import Any

from tradebot.shell import plugins
from tradebot.shell.config import Config, ConfigError
from tradebot.shell.document import Place, Section
from tradebot.shell.fill import fill


def check_plugins(config: Config) -> list[str]:
    """Return every problem of the plugins' sections, as a start of the daemon would find them."""
    problems: list[str] = []
    for group, name, own in _named(config):
        try:
            plugin = plugins.load(group, name)
            settings_type: Any = getattr(plugin, "settings_type", None)
            if settings_type is not None:
                fill(settings_type, own)
        except plugins.UnusablePlugin as error:
            where = own.place if own.place.line is not None else Place(source=str(config.source))
            problems.append(f"{where}: {error}")
        except ConfigError as error:
            problems.extend(error.problems)
    return problems


def _named(config: Config) -> Iterator[tuple[str, str, Section]]:
    yield "market_data", config.market_data.provider, config.market_data.own
    for route in config.brokers.values():
        yield "brokers", route.adapter, route.own
    for strategy in config.strategies:
        yield "strategies", strategy.plugin, strategy.parameters
