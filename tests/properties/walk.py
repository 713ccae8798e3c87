"""How does the core fare in a long random day? A seeded walk, and a journal of what came of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests import makers
from tests.properties.broker_truth import BrokerTruth

from tradebot.core.book.book import Book
from tradebot.core.model import commands as c
from tradebot.core.model.events import Event, OrderSubmitted, ReplaceRequested
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import StrategyId
from tradebot.core.model.intent import Leg, Side
from tradebot.core.model.reason import quote_need
from tradebot.core.model.report import Holding, OpenOrder, Statement
from tradebot.core.model.settings import Promotion
from tradebot.core.pipeline.handle import handle

SYMBOLS = ("SPY", "IBM", "BTC/USD", makers.CALL)


@dataclass
class Line:
    """One decision, with the very facts that it was handed."""

    at: datetime
    command: c.Command
    quotes: dict[str, Quote]
    latch: str | None
    events: tuple[Event, ...]

    def facts(self) -> makers.Known:
        return makers.Known(self.quotes.values(), self.latch)


@dataclass
class Day:
    """A book, the broker beside it, and the journal of the day."""

    rng: Random
    broker: BrokerTruth
    book: Book = field(default_factory=Book)
    facts: makers.Known = field(default_factory=makers.some_facts)
    journal: list[Line] = field(default_factory=list)
    now: datetime = makers.OPEN

    def decide(self, command: c.Command) -> None:
        quotes, latch = dict(self.facts.quotes), self.facts.latched
        events = tuple(handle(self.book, command, self.facts, self.now))
        self.journal.append(Line(self.now, command, quotes, latch, events))
        for event in events:
            if isinstance(event, OrderSubmitted):
                self.broker.take(event)
            elif isinstance(event, ReplaceRequested):
                self.broker.requests.append(event)

    def step(self) -> None:
        self.now += timedelta(milliseconds=self.rng.randrange(1, 4000))
        self._move_market()
        command = self._command()
        if command is not None:
            self.decide(command)

    def _move_market(self) -> None:
        symbol, dice = self.rng.choice(SYMBOLS), self.rng.random()
        if dice < 0.02:
            self.facts.quotes.pop(symbol, None)
        elif dice < 0.7:
            bid = Decimal(self.rng.randint(10, 50_000)) / 100
            self.facts.quotes[symbol] = makers.a_quote(
                symbol, bid, bid + self.rng.choice([Decimal(0), Decimal("0.02")]), self.now
            )
        if self.rng.random() < 0.004:
            self.facts.latched = "flag file"
        elif self.rng.random() < 0.3:
            self.facts.latched = None

    def _command(self) -> c.Command | None:
        dice = self.rng.random()
        if dice < 0.34:
            return c.SubmitIntent(intent=self._intent())
        if dice < 0.75:
            return self.broker.speak()
        if dice < 0.80 and self.broker.orders:
            return self._request(self.rng.choice(list(self.broker.orders)[-8:]))
        if dice < 0.86:
            needs = [quote_need(symbol) for symbol in SYMBOLS]
            return c.FactArrived(needs=tuple(self.rng.sample(needs, 2)))
        return self._seldom(dice)

    def _seldom(self, dice: float) -> c.Command | None:
        if dice < 0.90:
            return c.Tick()
        if dice < 0.93:
            return c.Mark(quotes=tuple(self.facts.quotes.values()))
        if dice < 0.945:
            phase = self.rng.choice([c.Phase.TRADING] * 4 + [c.Phase.CLOSED])
            return makers.a_session(phase, self.rng.choice(["XNYS", "24/7"]))
        if dice < 0.96:
            if self.rng.random() < 0.5:
                return c.ClearHalt(symbol=self.rng.choice(SYMBOLS), reason="dice", by="walk")
            return c.SetKillSwitch(engaged=self.rng.random() < 0.2, reason="dice", by="walk")
        if dice < 0.97:
            return self._settings()
        if dice < 0.985 and self.broker.orders:
            return self._request(self.rng.choice(list(self.broker.orders)[-8:]))
        if dice < 0.99:
            return c.DisconnectRoute(route="paper", reason="dice")
        return self._connect()

    def _request(self, target: str) -> c.Command:
        dice = self.rng.random()
        live = self.broker.live()
        if dice < 0.45 and live:
            qty = Decimal(self.rng.choice([0, 1, 2, 3, 8, 12, 60]))
            price = Decimal(self.rng.randint(1, 50_000)) / 100 if dice < 0.1 else None
            target = self.rng.choice(live)
            return c.RequestReplace(target=target, by="walk", order_qty=qty, price=price)
        if dice < 0.48:
            return c.RequestCancelAll(by="walk", symbol=self.rng.choice([*SYMBOLS, None]))
        return c.RequestCancel(target=target, by="walk")

    def _intent(self) -> Any:
        changes: dict[str, Any] = {}
        rng = self.rng
        if rng.random() < 0.3:
            changes = {"key": f"K{rng.randrange(40)}", "strategy_id": None}
        else:
            changes = {"strategy_id": StrategyId(rng.choice(["sma", "rsi"]))}
        if rng.random() < 0.2:
            changes["ttl_s"] = rng.choice([1, 30, 600])
        if rng.random() < 0.1:
            changes["legs"] = (
                Leg(symbol=makers.CALL, side=Side.BUY),
                Leg(symbol="SPY", side=Side.SELL, ratio_qty=Decimal(rng.randint(1, 2))),
            )
            return makers.an_intent(qty=rng.randint(1, 3), price=None, **changes)
        symbol = rng.choice(SYMBOLS)
        quote = self.facts.quotes.get(symbol)
        price = None if quote is None or rng.random() < 0.3 else quote.mid.quantize(Decimal("0.01"))
        side, qty = rng.choice(["buy", "sell"]), rng.choice([1, 2, 5, 10, 25, 0, 101])
        return makers.an_intent(side, qty, symbol, price, **changes)

    def _settings(self) -> c.ActivateSettings:
        rng = self.rng
        policy = {
            "order_qty_max": Decimal(rng.choice([8, 30, 100])),
            "order_notional_max_usd": Decimal(rng.choice([2_000, 20_000, 90_000])),
            "quote_age_max_s": Decimal(rng.choice([5, 60, 600])),
        }
        promotion = rng.choice([Promotion.DISABLED] * 4 + [Promotion.MANUAL])
        settings = makers.some_settings(policy=policy, promotion=promotion)
        return c.ActivateSettings(settings=settings, version=str(rng.randrange(10**6)))

    def _connect(self) -> c.ConnectRoute:
        return makers.a_route(statement=self.statement())

    def statement(self) -> Statement:
        """State the broker's own account."""
        held = self.broker.positions().items()
        return makers.a_statement(
            1_000_000 + self.broker.cash(), as_of=self.now,
            holdings=tuple(Holding(symbol=symbol, qty=qty) for symbol, qty in held),
            working=tuple(
                OpenOrder(cl_ord_id=order.cl_ord_id, leaves_qty=order.left)
                for order in self.broker.working()
            ),
        )


def a_day(seed: int, steps: int = 600) -> Day:
    rng = Random(seed)
    multipliers = {i.symbol: i.multiplier for i in makers.some_instruments()}
    day = Day(rng, BrokerTruth(rng, multipliers))
    settings = makers.some_settings(policy={"order_notional_max_usd": Decimal(90_000)})
    for command in makers.a_morning(settings)[:-1]:
        day.decide(command)
    day.decide(makers.a_route(statement=makers.a_statement(1_000_000)))
    for _ in range(steps):
        day.step()
    return day
