"""Whose money do the gates ask about? A trader's with 100,000; SPY stands at 500."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeAlias

from tests import makers
from tests.core.gates.asking import answer

from tradebot.core.book.intents import IntentState
from tradebot.core.gates.look import Look
from tradebot.core.gates.panel import Gate
from tradebot.core.model.commands import Mark
from tradebot.core.model.events import OrderSubmitted, SettingsActivated
from tradebot.core.model.ids import IntentId
from tradebot.core.model.reason import GateResult
from tradebot.core.model.settings import Policy

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
        return answer(gate, Look(self.book, state, self.facts, self.now))
