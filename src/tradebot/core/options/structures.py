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
from typing import Final

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Instrument, Right
from tradebot.core.model.money import ONE, ZERO, floor_to, plain
from tradebot.core.model.payoff import pays, worst_payoff
from tradebot.core.model.sizing import Size
from tradebot.core.options import pricing
from tradebot.core.options.pricing import Conditions, Greeks
from tradebot.core.options.request import StrategyType

MARGIN_FRAC: Final = Decimal("0.5")  # of what shares cost, by Regulation T

_FAR_AWAY: Final = 10  # times every price of today: beyond, nothing bends
_ROOT_STEPS_MAX: Final = 60
_NOTHING: Final = Decimal("0.000001")
_EXACT: Final = Decimal("0.0001")

Profile = Callable[[Decimal], Decimal]


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

    A negative cost is received. `greeks` are those of the whole, in currency; `margin` is what an
    account sets aside for it.
    """

    cost: Decimal
    max_loss: Decimal | None
    max_profit: Decimal | None
    break_evens: tuple[Decimal, ...]
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
    def expiry(self) -> date:
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
    worst = worst_payoff([(_as_option(leg.terms), leg.qty) for leg in legs])
    rises = sum((leg.weight for leg in legs if leg.terms.right is not Right.PUT), ZERO)
    turns = break_evens(profit, prices)
    return Prospects(
        cost=cost, max_loss=None if worst is None else max(ZERO, cost - worst),
        max_profit=None if rises > 0 else max(map(profit, prices)),
        break_evens=turns, greeks=_greeks(legs, under), margin=_margin(legs, cost),
        profit_chance=_profit_chance(profit, turns, under, volatility),
    )


def profile(legs: Sequence[PricedLeg], cost: Decimal, under: Conditions) -> Profile:
    """Return profit at the horizon as a function of the underlying's price then."""

    def worth(leg: PricedLeg, price: Decimal) -> Decimal:
        left = leg.years - under.years
        if leg.is_share or not left > 0 or not price > 0:
            return pays(_as_option(leg.terms), price)
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
    return tuple(sorted(price.quantize(_EXACT).normalize() for price in (*at, *between)))


def fit(prospects: Prospects, budget: Decimal | None) -> Size:
    """Return how many a budget allows to be lost: 0 and the reason where it is not even one."""
    loss = prospects.max_loss
    if loss is None:
        return Size(qty=ZERO, why="what is sold is not covered: the loss has no end")
    if not loss > 0:
        return Size(qty=ZERO, why="at these prices it could not lose: the quotes are not sound")
    if budget is None or not budget > 0:
        return Size(qty=ZERO, why="there is no budget for what may be lost")
    qty = floor_to(budget / loss, ONE)
    if qty < 1:
        return Size(qty=ZERO, why=f"one can lose {plain(loss)}, the budget is {plain(budget)}")
    return Size(qty=qty)


def _as_option(terms: Instrument) -> Instrument:
    """Return an option as it is, and a share as what it is: a call struck at 0 that never ends."""
    if terms.strike is not None:
        return terms
    return replace(terms, strike=ZERO, right=Right.CALL, expiry=date.max)


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


def _margin(legs: Sequence[PricedLeg], cost: Decimal) -> Decimal | None:
    """Return the worst that options come to, shares covering calls, and a part of the shares."""
    shares = sum((leg.weight for leg in legs if leg.is_share), ZERO)
    owned = cost_of([leg for leg in legs if leg.is_share])
    worst = worst_payoff([(leg.terms, leg.qty) for leg in legs if not leg.is_share], shares)
    return None if worst is None else max(ZERO, cost - owned - worst) + owned * MARGIN_FRAC


def _profit_chance(
    profit: Profile, turns: Sequence[Decimal], under: Conditions, volatility: Decimal
) -> Decimal:
    chance = ZERO
    edges = [ZERO, *turns]
    for low, high in zip(edges, [*turns, None], strict=True):
        within = low * 2 + 1 if high is None else (low + high) / 2
        if profit(within) > 0:
            above = ONE if high is None else pricing.chance_below(high, under, volatility)
            chance += above - pricing.chance_below(low, under, volatility)
    return chance
