"""Which strategies does a configuration ask for? Each is built, and gets a desk of its own."""

from functools import partial

from tradebot.core.book.book import Book
from tradebot.ports import Clock, MarketData
from tradebot.shell.settings import plugins
from tradebot.shell.settings.config import Config, ConfigError, fill
from tradebot.shell.strategies.desk import StrategyDesk
from tradebot.shell.strategies.host import Allowance, StrategyHost


def add_strategies(
    config: Config, host: StrategyHost, book: Book, market: MarketData, clock: Clock
) -> None:
    offered = ", ".join(sorted(instrument.symbol for instrument in market.instruments()))
    for section in config.strategies:
        for symbol in sorted({*section.symbols} - {*offered.split(", ")}):
            expected = f"symbols that market_data offers ({offered}), got {symbol!r}"
            raise ConfigError([f"{config.source}: {section.strategy_id}: expected {expected}"])
        plugin, name = plugins.load("strategies", section.plugin), section.strategy_id
        if (reason := plugins.missing(plugin)) is not None:
            host.leave_out(name, section.symbols, reason)
            continue
        strategy = plugins.build(
            "strategies", plugin, fill(plugin.settings_type, section.parameters),
            strategy_id=name, symbols=section.symbols,
        )
        desk = StrategyDesk(
            name, book=book, market=market, clock=clock, tell=partial(host.tell, name)
        )
        host.add(name, strategy, desk, Allowance(
            timer_s=section.timer_s, budget_s=section.budget_ms / 1000,
            stall_s=config.supervision.stall_s,
        ))
