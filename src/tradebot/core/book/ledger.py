"""What do the accounts hold, what did it cost, and what is it worth at the last marks?"""

from dataclasses import dataclass, field
from decimal import Decimal

from tradebot.core.model.commands import Statement
from tradebot.core.model.events import TradeBooked
from tradebot.core.model.facts import Quote
from tradebot.core.model.money import ONE, ZERO

EXTERNAL = "external"


@dataclass(slots=True)
class Share:
    """A strategy's share of a position: signed quantity in units, money in currency."""

    qty: Decimal = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO
    fees: Decimal = ZERO
    trades: int = 0


@dataclass(slots=True)
class Net:
    """An account's whole position in a symbol, valued at `mark`, a unit."""

    qty: Decimal = ZERO
    mark: Decimal = ZERO
    multiplier: Decimal = ONE

    @property
    def value(self) -> Decimal:
        return self.qty * self.mark * self.multiplier


@dataclass(slots=True)
class Account:
    """Sums in the account's currency, kept up by bookings and marks, never scanned."""

    currency: str
    opening_cash: Decimal
    cash: Decimal
    realized: Decimal = ZERO
    fees: Decimal = ZERO
    net_value: Decimal = ZERO
    gross_value: Decimal = ZERO

    @property
    def equity(self) -> Decimal:
        return self.cash + self.net_value


@dataclass(slots=True)
class Ledger:
    accounts: dict[str, Account] = field(default_factory=dict)
    holdings: dict[str, dict[str, Share]] = field(default_factory=dict)  # strategy -> symbol
    nets: dict[str, dict[str, Net]] = field(default_factory=dict)  # account -> symbol
    external_seen: dict[str, None] = field(default_factory=dict)

    def holding(self, strategy_id: str, symbol: str) -> Share:
        return self.holdings.get(strategy_id, {}).get(symbol) or Share()

    def net_qty(self, account: str, symbol: str) -> Decimal:
        net = self.nets.get(account, {}).get(symbol)
        return net.qty if net else ZERO

    def opened(self, opening: Statement, multipliers: dict[str, Decimal]) -> None:
        """Open an account with the broker's own numbers; what it already holds is external."""
        account = Account(currency=opening.currency, opening_cash=opening.cash, cash=opening.cash)
        self.accounts[opening.account] = account
        for stated in opening.holdings:
            multiplier = multipliers.get(stated.symbol, ONE)
            share = self.holdings.setdefault(EXTERNAL, {}).setdefault(stated.symbol, Share())
            share.qty += stated.qty
            share.cost += stated.qty * stated.avg_px * multiplier
            self._move(opening.account, stated.symbol, stated.qty, stated.avg_px, multiplier)

    def booked(self, event: TradeBooked, multiplier: Decimal) -> None:
        share = self.holdings.setdefault(event.strategy_id, {}).setdefault(event.symbol, Share())
        share.qty += event.qty
        share.cost += event.cost
        share.realized += event.realized
        share.fees += event.fee
        share.trades += 1
        account = self.accounts[event.account]
        account.cash += event.cash
        account.realized += event.realized
        account.fees += event.fee
        if event.is_external:
            self.external_seen[event.exec_id] = None
        self._move(event.account, event.symbol, event.qty, event.px, multiplier)

    def marked(self, quotes: tuple[Quote, ...]) -> None:
        for quote in quotes:
            for name, nets in self.nets.items():
                if quote.symbol in nets:
                    self._move(name, quote.symbol, ZERO, quote.mid, nets[quote.symbol].multiplier)

    def _move(
        self, account: str, symbol: str, qty: Decimal, mark: Decimal, multiplier: Decimal
    ) -> None:
        nets = self.nets.setdefault(account, {})
        net = nets.get(symbol) or nets.setdefault(symbol, Net(multiplier=multiplier))
        sums, before = self.accounts[account], net.value
        net.qty += qty
        net.mark = mark
        sums.net_value += net.value - before
        sums.gross_value += abs(net.value) - abs(before)
        if not net.qty:
            del nets[symbol]


def effect_of_trade(
    held: Share, qty: Decimal, px: Decimal, multiplier: Decimal
) -> tuple[Decimal, Decimal]:
    """Return (change of cost, realised profit) of a signed trade, at average cost.

    A trade that closes takes its share of the cost out; what goes through zero opens anew at px.
    """
    worth = qty * px * multiplier
    if held.qty * qty >= 0:
        return worth, ZERO
    if abs(qty) <= abs(held.qty):
        freed = held.cost if qty == -held.qty else held.cost * -qty / held.qty
        return -freed, -worth - freed
    closing = -held.qty * px * multiplier
    return worth - closing - held.cost, -closing - held.cost
