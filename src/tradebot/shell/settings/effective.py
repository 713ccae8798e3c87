"""Which value holds for each setting, and who said so? Secrets are never told."""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass, replace
from typing import Any, Final

from tradebot.core.model.fact import fact
from tradebot.core.model.secret import HIDDEN, Secret
from tradebot.shell.notify.section import ChannelSection
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import Config, ConfigError
from tradebot.shell.settings.document import (
    Items,
    Node,
    Place,
    Scalar,
    Section,
    is_secret,
    joined,
    plain,
)
from tradebot.shell.settings.fill import REST, fill, setting_fields
from tradebot.shell.settings.reference import written
from tradebot.shell.settings.secrets import FILE
from tradebot.shell.settings.sections import (
    LanguageSection,
    MarketDataSection,
    RouteSection,
    Sections,
    StrategySection,
)

DEFAULT: Final = "default"


@fact
class Effective:
    """One setting: what holds, and the file with its line, the variable or the flag it is from."""

    key: str
    value: str
    source: str
    is_inline: bool = False  # a secret that stands in the configuration itself


def inline_secrets(config: Config) -> list[str]:
    """Warn of secrets that go wherever the configuration's file goes."""
    return [
        f"{row.source}: {row.key} stands in the configuration itself; {row.key}{FILE} can name a"
        " file of its own" for row in effective(config) if row.is_inline
    ]


def effective(config: Config) -> list[Effective]:
    """List every setting of the sections and of the plugins that they name."""
    return [*_Teller(config).section(Sections, config, config.document, "")]


class _Teller:
    def __init__(self, config: Config) -> None:
        self._document = config.document
        self._file = str(config.source)

    def section(self, kind: Any, value: Any, said: Section, path: str) -> Iterator[Effective]:
        for field, _ in setting_fields(kind):
            inner = getattr(value, field.name)
            if isinstance(inner, Section):
                inside = path if REST in field.metadata else joined(path, field.name)
                yield from self._of_plugin(value, replace(inner, path=inside))
            elif isinstance(inner, Secret):
                yield self._secret(field.name, said, joined(path, field.name))
            else:
                node, place = said.entries.get(field.name), said.places.get(field.name)
                yield from self._value(inner, node, place, joined(path, field.name))

    def _secret(self, name: str, said: Section, path: str) -> Effective:
        is_in_file = name + FILE in said.entries
        place = said.places[name + FILE if is_in_file else name]
        is_inline = not is_in_file and place.source == self._file
        return Effective(key=path, value=HIDDEN, source=str(place), is_inline=is_inline)

    def _value(
        self, value: Any, node: Node | None, place: Place | None, path: str
    ) -> Iterator[Effective]:
        if is_dataclass(value):
            said = node if isinstance(node, Section) else _NOTHING
            yield from self.section(type(value), value, said, path)
        elif isinstance(value, Mapping):
            said = node if isinstance(node, Section) else _NOTHING
            for key, inner in value.items():
                found, where = said.entries.get(key), said.places.get(key)
                yield from self._value(inner, found, where, joined(path, key))
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            items = node.items if isinstance(node, Items) else ()
            for at, inner in enumerate(value):
                item = items[at] if at < len(items) else None
                yield from self._value(inner, item, place, joined(path, at))
        else:
            told = HIDDEN if is_secret(path) and value is not None else written(value)
            source = str(place) if place is not None else DEFAULT
            yield Effective(key=path, value=told, source=source)

    def _of_plugin(self, owner: Any, own: Section) -> Iterator[Effective]:
        """Tell a plugin's settings with their defaults; of one that is unusable, what was said."""
        group, name = _plugin_of(owner)
        try:
            settings_type = plugins.load(group, name).settings_type
            if group != "strategies":
                own = self._with_seed(settings_type, own)
            yield from self.section(settings_type, fill(settings_type, own), own, own.path)
        except (plugins.UnusablePlugin, ConfigError):
            yield from _as_said(own)

    def _with_seed(self, settings_type: Any, own: Section) -> Section:
        """The one seed is the plugin's too, unless its own section names another."""
        seed, place = self._document.entries.get("seed"), self._document.places.get("seed")
        has_seed = any(field.name == "seed" for field, _ in setting_fields(settings_type))
        if seed is None or place is None or not has_seed or "seed" in own.entries:
            return own
        return replace(
            own, entries={**own.entries, "seed": seed}, places={**own.places, "seed": place}
        )


def _plugin_of(owner: Any) -> tuple[str, str]:
    match owner:
        case RouteSection():
            return "brokers", owner.adapter
        case StrategySection():
            return "strategies", owner.plugin
        case MarketDataSection():
            return "market_data", owner.provider
        case LanguageSection():
            return "language", owner.provider
        case ChannelSection():
            return "notifiers", owner.plugin
        case _:
            raise AssertionError(f"{type(owner).__name__} names no plugin")


def _as_said(node: Section) -> Iterator[Effective]:
    for key, inner in node.entries.items():
        inside = joined(node.path, key)
        if isinstance(inner, Section):
            yield from _as_said(replace(inner, path=inside))
        else:
            told = inner.text if isinstance(inner, Scalar) else str(plain(inner))
            told = HIDDEN if is_secret(inside) else told
            yield Effective(key=inside, value=told, source=str(node.places[key]))


_NOTHING: Final = Section(entries={}, places={}, place=Place(source=DEFAULT))
