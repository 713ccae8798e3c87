"""Who plays a broker or a feed that is out there, in a rehearsal? None of its orders leaves us.

A plugin that reaches another machine names its double: `stand_in = "paper"`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from tradebot.core.model.settings import Mode
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import Config
from tradebot.shell.settings.document import Section, empty_section
from tradebot.shell.settings.sections import MarketDataSection, RouteSection

_PLAYED: Final = {Mode.LIVE: Mode.PAPER, Mode.TESTNET: Mode.PAPER}
_KEPT: Final = ("symbols", "asset_classes")  # of a feed's own settings


def rehearsed(config: Config) -> Config:
    """Put doubles where plugins ask for them; the warnings say which, and for whom."""
    brokers = {name: _route(route) for name, route in config.brokers.items()}
    feed = _feed(config.market_data)
    told = [*_told(config, brokers, feed)]
    if not told:
        return config
    return replace(
        config, brokers=brokers, market_data=feed, mode=_PLAYED.get(config.mode, config.mode),
        warnings=(*config.warnings, *told), again=lambda files: rehearsed(config.again(files)),
    )


def _route(route: RouteSection) -> RouteSection:
    double = _double("brokers", route.adapter)
    if double is None:
        return route
    own = empty_section(route.own.place, route.own.path)
    return replace(route, adapter=double, kind=None, own=own)


def _feed(feed: MarketDataSection) -> MarketDataSection:
    double = _double("market_data", feed.provider)
    if double is None:
        return feed
    said = {key: node for key, node in feed.own.entries.items() if key in _KEPT}
    own: Section = replace(feed.own, entries=said)
    return replace(feed, provider=double, own=own)


def _double(group: str, name: str) -> str | None:
    try:
        plugin: Any = plugins.load(group, name)
    except plugins.UnusablePlugin:
        return None  # whoever checks the plugins says why
    found: str | None = getattr(plugin, "stand_in", None)
    return found


def _told(
    config: Config, brokers: dict[str, RouteSection], feed: MarketDataSection
) -> Iterator[str]:
    for name, route in config.brokers.items():
        if brokers[name] is not route:
            double = brokers[name].adapter
            yield f"a rehearsal reaches nobody: {double} plays {route.adapter} on route {name}"
    if feed is not config.market_data:
        double, absent = feed.provider, config.market_data.provider
        yield f"a rehearsal reaches nobody: {double} plays the market of {absent}"
