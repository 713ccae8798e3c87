"""What decides and what sends, joined: how, and who hears first of what is published?

The daemon and a simulated day's process are this same spine between other ends, so that what the
days prove holds for the daemon.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.model.ids import ClOrdID
from tradebot.core.model.settings import RouteKind, Settings
from tradebot.ports import Broker, Clock, MarketData, OptionData
from tradebot.shell.engine import Appender, Engine, Listener
from tradebot.shell.facts import FactCache, Waker
from tradebot.shell.flattener import Flattener
from tradebot.shell.kill_flag import Latch
from tradebot.shell.marks import Marker
from tradebot.shell.option_feed import Around, OptionFeed
from tradebot.shell.reconcile import Reconciler, ReconcileSection
from tradebot.shell.state import DaemonState
from tradebot.shell.strategies.host import StrategyHost
from tradebot.shell.wire.link import Link
from tradebot.shell.wire.may_send import MaySend
from tradebot.shell.wire.patience import Patience


def _nobody(_: object) -> None:
    """Hears nothing."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a route leads to."""

    kind: RouteKind
    broker: Broker
    patience: Patience


class Spine:
    """Everything between the journal, the market and the brokers.

    It decides by `book`; `view` is the one of what is published. `way` builds a route's broker;
    `pace` is how many times as fast as ours the loop's clock runs; without `threaded` all is
    worked out on the loop.
    """

    def __init__(
        self, *, settings: Settings, book: Book, view: Book, last_seq: int,
        last_heard: datetime | None, journal: Appender, clock: Clock, latch: Latch,
        market: MarketData, way: Callable[[str], Way], auto_start: bool,
        reconcile: ReconcileSection, mark_every_s: float, tell: Callable[[str], None] = _nobody,
        on_sent: Callable[[ClOrdID], None] = _nobody, seed: int = 0, pace: float = 1.0,
        threaded: bool = False,
    ) -> None:
        """Build in the order in which a quote must pass through."""
        symbols = [instrument.symbol for instrument in market.instruments()]
        self.settings, self.clock, self.latch, self.market = settings, clock, latch, market
        self.facts = FactCache(latch, lambda symbol, text: tell(f"market {symbol}: {text}"))
        self.engine = engine = Engine(
            book=book, journal=journal, facts=self.facts, clock=clock, last_seq=last_seq
        )
        self.state = DaemonState(settings.primary_calendar, clock, view, auto_start=auto_start)
        market.subscribe(symbols, self.facts.on_market)
        self._may_send = MaySend(book, latch, clock, asyncio.get_running_loop().time)
        ways = {route: way(route) for route in settings.routes}
        self.links = [
            Link(
                route, to.kind, to.broker, engine=engine, may_send=self._may_send.why_not,
                on_sent=on_sent, patience=to.patience, seed=seed, last_heard=last_heard, pace=pace,
            )
            for route, to in ways.items()
        ]
        self.host = StrategyHost(
            book=view, post=engine.post,
            tell=lambda name, text: tell(f"strategy {name}: {text}"),
        )
        self.marker = Marker(book, self.facts, engine.post, every_s=mark_every_s, pace=pace)
        hears = (self.host.on_market, Waker(book, engine.post).on_market, self.marker.on_market)
        for hear in hears:
            market.subscribe(symbols, hear)
        self.option_feed = OptionFeed(market, Around(
            book=book, facts=self.facts, post=engine.post, tell=tell, threaded=threaded,
            hear=(self.facts.on_market, *hears),
        )) if isinstance(market, OptionData) else None
        self.reconciler = Reconciler(engine, self.links, reconcile, tell, pace=pace)
        self.flattener = Flattener(engine, self.links, tell)

    def knock_again(self, _: object) -> None:
        """Let routes try once more whose brokers had refused them: a person has acted."""
        for link in self.links:
            link.knock_again()

    def listen(
        self, *views: Listener, lines: Sequence[Listener] = (), files: Sequence[Listener] = ()
    ) -> None:
        """Say who hears of a decision, in this order: first the views, which the others read."""
        self.engine.listeners.extend((
            self._may_send.on_decision, *views, self.state.on_decision, *lines,
            *(link.on_decision for link in self.links), self.host.on_decision,
            self.marker.on_decision, self.reconciler.on_decision, self.flattener.on_decision,
            *([self.option_feed.on_decision] if self.option_feed is not None else ()), *files,
        ))
