"""How are market, brokers and language model built? Each from the plugin that its section names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tradebot.ports import Broker, Calendar, Clock, Language, MarketData, MarketSite
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import Config, Section, fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendors:
    """What a configuration names outside of this process; below `home` each may keep its own."""

    config: Config
    home: Path
    clock: Clock
    calendars: Mapping[str, Calendar]
    tell: Callable[[str], None]
    until: datetime | None = None

    def market(self) -> MarketData:
        section = self.config.market_data
        plugin = plugins.load("market_data", section.provider)
        built: MarketData = plugins.build(
            "market_data", plugin, self._filled(plugin, section.own), MarketSite(
                clock=self.clock, calendars=self.calendars, until=self.until,
                state_dir=self.home / "market_data", tell=self.tell,
            ),
        )
        return built

    def broker(self, name: str, market: MarketData) -> Broker:
        section = self.config.brokers[name]
        plugin = plugins.load("brokers", section.adapter)
        return self._broker(name, market, plugin, self._filled(plugin, section.own))

    def broker_beside(self, name: str, market: MarketData) -> tuple[Broker, str]:
        """Build one that takes nothing from the route's own; say what is other about it."""
        section = self.config.brokers[name]
        plugin = plugins.load("brokers", section.adapter)
        first = self._filled(plugin, section.own)
        second = plugin.beside(first) if hasattr(plugin, "beside") else first
        told = (
            f"{field.name} {now} for {before}" for field in fields(first)
            if (now := getattr(second, field.name)) != (before := getattr(first, field.name))
        )
        return self._broker(name, market, plugin, second), ", ".join(told)

    def _broker(self, name: str, market: MarketData, plugin: Any, settings: Any) -> Broker:
        built: Broker = plugins.build(
            "brokers", plugin, settings, route=name, clock=self.clock,
            market=market, state_dir=self.home / "brokers" / name, calendars=self.calendars,
        )
        return built

    def language(self) -> Language | None:
        """Build the model that reads a person's words; None where they are read without one."""
        section = self.config.language
        if section.provider == plugins.WITHOUT["language"]:
            return None
        plugin = plugins.load("language", section.provider)
        built: Language = plugins.build("language", plugin, self._filled(plugin, section.own))
        return built

    def _filled(self, plugin: Any, own: Section) -> Any:
        """Fill a plugin's settings, with the one seed unless its own section names another."""
        settings = fill(plugin.settings_type, own)
        has_seed = any(field.name == "seed" for field in fields(settings))
        is_free = has_seed and "seed" not in own.entries
        return replace(settings, seed=self.config.seed) if is_free else settings
