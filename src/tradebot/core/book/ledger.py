"""What do the accounts hold, what did it cost, what is it worth, and how much was lost of it?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from tradebot.core.book.structures import Structure, weigh
from tradebot.core.model.events import TradeBooked
from tradebot.core.model.facts import Quote
from tradebot.core.model.ids import ExecID
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.core.model.intent import EXTERNAL
from tradebot.core.model.money import ONE, ZERO
from tradebot.core.model.report import Statement

EXTERNAL_MAX: Final = 100_000  # external bookings kept an account; the oldest leave first


@dataclass(slots=True)
class Share:
    """An owner's share of an account's position: signed quantity in units, money in currency."""

    qty: Decimal = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO
    fees: Decimal = ZERO
    trip: Decimal = ZERO  # profit after fees since the position last was flat
    trades: int = 0
    multiplier: Decimal = ONE


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
    """Sums in the account's currency, kept up by bookings and marks, never scanned.

    `high_water` is the most that its equity ever was, `day_equity` what the day began with; while
    something held at the opening is `unmarked`, nobody knows either. `structures` are the options
    it holds by their underlying, `endless` how many of them can lose without end. `external` holds
    what was booked of orders that are not ours, None once it was taken back, and of settlements.
    """

    currency: str
    opened: datetime
    opening_cash: Decimal
    cash: Decimal
    realized: Decimal = ZERO
    fees: Decimal = ZERO
    net_value: Decimal = ZERO
    gross_value: Decimal = ZERO
    high_water: Decimal = ZERO
    day_equity: Decimal = ZERO
    unmarked: dict[str, None] = field(default_factory=dict)
    structures: dict[str, Structure] = field(default_factory=dict)
    options_gross: Decimal = ZERO
    options_loss: Decimal = ZERO
    endless: int = 0
    external: dict[ExecID, TradeBooked | None] = field(default_factory=dict)

    @property
    def equity(self) -> Decimal:
        return self.cash + self.net_value

    @property
    def fallen(self) -> Decimal:
        """Return how far equity is below the most that it ever was."""
        return self.high_water - self.equity

    @property
    def drawdown_frac(self) -> Decimal:
        """Return the same as a part of that most, at least 0."""
        return max(ZERO, self.fallen / self.high_water) if self.high_water > 0 else ZERO

    def shift(self, amount: Decimal) -> None:
        """Let what is neither profit nor loss move the marks that both are counted from."""
        self.high_water += amount
        self.day_equity += amount

    def remember(self, exec_id: ExecID, booked: TradeBooked | None) -> None:
        """Know what no order of ours made, should it be told again."""
        self.external[exec_id] = booked
        if len(self.external) > EXTERNAL_MAX:
            del self.external[next(iter(self.external))]

    def rise(self) -> None:
        """Take the equity of now as the most there ever was, if it is."""
        equity = self.cash + self.net_value
        if equity > self.high_water:
            self.high_water = equity


@dataclass(slots=True)
class Ledger:
    accounts: dict[str, Account] = field(default_factory=dict)
    holdings: dict[str, dict[str, dict[str, Share]]] = field(default_factory=dict)
    nets: dict[str, dict[str, Net]] = field(default_factory=dict)  # account -> symbol

    def holding(self, account: str, owner: str, symbol: str) -> Share:
        return self.holdings.get(account, {}).get(owner, {}).get(symbol) or Share()

    def shares(self) -> Iterator[tuple[str, str, str, Share]]:
        """Yield account, owner, symbol and share of everything that was ever held."""
        for account, owners in self.holdings.items():
            for owner, shares in owners.items():
                for symbol, share in shares.items():
                    yield account, owner, symbol, share

    def held_by(self, owner: str, symbol: str) -> Share:
        """Return what an owner holds in all accounts together."""
        total = Share()
        for account in self.holdings:
            share = self.holding(account, owner, symbol)
            if share.trades or share.qty:
                total = Share(
                    qty=total.qty + share.qty, cost=total.cost + share.cost,
                    realized=total.realized + share.realized, fees=total.fees + share.fees,
                    trades=total.trades + share.trades, multiplier=share.multiplier,
                )
        return total

    def owners_of(self, account: str, symbol: str) -> dict[str, Decimal]:
        """Return who holds how much of a symbol, by name."""
        owners = sorted(self.holdings.get(account, {}).items())
        held = {owner: shares[symbol].qty for owner, shares in owners if symbol in shares}
        return {owner: qty for owner, qty in held.items() if qty}

    def net_qty(self, account: str, symbol: str) -> Decimal:
        net = self.nets.get(account, {}).get(symbol)
        return net.qty if net else ZERO

    def opened(self, opening: Statement, terms_of: Callable[[str], Instrument | None]) -> None:
        """Open an account with the broker's own numbers; what it already holds is external."""
        account = self.accounts[opening.account] = Account(
            currency=opening.currency, opened=opening.as_of, opening_cash=opening.cash,
            cash=opening.cash,
        )
        for stated in opening.holdings:
            terms = terms_of(stated.symbol)
            multiplier = terms.multiplier if terms else ONE
            share = self._share(opening.account, EXTERNAL, stated.symbol)
            share.qty += stated.qty
            share.cost += stated.qty * stated.avg_px * multiplier
            share.multiplier = multiplier
            self._move(opening.account, stated.symbol, stated.qty, stated.avg_px, multiplier)
            self._weigh(opening.account, stated.symbol, terms)
            account.unmarked[stated.symbol] = None
        account.high_water = account.day_equity = account.equity

    def booked(self, event: TradeBooked, terms: Instrument | None) -> Decimal | None:
        """Book, and return the profit after fees of the round trip that ends here, if one does."""
        share = self._share(event.account, event.strategy_id, event.symbol)
        was, trip = share.qty, share.trip + event.realized - event.fee
        share.qty += event.qty
        share.cost += event.cost
        share.realized += event.realized
        share.fees += event.fee
        share.trades += 1
        share.multiplier = event.multiplier
        account = self.accounts[event.account]
        account.cash += event.cash
        account.realized += event.realized
        account.fees += event.fee
        if event.is_external:
            account.remember(event.exec_id, event)
            if event.reverses in account.external:
                account.external[event.reverses] = None
        self._move(event.account, event.symbol, event.qty, event.px, event.multiplier)
        self._weigh(event.account, event.symbol, terms)
        account.rise()
        is_over = bool(was) and (not share.qty or (share.qty > 0) != (was > 0))
        share.trip = ZERO if is_over else trip
        return trip if is_over else None

    def moves(self, account: str, symbol: str) -> int:
        """Count what was ever booked of a symbol."""
        owners = self.holdings.get(account, {}).values()
        return sum(shares[symbol].trades for shares in owners if symbol in shares)

    def bookings(self, account: str) -> int:
        """Count what was ever booked of an account."""
        owners = self.holdings.get(account, {}).values()
        return sum(share.trades for shares in owners for share in shares.values())

    def corrected(self, account: str, cash: Decimal) -> None:
        """Take cash as if it had always been so."""
        sums = self.accounts[account]
        sums.cash += cash
        sums.opening_cash += cash
        sums.shift(cash)

    def adopted(
        self, account: str, symbol: str, qty: Decimal, px: Decimal, terms: Instrument | None
    ) -> None:
        """Take so much more of a position as if it had always been so: it is nobody's of ours."""
        multiplier = terms.multiplier if terms else ONE
        share, sums = self._share(account, EXTERNAL, symbol), self.accounts[account]
        share.qty += qty
        share.cost += qty * px * multiplier
        share.multiplier = multiplier
        before = sums.net_value
        self._move(account, symbol, qty, px, multiplier)
        self._weigh(account, symbol, terms)
        sums.shift(sums.net_value - before)

    def day_began(self) -> None:
        """Let the day's losses count from what there is now."""
        for account in self.accounts.values():
            account.day_equity = account.equity

    def high_water_anew(self) -> None:
        """Let a person's word make the equity of now the mark that drawdown counts from."""
        for account in self.accounts.values():
            account.high_water = account.equity

    def marked(self, quotes: tuple[Quote, ...]) -> None:
        for quote in quotes:
            for name, nets in self.nets.items():
                if quote.symbol in nets:
                    self._move(name, quote.symbol, ZERO, quote.mid, nets[quote.symbol].multiplier)
                    self._weigh(name, quote.symbol, self._option(name, quote.symbol))
        for account in self.accounts.values():
            account.rise()

    def _option(self, account: str, symbol: str) -> Instrument | None:
        structures = self.accounts[account].structures.values()
        return next((s.options[symbol] for s in structures if symbol in s.options), None)

    def _share(self, account: str, owner: str, symbol: str) -> Share:
        owners = self.holdings.setdefault(account, {})
        return owners.setdefault(owner, {}).setdefault(symbol, Share())

    def _move(
        self, account: str, symbol: str, qty: Decimal, mark: Decimal, multiplier: Decimal
    ) -> None:
        nets = self.nets.setdefault(account, {})
        net = nets.get(symbol) or nets.setdefault(symbol, Net())
        sums, before = self.accounts[account], net.value
        net.qty += qty
        net.mark, net.multiplier = mark, multiplier
        sums.net_value += net.value - before
        sums.gross_value += abs(net.value) - abs(before)
        if not net.qty:
            del nets[symbol]
        if sums.unmarked:
            sums.unmarked.pop(symbol, None)
            sums.high_water = sums.day_equity = sums.equity

    def _weigh(self, account: str, symbol: str, terms: Instrument | None) -> None:
        """Let the options on one underlying be weighed anew when one of them moved, or it did."""
        sums, nets = self.accounts[account], self.nets[account]
        is_option = terms is not None and terms.asset_class is AssetClass.OPTION
        if not is_option and symbol not in sums.structures:
            return
        underlying = (terms.underlying if terms and is_option else None) or symbol
        before = sums.structures.get(underlying, Structure())
        options = {**before.options, symbol: terms} if terms and is_option else before.options
        held = {name: option for name, option in options.items() if name in nets}
        now = weigh(held, nets, self.net_qty(account, underlying))
        sums.options_gross += now.gross - before.gross
        sums.options_loss += now.loss - before.loss
        sums.endless += now.is_endless - before.is_endless
        if held:
            sums.structures[underlying] = now
        else:
            sums.structures.pop(underlying, None)


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
