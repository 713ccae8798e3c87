"""How is one gate asked? By a trader with a hundred thousand; SPY stands at 500, IBM at 200."""

from decimal import Decimal
from typing import Any

from tests.makers import Trader, a_trade, an_intent, at, some_settings, the

from tradebot.core.book.intents import IntentState
from tradebot.core.gates.answers import Objection
from tradebot.core.gates.look import Look
from tradebot.core.gates.panel import Gate
from tradebot.core.model.events import OrderSubmitted
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.intent import Intent
from tradebot.core.model.money import plain
from tradebot.core.model.reason import GateResult


def a_trader(**policy: Any) -> Trader:
    """Make a trader under one gate's limits, all others wide; numbers may be given as text."""
    numbers = {n: Decimal(v) if isinstance(v, str) else v for n, v in policy.items()}
    return Trader(some_settings(policy=numbers))


def ask(gate: Gate, trader: Trader, body: Intent | None = None, **state: Any) -> GateResult:
    intent = IntentState(
        intent_id=IntentId("I"), body=body or an_intent(), expires=at(99_999), **state
    )
    return answer(gate, Look(trader.book, intent, trader.facts, trader.now))


def answer(gate: Gate, look: Look) -> GateResult:
    """Ask one gate, and write down what it says in full."""
    said = gate(look)
    if isinstance(said, Objection):
        return said.by(gate.__name__)
    actual, limit = map(Decimal, said) if said else (None, None)
    return GateResult(gate=gate.__name__, actual=actual, limit=limit)


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
