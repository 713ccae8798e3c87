"""Do the plugins' own sections fit the plugins? Loads each class that a configuration names."""

from collections.abc import Iterator
from typing import Any

from tradebot.shell import plugins
from tradebot.shell.config import Config, ConfigError
from tradebot.shell.document import Items, Node, Place, Section
from tradebot.shell.fill import fill


def check_plugins(config: Config) -> list[str]:
    """Return every problem of the plugins' sections, as a start of the daemon would find them."""
    problems: list[str] = []
    for group, name, own, place in _named(config):
        try:
            plugin = plugins.load(group, name)
            settings_type: Any = getattr(plugin, "settings_type", None)
            if settings_type is not None:
                fill(settings_type, own)
        except plugins.UnusablePlugin as error:
            problems.append(f"{place}: {error}")
        except ConfigError as error:
            problems.extend(error.problems)
    return problems


def _named(config: Config) -> Iterator[tuple[str, str, Section, Place]]:
    """Yield every plugin that is named: its group, name, own settings, and where it was named."""
    said = config.document.entries
    unsaid = Place(source=str(config.source))
    feed = config.market_data
    yield "market_data", feed.provider, feed.own, _place(
        said.get("market_data"), "provider", unsaid
    )
    routes, strategies = said.get("brokers"), said.get("strategies")
    for name, route in config.brokers.items():
        node = routes.entries.get(name) if isinstance(routes, Section) else None
        yield "brokers", route.adapter, route.own, _place(node, "adapter", unsaid)
    for at, strategy in enumerate(config.strategies):
        item = strategies.items[at] if isinstance(strategies, Items) else None
        yield "strategies", strategy.plugin, strategy.parameters, _place(item, "plugin", unsaid)


def _place(node: Node | None, key: str, unsaid: Place) -> Place:
    return node.places.get(key, unsaid) if isinstance(node, Section) else unsaid
