"""How near is every standing limit? The gates themselves say it, asked about an order of nothing.

So no sum is worked out a second time: what a gate finds where nothing is added is what stands.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from heapq import nlargest
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.book.ledger import Account
from tradebot.core.gates.answers import Objection
from tradebot.core.gates.buying_power import buying_power
from tradebot.core.gates.cash_buffer import cash_buffer
from tradebot.core.gates.consecutive_losses import consecutive_losses
from tradebot.core.gates.daily_loss import daily_loss
from tradebot.core.gates.day_risk import day_risk
from tradebot.core.gates.drawdown import drawdown
from tradebot.core.gates.heat import heat
from tradebot.core.gates.look import Look, Once, Opening
from tradebot.core.gates.margin_use import margin_use
from tradebot.core.gates.minimum_equity import minimum_equity
from tradebot.core.gates.open_orders import open_orders, open_orders_symbol
from tradebot.core.gates.opened import OpenedOptions
from tradebot.core.gates.order_rate import messages_per_minute, messages_per_second
from tradebot.core.gates.order_risk import order_risk
from tradebot.core.gates.orders_per_day import orders_per_day
from tradebot.core.gates.panel import Gate
from tradebot.core.gates.portfolio_greeks import (
    portfolio_delta,
    portfolio_gamma,
    portfolio_theta,
    portfolio_vega,
)
from tradebot.core.gates.position_size import position_size
from tradebot.core.gates.positions import positions, positions_symbol
from tradebot.core.gates.rejections import rejections
from tradebot.core.gates.sector_exposure import sector_exposure
from tradebot.core.gates.symbol_exposure import symbol_exposure
from tradebot.core.model.fact import fact
from tradebot.core.model.facts import Facts
from tradebot.core.model.ids import IntentId, StrategyId
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.money import ONE, ZERO
from tradebot.core.model.reason import Answer
from tradebot.core.model.settings import Policy

WORST: Final = 5  # that are told of each limit on symbols, sectors or strategies
_MONEY: Final = ""  # the unit is the account's currency


@fact
class Headroom:
    """One limit, and what stands against it; None where nobody knows.

    `is_breached` where the gate lets the least order more not pass, or warns of it. `key` is what
    the limit is on, besides the account: a symbol, a sector, a strategy.
    """

    gate: str
    unit: str
    actual: Decimal | None
    limit: Decimal | None
    is_breached: bool | None
    account: str = ""
    key: str = ""

    @property
    def used_frac(self) -> Decimal | None:
        """Tell which part of the limit is used up; all of one that leaves no room at all."""
        if self.actual is None or self.limit is None:
            return None
        if not self.limit > 0:
            return ONE
        return max(ZERO, self.actual / self.limit)


class AtRest(Look):
    """An order of nothing in one account: it adds to nothing, closes nothing and costs nothing."""

    def __init__(
        self, book: Book, facts: Facts, at: datetime, account: str = "", *, symbol: str = "",
        side: Side = Side.BUY, owner: str = "",
    ) -> None:
        body = Intent(
            legs=(Leg(symbol=symbol, side=side),), order_qty=ZERO, strategy_id=StrategyId(owner)
        )
        super().__init__(
            book, IntentState(intent_id=IntentId(""), body=body, expires=at), facts, at
        )
        self.account_name, self.opening_qty, self.unit_worth = account, ZERO, ZERO
        self.is_closing = False
        self.options = OpenedOptions(legs=(), strategy=None)  # so that those on options are asked

    @Once
    def opening(self) -> Opening | Objection:
        account = self.funded
        return account if isinstance(account, Objection) else self.beside(account, ZERO, ZERO)


_BY_ALL: Final[Mapping[Gate, str]] = {
    orders_per_day: "orders", open_orders: "orders", messages_per_second: "messages",
    messages_per_minute: "messages",
}
_BY_ACCOUNT: Final[Mapping[Gate, str]] = {
    buying_power: _MONEY, minimum_equity: _MONEY, cash_buffer: _MONEY, margin_use: _MONEY,
    order_risk: _MONEY, heat: _MONEY, day_risk: _MONEY, daily_loss: _MONEY, drawdown: _MONEY,
    positions: "underlyings", portfolio_delta: _MONEY, portfolio_gamma: _MONEY,
    portfolio_theta: _MONEY, portfolio_vega: _MONEY,
}
# They count the order that asks as one.
COUNTING: Final = frozenset({
    orders_per_day, open_orders, open_orders_symbol, messages_per_second, messages_per_minute,
    positions, positions_symbol,
})
# They tell what is left of this, and what an order takes of it.
_WHOLE: Final[Mapping[Gate, Callable[[Account, Policy], Decimal]]] = {
    buying_power: lambda account, policy: account.equity * policy.buying_power_multiple,
    cash_buffer: lambda account, policy: account.equity * (ONE - policy.cash_buffer_min_frac),
}


def headroom(book: Book, facts: Facts, at: datetime) -> Iterator[Headroom]:
    """Tell of every standing limit; of those on symbols the worst few in each account."""
    for gate, unit in _BY_ALL.items():
        yield from _asked(gate, unit, AtRest(book, facts, at))
    for name in book.ledger.accounts:
        look = AtRest(book, facts, at, name)
        for gate, unit in _BY_ACCOUNT.items():
            yield from _asked(gate, unit, look)
        yield from _on_symbols(book, facts, at, name)
    for symbol in _most(book.orders.open_by_symbol):
        yield from _asked(
            open_orders_symbol, "orders", AtRest(book, facts, at, symbol=symbol), symbol
        )
    yield from _of_owners(book, facts, at)


def _on_symbols(book: Book, facts: Facts, at: datetime, account: str) -> Iterator[Headroom]:
    stakes = book.exposure.of(account)
    for symbol in _most({s: max(stake.long, stake.short) for s, stake in stakes.by_symbol.items()}):
        stake = stakes.stake(symbol)
        side = Side.BUY if stake.long >= stake.short else Side.SELL
        look = AtRest(book, facts, at, account, symbol=symbol, side=side)
        yield from _asked(position_size, _MONEY, look, symbol)
    for name in _most({name: bet.worst for name, bet in stakes.bets.items()}):
        look = AtRest(book, facts, at, account, symbol=name)
        yield from _asked(symbol_exposure, _MONEY, look, name)
    for name in _most({name: bet.positions for name, bet in stakes.bets.items()}):
        look = AtRest(book, facts, at, account)
        look.underlyings = {name: [""]}  # one more of it than there is
        yield from _asked(positions_symbol, "positions", look, name)
    one_of = {book.exposure.sector(name): name for name in stakes.bets}
    for sector in _most({sector: stakes.sectors.get(sector, ZERO) for sector in one_of}):
        look = AtRest(book, facts, at, account, symbol=one_of[sector])
        yield from _asked(sector_exposure, _MONEY, look, sector)


def _of_owners(book: Book, facts: Facts, at: datetime) -> Iterator[Headroom]:
    """Tell what rests on a strategy: what brokers rejected of it, and what it lost in a row."""
    for lane in _most({lane: len(times) for lane, times in book.flow.rejections.items()}):
        owner, _, symbol = lane.partition("|")
        look = AtRest(book, facts, at, symbol=symbol, owner=owner)
        yield from _asked(rejections, "rejections", look, lane)
    limit = book.settings.policy.consecutive_losses_max
    for owner in _most({owner: run.count for owner, run in book.losses.runs.items()}):
        rests = bool(consecutive_losses(AtRest(book, facts, at, owner=owner)))
        count = limit if rests else book.losses.runs[owner].count
        yield Headroom(
            gate=consecutive_losses.__name__, unit="losses", key=owner, actual=Decimal(count),
            limit=Decimal(limit), is_breached=rests,
        )


def _asked(gate: Gate, unit: str, look: AtRest, key: str = "") -> Iterator[Headroom]:
    said, name = gate(look), look.account_name or ""
    if not isinstance(said, Objection) and not said:
        return  # there is no such limit
    is_stopped = isinstance(said, Objection)
    found = (said.actual, said.limit) if isinstance(said, Objection) else said
    actual, limit = [None if number is None else Decimal(number) for number in found]
    is_known = not isinstance(said, Objection) or said.answer is Answer.BLOCK
    if actual is not None and limit is not None:
        is_known, is_stopped = True, is_stopped or not (actual <= limit)
        actual -= gate in COUNTING
        if gate in _WHOLE:
            whole = _WHOLE[gate](look.book.ledger.accounts[name], look.policy)
            actual, limit = whole - limit, whole
    currency = look.book.ledger.accounts[name].currency if name else ""
    yield Headroom(
        gate=gate.__name__, account=name, key=key, unit=unit or currency, actual=actual,
        limit=limit, is_breached=is_stopped if is_known else None,
    )


def _most(counted: Mapping[str, Decimal] | Mapping[str, int]) -> Iterable[str]:
    some = [name for name, count in counted.items() if count]
    return nlargest(WORST, some, key=lambda name: (counted[name], name))
