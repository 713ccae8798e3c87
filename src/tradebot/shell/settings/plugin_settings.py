"""Do the plugins' own sections fit the plugins? Loads each class that a configuration names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import SYMBOL
from tradebot.core.model.secret import Secret
from tradebot.ports import Notifier
from tradebot.shell.notify.section import ChannelSection
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import Config, ConfigError
from tradebot.shell.settings.document import Items, Node, Place, Section, problem, quoted
from tradebot.shell.settings.fill import fill

_VITAL: Final = ("market_data", "brokers")  # without another plugin the daemon starts, and says so


@fact
class Nothing:
    """What can be set where no plugin is: nothing."""


def check_plugins(config: Config) -> list[str]:
    """Return every problem of the plugins' sections, as a start of the daemon would find them."""
    problems: list[str] = []
    offered: Sequence[str] = ()
    for group, name, own, place in _named(config):
        try:
            if (lacks := _lacks(group, name)) is not None:
                problems.append(f"{place}: {group}: {name} is {lacks}")
                continue
            settings_type = _settings_type(group, name)
            if settings_type is not None:
                settings = fill(settings_type, own)
                if group == "market_data":
                    offered = getattr(settings, "symbols", ())
        except plugins.UnusablePlugin as error:
            problems.append(f"{place}: {error}")
        except ConfigError as error:
            problems.extend(error.problems)
    problems.extend(_strangers(config, offered) if offered else ())
    return problems or list(_mute(config))


def notifier_of(name: str, channel: ChannelSection) -> Notifier:
    """Build a channel's plugin, which opens nothing; raise ConfigError where it objects."""
    plugin = plugins.load("notifiers", channel.plugin)
    where = f"{channel.own.place}: notifications.channels.{name}"
    if (lacks := plugins.missing(plugin)) is not None:
        raise ConfigError([f"{where}: {channel.plugin} is {lacks}"])
    settings = fill(plugin.settings_type, channel.own)
    try:
        built: Notifier = plugins.build("notifiers", plugin, settings)
    except ConfigError as error:
        raise ConfigError([f"{where}: {text}" for text in error.problems]) from error
    return built


def secrets_of(config: Config) -> Iterator[Secret]:
    """Yield every secret that ours and the plugins' settings hold."""
    yield from _held(config)
    for group, name, own, _ in _named(config):
        with suppress(plugins.UnusablePlugin, ConfigError):
            if (settings_type := _settings_type(group, name)) is not None:
                yield from _held(fill(settings_type, own))


def _held(value: Any) -> Iterator[Secret]:
    match value:
        case Secret():
            yield value
        case Mapping():
            yield from chain.from_iterable(map(_held, value.values()))
        case tuple():
            yield from chain.from_iterable(map(_held, value))
        case _ if is_dataclass(value) and not isinstance(value, Section):
            yield from chain.from_iterable(_held(getattr(value, f.name)) for f in fields(value))
        case _:
            pass


def _lacks(group: str, name: str) -> str | None:
    """Say which extra a plugin lacks that nothing goes without."""
    return plugins.missing(plugins.load(group, name)) if group in _VITAL else None


def _settings_type(group: str, name: str) -> Any:
    if plugins.WITHOUT.get(group) == name:
        return Nothing
    return getattr(plugins.load(group, name), "settings_type", None)


def _strangers(config: Config, offered: Sequence[str]) -> Iterator[str]:
    """Find what is no symbol, and symbols of strategies that the feed does not deliver."""
    unsaid = Place(source=str(config.source))
    if wrong := [symbol for symbol in offered if not SYMBOL.fullmatch(symbol)]:
        place = _place(config.document.entries.get("market_data"), "symbols", unsaid)
        expected = "a symbol in capitals such as SPY"
        yield problem(place, "market_data.symbols", expected, quoted(wrong[0]))
        return
    for at, strategy in enumerate(config.strategies):
        for symbol in strategy.symbols:
            if symbol not in offered:
                expected = f"symbols that market_data offers ({', '.join(sorted(offered))})"
                place = _place(_strategy(config, at), "symbols", unsaid)
                yield problem(place, f"strategies[{at}].symbols", expected, quoted(symbol))


def _mute(config: Config) -> Iterator[str]:
    """Find channels that cannot be built though their settings fit: what is accepted is used."""
    section = config.notifications
    for name, channel in section.channels.items():
        if section.enabled and channel.enabled:
            try:
                notifier_of(name, channel)
            except ConfigError as error:
                yield from error.problems


def _named(config: Config) -> Iterator[tuple[str, str, Section, Place]]:
    """Yield every plugin that is named: its group, name, own settings, and where it was named."""
    said = config.document.entries
    unsaid = Place(source=str(config.source))
    feed = config.market_data
    yield "market_data", feed.provider, feed.own, _place(
        said.get("market_data"), "provider", unsaid
    )
    routes = said.get("brokers")
    for name, route in config.brokers.items():
        node = routes.entries.get(name) if isinstance(routes, Section) else None
        yield "brokers", route.adapter, route.own, _place(node, "adapter", unsaid)
    reader = config.language
    yield "language", reader.provider, reader.own, _place(said.get("language"), "provider", unsaid)
    told = said.get("notifications")
    channels = told.entries.get("channels") if isinstance(told, Section) else None
    for name, channel in config.notifications.channels.items():
        node = channels.entries.get(name) if isinstance(channels, Section) else None
        yield "notifiers", channel.plugin, channel.own, _place(node, "plugin", unsaid)
    for at, strategy in enumerate(config.strategies):
        place = _place(_strategy(config, at), "plugin", unsaid)
        yield "strategies", strategy.plugin, strategy.parameters, place


def _strategy(config: Config, at: int) -> Node | None:
    said = config.document.entries.get("strategies")
    return said.items[at] if isinstance(said, Items) else None


def _place(node: Node | None, key: str, unsaid: Place) -> Place:
    return node.places.get(key, unsaid) if isinstance(node, Section) else unsaid
