"""What does the desk's trader see? A condor on SPY that nothing is wrong with, and its facts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from tests.core.gates.asking import a_trader
from tests.makers import ACCOUNT, Trader, a_quote, an_intent

from tradebot.core.book.ledger import Net
from tradebot.core.model.commands import DefineInstruments
from tradebot.core.model.desk_policy import DeskPolicy
from tradebot.core.model.events import IntentReceived, OrderSubmitted
from tradebot.core.model.facts import OptionFact, VolatilityFact
from tradebot.core.model.ids import ClOrdID, IntentId
from tradebot.core.model.instrument import Right, occ_symbol, parse_occ
from tradebot.core.model.intent import Intent, Leg, Side

EXPIRY: Final = date(2026, 10, 2)  # 39 days after the makers' Monday


def option(strike: int, right: Right = Right.PUT, root: str = "SPY", ends: date = EXPIRY) -> str:
    return occ_symbol(root, ends, right, Decimal(strike))


PUTS: Final = (option(480), option(485))
CALLS: Final = (option(515, Right.CALL), option(520, Right.CALL))
CONDOR: Final = (
    Leg(symbol=PUTS[0], side=Side.BUY), Leg(symbol=PUTS[1], side=Side.SELL),
    Leg(symbol=CALLS[0], side=Side.SELL), Leg(symbol=CALLS[1], side=Side.BUY),
)


def a_desk(*others: str, **policy: Any) -> Trader:
    """Make a trader under one desk policy, who knows the condor's options and those named."""
    trader = a_trader(desk=DeskPolicy(**policy))
    symbols = (*PUTS, *CALLS, *others)
    trader.tell(DefineInstruments(instruments=tuple(map(parse_occ, symbols))))
    for symbol in symbols:
        trader.facts.quotes[symbol] = a_quote(symbol, "2.00", "2.10", trader.now)
        trader.facts.options[symbol] = a_fact(symbol, trader.now)
    for underlying in ("SPY", "IBM"):
        trader.facts.volatilities[underlying] = ranked("0.50", trader.now, underlying)
    return trader


def a_fact(symbol: str, as_of: datetime, **changes: Any) -> OptionFact:
    known = {
        "open_interest": 500, "volume": 10, "implied_volatility": "0.2", "delta": "0.2",
        "gamma": "0.01", "theta": "-0.05", "vega": "0.4", **changes,
    }
    numbers = {name: None if told is None else Decimal(str(told)) for name, told in known.items()}
    return OptionFact(symbol=symbol, as_of=as_of, **numbers)


def ranked(rank: str | None, as_of: datetime, symbol: str = "SPY") -> VolatilityFact:
    iv_rank = None if rank is None else Decimal(rank)
    return VolatilityFact(symbol=symbol, implied=Decimal("0.2"), iv_rank=iv_rank, as_of=as_of)


def a_condor(qty: int = 1, **changes: Any) -> Intent:
    return an_intent(qty=qty, price="-1", **{"legs": CONDOR, **changes})


def a_spread(*legs: tuple[str, str], qty: int = 1) -> Intent:
    """Make an order of legs such as `("sell", symbol)`."""
    made = tuple(Leg(symbol=symbol, side=Side(side)) for side, symbol in legs)
    return an_intent(qty=qty, price="1", legs=made)


def holding(*held: tuple[str, int], desk: Trader | None = None) -> Trader:
    """Have a desk hold these, however it came to."""
    trader = desk or a_desk()
    nets = trader.book.ledger.nets.setdefault(ACCOUNT, {})
    nets.update({symbol: Net(qty=Decimal(qty)) for symbol, qty in held})
    return trader


def at_work(desk: Trader, body: Intent) -> None:
    """Have an order at work, whatever the gates would say of it."""
    name = f"W{len(desk.book.orders.working)}"
    desk.book.apply(IntentReceived(intent_id=IntentId(name), intent=body, expires=desk.now))
    desk.book.apply(OrderSubmitted(
        cl_ord_id=ClOrdID(name), intent_id=IntentId(name), intent=body, route="paper",
        account=ACCOUNT, send_by=desk.now, reserved=Decimal(0),
    ))
