"""What can come of legs that are held together: most lost, most won, where it turns, how likely?

All is told for one structure at the horizon, the day on which its first option ends. What ends
then pays by its terms; what lives on is valued by the model, at the volatility its price implies
today. The most that can be lost relies on terms alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, TypeAlias

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Instrument, Right
from tradebot.core.model.money import ONE, ZERO, floor_to, money, plain
from tradebot.core.model.payoff import as_option, pays, worst_payoff
from tradebot.core.model.sizing import Size
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options import pricing
from tradebot.core.options.pricing import Conditions, Greeks

MARGIN_FRAC: Final = Decimal("0.5")  # of what shares cost, by Regulation T

_FAR_AWAY: Final = 10  # times every price of today: beyond, nothing bends
_ROOT_STEPS_MAX: Final = 60
_NOTHING: Final = Decimal("0.000001")
_EXACT: Final = Decimal("0.0001")

Profile: TypeAlias = Callable[[Decimal], Decimal]
Range: TypeAlias = tuple[Decimal, Decimal | None]


@fact
class PricedLeg:
    """One leg of one structure: signed quantity in units, price a unit, years it still lives."""

    terms: Instrument
    qty: Decimal
    price: Decimal
    years: Decimal = ZERO
    volatility: Decimal = ZERO

    @property
    def weight(self) -> Decimal:
        return self.qty * self.terms.multiplier

    @property
    def is_share(self) -> bool:
        return self.terms.strike is None


@fact
class Prospects:
    """What one structure costs and may come to, in currency; None is without end.

    A negative cost is received. `wins` are the ranges of the underlying's price at the horizon that
    bring a profit; an end of None is above all prices. `option_loss` is the most that its options
    can lose beside its shares. `greeks` are those of the whole, in currency; `margin` is what an
    account sets aside.
    """

    cost: Decimal
    max_loss: Decimal | None
    option_loss: Decimal | None
    max_profit: Decimal | None
    break_evens: tuple[Decimal, ...]
    wins: tuple[Range, ...]
    profit_chance: Decimal
    greeks: Greeks
    margin: Decimal | None


@fact
class PricedStructure:
    """Legs with a name, what one of them should cost a unit, and what may come of it.

    `net_price` is that of a combo: positive is paid, negative is received.
    """

    strategy: StrategyType
    legs: tuple[PricedLeg, ...]
    net_price: Decimal
    spot: Decimal
    prospects: Prospects

    @property
    def options(self) -> tuple[PricedLeg, ...]:
        return tuple(leg for leg in self.legs if not leg.is_share)

    @property
    def underlying(self) -> str:
        return self.options[0].terms.underlying or ""

    @property
    def shares(self) -> Decimal:
        return sum((leg.qty for leg in self.legs if leg.is_share), ZERO)

    @property
    def outlives_horizon(self) -> bool:
        """Tell whether an option lives on when the first one ends."""
        return len({leg.terms.expiry for leg in self.options}) > 1

    @property
    def expiry(self) -> date:
        """The horizon: the day on which the first option ends."""
        return min(leg.terms.expiry for leg in self.options if leg.terms.expiry)


def cost_of(legs: Sequence[PricedLeg]) -> Decimal:
    return sum((leg.weight * leg.price for leg in legs), ZERO)


def weigh(
    legs: Sequence[PricedLeg], cost: Decimal, under: Conditions, volatility: Decimal
) -> Prospects:
    """Tell what may come of legs bought at this cost; `under` and volatility are of the horizon."""
    profit = profile(legs, cost, under)
    strikes = {leg.terms.strike for leg in legs if leg.terms.strike is not None}
    beyond = _FAR_AWAY * max(under.spot, abs(cost), *strikes)
    prices = sorted({ZERO, *strikes, beyond})
    worst = worst_payoff([(as_option(leg.terms), leg.qty) for leg in legs])
    rises = sum((leg.weight for leg in legs if leg.terms.right is not Right.PUT), ZERO)
    turns = break_evens(profit, prices)
    wins = winning(profit, turns)
    owned = cost_of([leg for leg in legs if leg.is_share])
    risk = _option_loss(legs, cost - owned)
    return Prospects(
        cost=cost, max_loss=None if worst is None else max(ZERO, cost - worst),
        max_profit=None if rises > 0 else max(map(profit, prices)),
        break_evens=turns, greeks=_greeks(legs, under), option_loss=risk,
        margin=None if risk is None else risk + owned * MARGIN_FRAC,
        wins=wins, profit_chance=sum((_chance(won, under, volatility) for won in wins), ZERO),
    )


def profile(legs: Sequence[PricedLeg], cost: Decimal, under: Conditions) -> Profile:
    """Return profit at the horizon as a function of the underlying's price then."""

    def worth(leg: PricedLeg, price: Decimal) -> Decimal:
        left = leg.years - under.years
        if leg.is_share or not left > 0 or not price > 0:
            return pays(as_option(leg.terms), price)
        then = replace(under, spot=price, years=left)
        return pricing.value(leg.terms, then, leg.volatility).price

    return lambda price: sum((leg.weight * worth(leg, price) for leg in legs), -cost)


def break_evens(profit: Profile, prices: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Return where profit is nothing, between or at prices (ascending) at which it may bend."""
    points = [(price, profit(price)) for price in prices]
    levels = [ZERO, *(level for _, level in points), ZERO]
    at = [
        price for (price, level), *beside in zip(points, levels, levels[2:], strict=False)
        if level == 0 and any(beside)
    ]
    between = [
        _root(profit, low, high) for (low, below), (high, above) in pairwise(points)
        if below * above < 0
    ]
    return tuple(Decimal(plain(price.quantize(_EXACT))) for price in sorted((*at, *between)))


def ranges(turns: Sequence[Decimal]) -> list[Range]:
    """Return the ranges of prices that lie between the break-evens, from 0 up."""
    return list(zip([ZERO, *turns], [*turns, None], strict=True))


def winning(profit: Profile, turns: Sequence[Decimal]) -> tuple[Range, ...]:
    """Return the ranges between the break-evens that bring a profit."""
    return tuple(within for within in ranges(turns) if profit(_inside(within)) > 0)


def fit(
    structure: PricedStructure, budget: Decimal | None, wanted: int | None = None,
    shares: Decimal = ZERO,
) -> Size:
    """Return how many a budget allows to be lost: 0 and the reason where it is not even one.

    `wanted` is how many were asked for: no fewer are made of them. `shares` are held already: what
    they cover risks its options alone.
    """
    loss, covered = structure.prospects.max_loss, None
    if structure.shares and shares >= structure.shares:
        loss, covered = structure.prospects.option_loss, floor_to(shares / structure.shares, ONE)
    if loss is None:
        return Size(qty=ZERO, why="what is sold is not covered: the loss has no end")
    if not (loss > 0 or covered):
        return Size(qty=ZERO, why="at these prices it could not lose: the quotes are not sound")
    if budget is None or not budget > 0:
        return Size(qty=ZERO, why="there is no budget for what may be lost")
    if wanted is not None and not wanted > 0:
        return Size(qty=ZERO, why="the quantity is nothing")
    limits = [floor_to(budget / loss, ONE)] if loss > 0 else []
    most = min(limits if covered is None else [*limits, covered])
    qty = most if wanted is None else Decimal(wanted)
    if 1 <= qty <= most:
        return Size(qty=qty)
    tried = max(qty, ONE)
    beside = "" if covered is None else f", the shares cover {plain(covered)}"
    lost = f"{plain(tried)} can lose {money(loss * tried)}, the budget is {money(budget)}"
    return Size(qty=ZERO, why=lost + beside)


def _root(profit: Profile, low: Decimal, high: Decimal) -> Decimal:
    """Return where profit changes its sign: secants of a bracket, the stale end halved (Illinois).

    On a straight line the first secant hits.
    """
    at_low, at_high, guess = profit(low), profit(high), low
    for _ in range(_ROOT_STEPS_MAX):
        guess = (low * at_high - high * at_low) / (at_high - at_low)
        at_guess = profit(guess)
        if abs(at_guess) < _NOTHING:
            break
        if at_guess * at_high < 0:
            low, at_low = high, at_high
        else:
            at_low /= 2
        high, at_high = guess, at_guess
    return guess


def _greeks(legs: Sequence[PricedLeg], under: Conditions) -> Greeks:
    valued = [(leg.weight, _leg_greeks(leg, under)) for leg in legs]
    return Greeks(**{
        name: sum((weight * getattr(greeks, name) for weight, greeks in valued), ZERO)
        for name in ("price", "delta", "gamma", "theta", "vega")
    })


def _leg_greeks(leg: PricedLeg, under: Conditions) -> Greeks:
    if leg.is_share:
        return Greeks(price=under.spot, delta=ONE)
    return pricing.value(leg.terms, replace(under, years=leg.years), leg.volatility)


def _option_loss(legs: Sequence[PricedLeg], cost: Decimal) -> Decimal | None:
    """Return the most that the options lose; shares cover calls, and their own loss is not here."""
    shares = sum((leg.weight for leg in legs if leg.is_share), ZERO)
    worst = worst_payoff([(leg.terms, leg.qty) for leg in legs if not leg.is_share], shares)
    return None if worst is None else max(ZERO, cost - worst)


def _inside(within: Range) -> Decimal:
    low, high = within
    return low * 2 + 1 if high is None else (low + high) / 2


def _chance(within: Range, under: Conditions, volatility: Decimal) -> Decimal:
    low, high = within
    above = ONE if high is None else pricing.chance_below(high, under, volatility)
    return above - pricing.chance_below(low, under, volatility)
