"""How much stands and falls with what? Sums by symbol, underlying and sector, kept up by changes.

An exposure is the larger of two directions: what gains when the underlying rises, and what gains
when it falls, held or still to be filled. So two quotes around the market are not twice the risk.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tradebot.core.model.instrument import bet_on
from tradebot.core.model.intent import Side
from tradebot.core.model.money import ONE, ZERO
from tradebot.core.model.settings import Policy

UNCLASSIFIED: Final = "UNCLASSIFIED"  # all that no sector names is one sector


@dataclass(slots=True)
class Stake:
    """One symbol in one account, in currency: signed worth held, and what orders would open."""

    held: Decimal = ZERO
    buying: Decimal = ZERO
    selling: Decimal = ZERO
    orders: int = 0
    is_held: bool = False

    @property
    def is_open(self) -> bool:
        return self.is_held or self.orders > 0

    @property
    def long(self) -> Decimal:
        return self.held + self.buying if self.held > 0 else self.buying

    @property
    def short(self) -> Decimal:
        return self.selling - self.held if self.held < 0 else self.selling

    def on(self, side: Side) -> Decimal:
        """Return what would stand on one side if all that is open there filled."""
        return self.long if side is Side.BUY else self.short


@dataclass(slots=True)
class Bet:
    """One underlying in one account: what rises with it and what falls, and in how many symbols."""

    up: Decimal = ZERO
    down: Decimal = ZERO
    positions: int = 0

    @property
    def worst(self) -> Decimal:
        return self.up if self.up > self.down else self.down


@dataclass(slots=True)
class Stakes:
    """One account: every symbol that is held or worked, every underlying, every sector."""

    by_symbol: dict[str, Stake] = field(default_factory=dict)
    bets: dict[str, Bet] = field(default_factory=dict)
    sectors: dict[str, Decimal] = field(default_factory=dict)

    def stake(self, symbol: str) -> Stake:
        return self.by_symbol.get(symbol, _NO_STAKE)

    def bet(self, underlying: str) -> Bet:
        return self.bets.get(underlying, _NO_BET)


_NO_STAKE: Final = Stake()
_NO_BET: Final = Bet()
_NO_STAKES: Final = Stakes()


@dataclass(slots=True)
class Exposure:
    accounts: dict[str, Stakes] = field(default_factory=dict)
    sector_of: dict[str, str] = field(default_factory=dict)
    peers: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def of(self, account: str) -> Stakes:
        return self.accounts.get(account, _NO_STAKES)

    def sector(self, underlying: str) -> str:
        return self.sector_of.get(underlying, UNCLASSIFIED)

    def correlation(self, one: str, other: str, unknown: Decimal) -> Decimal:
        return ONE if one == other else self.peers.get(one, {}).get(other, unknown)

    def settle(self, policy: Policy) -> None:
        """Take the tables of new settings, and sum the sectors anew."""
        self.sector_of = {s: sector.name for sector in policy.sectors for s in sector.symbols}
        self.peers = {}
        for group in policy.correlated:
            for one in group.symbols:
                known = self.peers.setdefault(one, {})
                for other in group.symbols:
                    known[other] = max(known.get(other, -ONE), group.correlation_frac)
        for stakes in self.accounts.values():
            stakes.sectors = {}
            for underlying, bet in stakes.bets.items():
                _add(stakes.sectors, self.sector(underlying), bet.worst)

    def held(self, account: str, symbol: str, worth: Decimal | None) -> None:
        """Take what a position is worth now, None where there is none any more."""
        stakes, stake = self._stake(account, symbol)
        was, was_open = stake.held, stake.is_open
        stake.held, stake.is_held = worth or ZERO, worth is not None
        longer = max(ZERO, stake.held) - max(ZERO, was)
        shorter = longer + was - stake.held
        self._follow(stakes, symbol, longer, shorter, stake.is_open - was_open)

    def worked(
        self, account: str, symbol: str, side: Side, change: Decimal, orders: int
    ) -> None:
        """Take by how much working orders would now open more, or less, and how many came."""
        stakes, stake = self._stake(account, symbol)
        was_open = stake.is_open
        stake.orders += orders
        longer, shorter = (change, ZERO) if side is Side.BUY else (ZERO, change)
        if not stake.orders:  # what rounding left goes with the last
            longer, shorter = -stake.buying, -stake.selling
        stake.buying += longer
        stake.selling += shorter
        self._follow(stakes, symbol, longer, shorter, stake.is_open - was_open)

    def _stake(self, account: str, symbol: str) -> tuple[Stakes, Stake]:
        """Return a stake to change; what changes is followed by every sum."""
        stakes = self.accounts.get(account)
        if stakes is None:
            stakes = self.accounts[account] = Stakes()
        stake = stakes.by_symbol.get(symbol)
        if stake is None:
            stake = stakes.by_symbol[symbol] = Stake()
        return stakes, stake

    def _follow(
        self, stakes: Stakes, symbol: str, longer: Decimal, shorter: Decimal, opened: int
    ) -> None:
        """Let a symbol's underlying and sector follow what is now more or less of it."""
        underlying, rises = bet_on(symbol)
        bet = stakes.bets.get(underlying)
        if bet is None:
            bet = stakes.bets[underlying] = Bet()
        worst = bet.worst
        bet.up += longer if rises else shorter
        bet.down += shorter if rises else longer
        bet.positions += opened
        if not stakes.by_symbol[symbol].is_open:
            del stakes.by_symbol[symbol]
        if not bet.positions:
            del stakes.bets[underlying]
            bet.up = bet.down = ZERO
        _add(stakes.sectors, self.sector(underlying), bet.worst - worst)


def _add(sums: dict[str, Decimal], key: str, amount: Decimal) -> None:
    sums[key] = sums.get(key, ZERO) + amount
