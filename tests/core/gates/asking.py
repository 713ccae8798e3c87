"""How is one gate asked? By a trader with a hundred thousand; SPY stands at 500, IBM at 200."""

from decimal import Decimal
from typing import Any

from tests.makers import Trader, a_trade, an_intent, at, some_settings, the

from tradebot.core.book.intents import IntentState
from tradebot.core.gates.panel import Gate
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import plain
from tradebot.core.model.verdict import GateResult


def a_trader(**policy: Any) -> Trader:
    """Make a trader under one gate's limits, all others wide; numbers may be given as text."""
    numbers = {n: Decimal(v) if isinstance(v, str) else v for n, v in policy.items()}
    return Trader(some_settings(policy=numbers))


def ask(gate: Gate, trader: Trader, body: Intent | None = None, **state: Any) -> GateResult:
    return gate(trader.book, IntentState(
        intent_id=IntentId("I"), body=body or an_intent(), expires=at(99_999), **state
    ), trader.facts, trader.now)


def said(result: GateResult) -> str:
    """Write an answer as `BLOCK 5000.10 against 5000`."""
    numbers = [n for n in (result.actual, result.limit) if n is not None]
    return " ".join([result.answer, " against ".join(map(plain, numbers))]).strip()


def works(trader: Trader, side: str = "buy", qty: int | str = 10, **changes: Any) -> ClOrdID:
    """Have an order at work, and return its id."""
    order: ClOrdID = the(trader.submit(side, qty, **changes), OrderSubmitted).cl_ord_id
    return order


def holds(trader: Trader, side: str = "buy", qty: int | str = 10, **changes: Any) -> None:
    """Hold a position, filled at its limit."""
    order = works(trader, side, qty, **changes)
    px = changes.get("price", "500")
    trader.tell(a_trade(f"X{trader.seconds}", qty, px, order))
"""How is one gate asked? Of a trader whose account holds 100,000, with SPY at 500 flat."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeAlias

from tests import makers

from tradebot.core.book.intents import IntentState
from tradebot.core.gates.panel import Gate
from tradebot.core.model.commands import Mark
from tradebot.core.model.events import OrderSubmitted, SettingsActivated
from tradebot.core.model.ids import IntentId
from tradebot.core.model.settings import Policy
from tradebot.core.model.verdict import GateResult

Given: TypeAlias = Callable[["Asked"], Any]
_OPEN: dict[str, Any] = {
    "order_notional_max_usd": Decimal(10) ** 9, "buying_power_multiple": Decimal(100),
    "margin_use_max_frac": Decimal(100), "cash_buffer_min_frac": Decimal(-100),
    "heat_max_frac": Decimal(100), "order_risk_max_frac": Decimal(100),
    "day_risk_max_frac": Decimal(100), "trade_loss_max_frac": Decimal(100),
    "drawdown_halt_frac": Decimal("0.15"), "consecutive_losses_max": 5,
}


class Asked(makers.Trader):
    """What came before was decided under wide limits; the gate is asked under those shipped."""

    def __init__(self) -> None:
        super().__init__(makers.some_settings(policy=_OPEN))
        self.price("SPY", 500)

    def price(self, symbol: str, px: Decimal | int | str) -> None:
        self.facts.quotes[symbol] = makers.a_quote(symbol, px, px, self.now)

    def trade(self, side: str, qty: int, px: Decimal | int | str = 500, **changes: Any) -> None:
        """Submit and fill at once."""
        self.price("SPY", px)
        sent = makers.the(self.submit(side, qty, price=None, **changes), OrderSubmitted)
        exec_id = f"X{self.seconds}"
        self.tell(makers.a_trade(exec_id, qty, px, sent.cl_ord_id))

    def mark(self, px: Decimal | int | str, symbol: str = "SPY") -> None:
        self.price(symbol, px)
        self.tell(Mark(quotes=(self.facts.quotes[symbol],)))

    def shipped(self) -> None:
        settings = replace(self.book.settings, policy=Policy())
        self.book.apply(SettingsActivated(settings=settings, version="shipped"))

    def ask(self, gate: Gate, side: str, qty: Decimal | int | str, **changes: Any) -> GateResult:
        """Ask the gate under the shipped limits."""
        self.shipped()
        body = makers.an_intent(side, qty, **{"price": None, **changes})
        state = IntentState(intent_id=IntentId("I"), body=body, expires=makers.at(10**6))
        return gate(self.book, state, self.facts, self.now)
