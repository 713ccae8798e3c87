"""How does a test get a fact? Makers with sane defaults: a test shows only what matters to it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from tradebot.core.book.book import Book
from tradebot.core.model.capabilities import Capabilities, ReplaceKind, takes_all
from tradebot.core.model.commands import (
    ActivateSettings,
    Command,
    ConnectRoute,
    DefineInstruments,
    EnterSession,
    Phase,
    SubmitIntent,
)
from tradebot.core.model.desk_policy import DeskPolicy, GreekLimits, StructureRule
from tradebot.core.model.events import Event
from tradebot.core.model.facts import OptionFact, Quote, VolatilityFact
from tradebot.core.model.ids import ClOrdID, StrategyId
from tradebot.core.model.instrument import AssetClass, Instrument, parse_occ
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.report import ExecType, Holding, OpenOrder, Report, Statement
from tradebot.core.model.settings import Mode, Policy, RouteKind, Settings
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.pipeline.handle import handle

T = TypeVar("T")

OPEN: Final = datetime(2026, 8, 24, 13, 30, tzinfo=UTC)  # a Monday, 9:30 in New York
ACCOUNT: Final = "PAPER-1"
CALL: Final = "SPY260918C00500000"
# Limits on a whole day or account, of which a test about something else knows nothing.
WIDE: Final[dict[str, Any]] = {
    **dict.fromkeys((
        "messages_per_second_max", "messages_per_minute_max", "orders_per_day_max",
        "open_orders_max", "open_orders_symbol_max", "positions_max", "positions_symbol_max",
        "rejections_max",
    ), 10_000),
    **dict.fromkeys((
        "trade_loss_max_frac", "order_risk_max_frac", "heat_max_frac", "day_risk_max_frac",
        "daily_loss_max_frac", "drawdown_entry_max_frac", "drawdown_halt_frac",
        "margin_use_max_frac",
    ), Decimal(1)),
    "cash_buffer_min_frac": Decimal(0), "equity_min_usd": Decimal(0),
    "slippage_max_bps": Decimal(10_000), "duplicate_within_s": 0, "consecutive_losses_max": 10_000,
    **dict.fromkeys((
        "position_max_frac", "symbol_exposure_max_frac", "sector_exposure_max_frac",
        "correlation_max_frac",
    ), Decimal(10_000)),
}
_NO_LIMIT: Final = GreekLimits(
    delta_max_frac=None, gamma_max_frac=None, theta_max_frac=None, vega_max_frac=None
)
WIDE["desk"] = DeskPolicy(
    structures=tuple(StructureRule(strategy=s) for s in StrategyType),
    unlisted=True, greeks=_NO_LIMIT, earnings_known=False, open_interest_min=Decimal(0),
    days_to_expiry_min=-1, spread_max_frac=Decimal(10), naked_puts=True,
)
HIGHER_CALL: Final = "SPY260918C00510000"


def at(seconds: float = 0) -> datetime:
    """Return a time so many seconds after the open."""
    return OPEN + timedelta(seconds=seconds)


def number(value: Decimal | int | str) -> Decimal:
    return Decimal(str(value))


def an_instrument(symbol: str = "SPY", **changes: Any) -> Instrument:
    return Instrument(symbol=symbol, **changes)


def some_instruments() -> tuple[Instrument, ...]:
    coin = an_instrument(
        "BTC/USD", asset_class=AssetClass.CRYPTO, calendar="24/7", lot_size=Decimal("0.0001")
    )
    shares = (an_instrument("SPY", is_fund=True), an_instrument("IBM"))
    return (*shares, coin, parse_occ(CALL), parse_occ(HIGHER_CALL))


def an_intent(
    side: str = "buy", qty: Decimal | int | str = 10, symbol: str = "SPY",
    price: Decimal | int | str | None = "500", **changes: Any,
) -> Intent:
    """Make a one-leg intent: a limit order where it has a price, a market order without."""
    fields: dict[str, Any] = {
        "legs": (Leg(symbol=symbol, side=Side(side)),),
        "order_qty": number(qty),
        "ord_type": OrdType.MARKET if price is None else OrdType.LIMIT,
        "price": None if price is None else number(price),
        "strategy_id": StrategyId("sma"),
    }
    return Intent(**{**fields, **changes})


def a_quote(
    symbol: str = "SPY", bid: Decimal | int | str = "499.99", ask: Decimal | int | str = "500.01",
    as_of: datetime | None = None, **changes: Any,
) -> Quote:
    return Quote(symbol=symbol, bid=number(bid), ask=number(ask), as_of=as_of or OPEN, **changes)


def a_report(exec_type: ExecType | str, cl_ord_id: str = "X", **changes: Any) -> Report:
    """Make a report; numbers may be given as text or int."""
    for name in ("last_qty", "last_px", "fee", "order_qty", "cum_qty"):
        if changes.get(name) is not None:
            changes[name] = number(changes[name])
    return Report(**{
        "route": "paper", "cl_ord_id": ClOrdID(cl_ord_id), "exec_type": ExecType(exec_type),
        **changes,
    })


def a_trade(
    exec_id: str, qty: Decimal | int | str, px: Decimal | int | str = 100, cl_ord_id: str = "X",
    **changes: Any,
) -> Report:
    numbers = {"exec_id": exec_id, "last_qty": qty, "last_px": px}
    return a_report(ExecType.TRADE, cl_ord_id, **numbers, **changes)


def some_settings(**changes: Any) -> Settings:
    """Make settings under which many an intent passes; other limits are those of `Policy`."""
    policy = Policy(**{**WIDE, **changes.pop("policy", {})})
    return Settings(**{"mode": Mode.PAPER, "policy": policy, **changes})


def capabilities(**changes: Any) -> Capabilities:
    return Capabilities(**{
        "takes": takes_all(), "legs_max": 4, "replaces": ReplaceKind.IN_PLACE,
        "fractional": tuple(AssetClass), "outside_hours": tuple(OrdType), "real_money": False,
        **changes
    })


def a_statement(cash: Decimal | int | str = 100_000, **changes: Any) -> Statement:
    return Statement(**{"account": ACCOUNT, "as_of": OPEN, "cash": number(cash), **changes})


def working_ids(statement: Statement) -> tuple[ClOrdID, ...]:
    return tuple(order.cl_ord_id for order in statement.working)


def a_route(name: str = "paper", kind: RouteKind = RouteKind.PAPER, **changes: Any) -> ConnectRoute:
    can = capabilities(real_money=kind is RouteKind.LIVE)
    fields = {"capabilities": can, "statement": a_statement(), **changes}
    return ConnectRoute(route=name, kind=kind, **fields)


def a_session(phase: Phase = Phase.TRADING, calendar: str = "XNYS") -> EnterSession:
    return EnterSession(calendar=calendar, phase=phase, session="2026-08-24")


def a_morning(settings: Settings | None = None) -> list[Command]:
    """Return the commands after which an ordinary intent passes."""
    return [
        ActivateSettings(settings=settings or some_settings(), version="test"),
        DefineInstruments(instruments=some_instruments()),
        a_session(),
        a_session(calendar="24/7"),
        a_route(),
    ]


class Known:
    """The facts that a test hands in, by symbol, and the kill latch."""

    def __init__(self, quotes: Iterable[Quote] = (), latch: str | None = None) -> None:
        self.quotes = {quote.symbol: quote for quote in quotes}
        self.latched = latch
        self.options: dict[str, OptionFact] = {}
        self.volatilities: dict[str, VolatilityFact] = {}

    def quote(self, symbol: str) -> Quote | None:
        return self.quotes.get(symbol)

    def option(self, symbol: str) -> OptionFact | None:
        return self.options.get(symbol)

    def volatility(self, symbol: str) -> VolatilityFact | None:
        return self.volatilities.get(symbol)

    def latch(self) -> str | None:
        return self.latched


def some_facts(as_of: datetime | None = None) -> Known:
    return Known([
        a_quote(as_of=as_of), a_quote("IBM", "199.98", "200.02", as_of=as_of),
        a_quote("BTC/USD", "59990", "60010", as_of=as_of), a_quote(CALL, "9.90", "10.10", as_of),
        a_quote(HIGHER_CALL, "4.90", "5.10", as_of=as_of),
    ])


class Trader:
    """A book with a clock: every command comes a second after the last, with fresh quotes."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.book = Book()
        self.seconds = 0
        self.facts = some_facts()
        self.events: list[Event] = []
        for command in a_morning(settings):
            self.tell(command)

    @property
    def now(self) -> datetime:
        return at(self.seconds)

    def tell(self, command: Command) -> list[Event]:
        """Decide one command a second later, under quotes as old as the command."""
        self.seconds += 1
        self.facts.quotes = {
            symbol: Quote(symbol=symbol, bid=q.bid, ask=q.ask, as_of=self.now)
            for symbol, q in self.facts.quotes.items()
        }
        events = list(handle(self.book, command, self.facts, self.now))
        self.events += events
        return events

    def statement(self, **changes: Any) -> Statement:
        """State the account just as the book has it: a broker with which all is well."""
        nets = self.book.ledger.nets.get(ACCOUNT, {})
        return a_statement(**{
            "cash": self.book.ledger.accounts[ACCOUNT].cash, "as_of": self.now,
            "holdings": tuple(Holding(symbol=s, qty=net.qty) for s, net in nets.items()),
            "working": tuple(
                OpenOrder(
                    cl_ord_id=state.order.cl_ord_id, leaves_qty=state.order.leaves_qty,
                    price=state.intent.price,
                    symbols=tuple(leg.symbol for leg in state.intent.legs),
                ) for state in self.book.orders.working.values()
            ),
            **changes,
        })

    def submit(self, side: str = "buy", qty: int | str = 10, **changes: Any) -> list[Event]:
        return self.tell(SubmitIntent(intent=an_intent(side, qty, **changes)))


def of(events: Iterable[Event], *types: type) -> list[Any]:
    """Return the events of some classes."""
    return [event for event in events if isinstance(event, types)]


def the(events: Iterable[Event], kind: type[T]) -> T:
    """Return the one event of a class; anything but one is a failure."""
    found = [event for event in events if isinstance(event, kind)]
    assert len(found) == 1, f"expected one {kind.__name__}, got {found}"
    return found[0]
