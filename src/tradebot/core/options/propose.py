"""What does the desk propose to open? A structure of a size at a price, or why there is none.

What was said is kept; what nobody said comes from the policy, and is told as assumed. A size that
does not fit the budget is none: it is never made to.
"""

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Final

from tradebot.core.model.chain import Chain
from tradebot.core.model.desk_policy import DeskPolicy
from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Leg, OrdType, Side
from tradebot.core.model.money import CENT, ONE, ZERO, money, plain
from tradebot.core.model.settings import Settings
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.holdings import HeldStructure
from tradebot.core.options.liquidity import Liquidity
from tradebot.core.options.page import Bounds
from tradebot.core.options.request import Request, RiskLevel
from tradebot.core.options.select import NoneFits, select
from tradebot.core.options.structures import PricedStructure, fit

# How much of what the policy lets one trade lose is risked where nobody said how much.
BUDGET_PART: Final[Mapping[RiskLevel, Decimal]] = {
    RiskLevel.LOW: Decimal("0.5"), RiskLevel.MEDIUM: Decimal("0.75"), RiskLevel.HIGH: ONE,
}


@fact
class Situation:
    """What is known at the moment of a request; None is what nobody knows.

    `shares` of the underlying are held and cover nothing yet.
    """

    chain: Chain
    iv_rank: Decimal | None = None
    equity: Decimal | None = None
    shares: Decimal = ZERO

    @property
    def covers(self) -> bool:
        """Tell whether the shares cover one option at least."""
        units = (one.option.multiplier for day in self.chain.expiries for one in day.options)
        return self.shares >= next(units, self.shares + 1)


@fact
class Proposal:
    """An order that somebody may approve: so many combos of legs, at a price a unit of them.

    `opens` is what they make, with shares that are held already, `closes` what they take apart:
    one of both. `assumed` tells what nobody said.
    """

    strategy: StrategyType
    legs: tuple[Leg, ...]
    qty: Decimal
    net_price: Decimal
    opens: PricedStructure | None = None
    closes: HeldStructure | None = None
    assumed: tuple[str, ...] = ()

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        parts = self.opens or self.closes
        assert parts is not None
        return tuple(leg.terms for leg in parts.legs)

    def intent(self) -> Intent:
        """Return the order, good for the day; of a single option the price has no sign."""
        is_combo = len(self.legs) > 1
        return Intent(
            legs=self.legs, order_qty=self.qty, ord_type=OrdType.LIMIT, rests=True,
            price=self.net_price if is_combo else abs(self.net_price),
        )


@fact
class _Budget:
    """What may be lost; and why just that, where it is not as said."""

    amount: Decimal
    why: str = ""


def propose(request: Request, now: Situation, by: Settings) -> Proposal | NoneFits:
    """Choose, select and size; the gates have the last word on all of it."""
    strategy = request.strategy_type or _called_for(request, now, by.desk)
    if strategy is None:
        return NoneFits(why=f"the policy has no structure for {request.outlook}")
    if now.equity is None:
        return NoneFits(why="nobody knows what the account is worth")
    found = select(now.chain, strategy, request, bounds_of(by.desk))
    if isinstance(found, NoneFits):
        return NoneFits(why=f"{strategy}: {found.why}")
    budget = _budget(request, now.equity, by.policy.trade_loss_max_frac)
    size = fit(found, budget.amount, request.quantity, now.shares)
    rule = by.desk.rule_for(strategy)
    most = None if rule is None else rule.quantity_max
    qty = size.qty if request.quantity or most is None else min(size.qty, Decimal(most))
    if not qty:
        because = f", {budget.why}" if budget.why else ""
        return NoneFits(why=f"{strategy}: {size.why}{because}")
    is_covered = now.shares > 0 and now.shares >= found.shares * qty > 0
    return Proposal(
        strategy=strategy, qty=qty, opens=found,
        legs=_legs(found, with_shares=not is_covered),
        net_price=_of_options(found) if is_covered else found.net_price,
        assumed=(
            *_assumed(request, found, now), *_size_assumed(request, qty, budget),
            *(["the shares are held: only the options are traded"] if is_covered else []),
        ),
    )


def bounds_of(desk: DeskPolicy) -> Bounds:
    """Return what the gates will ask of each option, so that nothing else is chosen."""
    return Bounds(
        concession_frac=desk.concession_frac, delta_tolerance=desk.delta_tolerance,
        liquidity=Liquidity(
            open_interest_min=desk.open_interest_min, volume_min=desk.volume_min,
            spread_max_frac=desk.spread_max_frac, spread_free=desk.spread_free_usd,
        ),
    )


def _called_for(request: Request, now: Situation, desk: DeskPolicy) -> StrategyType | None:
    """Return the first structure for this outlook that the rank of the day allows.

    Where it allows none, or nobody knows it, the best: the gates will say no.
    """
    found = [
        strategy for wish in desk.preferences if wish.outlook is request.outlook
        for strategy in (*(wish.with_shares if now.covers else ()), *wish.structures)
        if strategy not in request.excluded
    ]
    allowed = (one for one in found if _suits(one, now.iv_rank, desk))
    return next(allowed, found[0] if found else None)


def _suits(strategy: StrategyType, rank: Decimal | None, desk: DeskPolicy) -> bool:
    rule = desk.rule_for(strategy)
    if rule is None or rank is None:
        return rule is not None
    low, high = rule.iv_rank_min or ZERO, rule.iv_rank_max or ONE
    return low <= rank <= high


def _budget(request: Request, equity: Decimal, most_frac: Decimal) -> _Budget:
    """Return what may be lost: never more than the policy lets one trade lose."""
    most, pct = most_frac * equity, request.max_loss_pct
    said = request.max_loss if pct is None else pct * equity / 100
    if said is None:
        level = request.risk_level or RiskLevel.MEDIUM
        part = BUDGET_PART[level]
        why = f"at {level} risk, {plain(part * 100)} % of what the policy lets one trade lose"
        return _Budget(amount=most * part, why=why)
    if said > most:
        return _Budget(amount=most, why="the policy lets one trade lose no more")
    return _Budget(amount=said)


def _of_options(structure: PricedStructure) -> Decimal:
    """Return the price of the options alone, beside shares that are held already."""
    options, *_ = structure.options
    shares = structure.shares * structure.spot / options.terms.multiplier
    return (structure.net_price - shares).quantize(CENT, ROUND_CEILING)


def _legs(structure: PricedStructure, *, with_shares: bool) -> tuple[Leg, ...]:
    return tuple(
        Leg(
            symbol=leg.terms.symbol, side=Side.BUY if leg.qty > 0 else Side.SELL,
            ratio_qty=abs(leg.qty),
        )
        for leg in (structure.legs if with_shares else structure.options)
    )


def _assumed(request: Request, found: PricedStructure, now: Situation) -> Iterator[str]:
    if request.strategy_type is None:
        rank = "" if now.iv_rank is None else f" at an IV rank of {now.iv_rank:.2f}"
        yield f"{found.strategy}: the policy's choice for {request.outlook}{rank}"
    if request.expiry is None:
        days = (found.expiry - now.chain.as_of.date()).days
        yield f"expiry {found.expiry}, in {days} days"
    if not request.strikes:
        strikes = {leg.terms.strike for leg in found.options if leg.terms.strike is not None}
        told = " ".join(map(plain, sorted(strikes)))
        by = f"a delta of {plain(request.delta)}" if request.delta else "the deltas of its recipe"
        yield f"strikes {told}, by {by}"


def _size_assumed(request: Request, qty: Decimal, budget: _Budget) -> Iterator[str]:
    if request.quantity is None:
        yield f"{plain(qty)} of it"
    if budget.why:
        yield f"a budget of {money(budget.amount)}: {budget.why}"
