"""Which options of a chain make the structure that was asked for? Legs, or why none fit.

What was said is kept to the letter: a strike, a width or a day that is not there is a reason, not
a neighbour. What nobody said comes from the recipe. Only options that trade are looked at.
"""

from bisect import bisect_left
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from tradebot.core.model.chain import Chain, Expiry
from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Right
from tradebot.core.model.money import CENT, ONE, ZERO, plain
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.page import Bounds, Page, Unfit
from tradebot.core.options.recipes import AtTheMoney, Beside, ByDelta, Recipe, recipe_for
from tradebot.core.options.request import Request
from tradebot.core.options.shapes import shape_of
from tradebot.core.options.structures import PricedStructure, cost_of, weigh


@fact
class NoneFits:
    why: str


def select(
    chain: Chain, strategy: StrategyType, request: Request, bounds: Bounds
) -> PricedStructure | NoneFits:
    """Return the structure, or the reason why the expiry that suits best has none."""
    recipe, shape = recipe_for(strategy, request), shape_of(strategy, request.right)
    reasons = []
    try:
        _refuse_what_means_nothing(strategy, recipe, request)
        for near in _expiries(chain, recipe, request, bounds):
            try:
                page = Page(chain, shape, near, bounds)
                strikes = _said(page, request) if request.strikes else _sought(page, recipe)
                return _priced(page, strategy, recipe, strikes)
            except Unfit as unfit:
                reasons.append(f"{near.day}: {unfit}")
    except Unfit as unfit:
        reasons.append(str(unfit))
    return NoneFits(why=reasons[0])


def _refuse_what_means_nothing(
    strategy: StrategyType, recipe: Recipe, request: Request
) -> None:
    count, named = len(recipe.aims), len(set(request.strikes))
    if request.strikes and named != count:
        raise Unfit(f"{strategy} has {count} strikes, {named} were named")
    for word, said, kind in (
        ("a delta", request.delta, ByDelta), ("a width", request.width, Beside),
    ):
        if said is not None and not any(isinstance(aim, kind) for aim in recipe.aims):
            raise Unfit(f"{strategy} is not found by {word}")


def _expiries(
    chain: Chain, recipe: Recipe, request: Request, bounds: Bounds
) -> Sequence[Expiry]:
    """Return the expiries that would do, the most suitable first."""
    if not chain.spot > 0:
        raise Unfit(f"nobody knows the price of {chain.underlying.symbol}")
    alive = [expiry for expiry in chain.expiries if expiry.ends > chain.as_of]
    low, high = recipe.days_min, recipe.days_max
    if request.horizon_days is not None:
        slack = max(1, int(request.horizon_days * bounds.horizon_tolerance_frac))
        low, high = request.horizon_days - slack, request.horizon_days + slack
    if request.expiry is None:
        where = f"in {max(low, 0)} to {high} days"
        found = [expiry for expiry in alive if low <= expiry.days_from(chain.as_of) <= high]
    else:
        where = f"on {request.expiry}"
        found = [expiry for expiry in alive if expiry.day == request.expiry]
    if not found:
        listed = ", ".join(str(expiry.day) for expiry in alive) or "nothing"
        raise Unfit(f"no expiry {where}: listed is {listed}")
    return sorted(found, key=lambda expiry: abs(2 * expiry.days_from(chain.as_of) - low - high))


def _said(page: Page, request: Request) -> Sequence[Decimal]:
    said = sorted(request.strikes)
    for number, strike in enumerate(said):
        if flaw := page.flaw(number, strike):
            raise Unfit(flaw)
    return said


def _sought(page: Page, recipe: Recipe) -> Sequence[Decimal]:
    """Return the strike of each number, from the lowest; first those that lean on no other."""
    found: dict[int, Decimal] = {}
    for number, aim in sorted(enumerate(recipe.aims), key=lambda one: isinstance(one[1], Beside)):
        trading = page.trading(number)
        match aim:
            case ByDelta():
                found[number] = _by_delta(page, number, trading, aim.delta)
            case AtTheMoney():
                found[number] = _at_the_money(page, trading)
            case Beside():
                found[number] = _beside(page, found[aim.number], aim.side, trading, recipe)
    strikes = [found[number] for number in sorted(found)]
    if any(low >= high for low, high in pairwise(strikes)):
        raise Unfit(f"the strikes {' '.join(map(plain, strikes))} do not rise")
    return strikes


def _by_delta(
    page: Page, number: int, trading: Sequence[Decimal], aimed: Decimal
) -> Decimal:
    """Return the strike nearest to a delta: sizes rise with a put's strike, fall with a call's.

    What has no volatility is priced like its payoff, as if its delta were 1.
    """
    right = page.parts_at(number)[0].right
    rising = trading if right is Right.PUT else trading[::-1]
    place = bisect_left(rising, aimed, key=lambda strike: page.delta(number, strike) or ONE)
    deltas = {strike: page.delta(number, strike) for strike in rising[max(place - 1, 0):place + 1]}
    off = {strike: abs(delta - aimed) for strike, delta in deltas.items() if delta is not None}
    if not off:
        raise Unfit("no volatility gives the prices near that delta")
    nearest = min(off, key=lambda strike: (off[strike], strike))
    if not off[nearest] <= page.bounds.delta_tolerance:
        raise Unfit(
            f"no {right} that trades has a delta of about {plain(aimed)}: "
            f"the nearest is {deltas[nearest]:.2f} at {plain(nearest)}"
        )
    return nearest


def _at_the_money(page: Page, trading: Sequence[Decimal]) -> Decimal:
    nearest = min(trading, key=page.away)
    if not page.away(nearest) <= page.chain.spot * page.bounds.money_tolerance_frac:
        raise Unfit(
            f"nothing trades at the money, {plain(page.chain.spot)}: nearest is {plain(nearest)}"
        )
    return nearest


def _beside(
    page: Page, base: Decimal, side: int, trading: Sequence[Decimal], recipe: Recipe
) -> Decimal:
    if recipe.width is not None:
        exact = base + side * recipe.width
        if exact not in trading:
            raise Unfit(f"nothing trades at {plain(exact)}, {plain(recipe.width)} wide")
        return exact
    aimed = base + side * recipe.width_frac * page.chain.spot
    beyond = [strike for strike in trading if (strike - base) * side > 0]
    if not beyond:
        raise Unfit(f"nothing trades {'above' if side > 0 else 'below'} {plain(base)}")
    return min(beyond, key=lambda strike: abs(strike - aimed))


def _priced(
    page: Page, strategy: StrategyType, recipe: Recipe, strikes: Sequence[Decimal]
) -> PricedStructure:
    """Price each leg in the middle, the whole with what is given up for a fill, rounded up."""
    legs = tuple(page.leg(part, strikes[part.strike]) for part in page.shape)
    halves = (
        abs(leg.weight) * page.half_spread(part, strikes[part.strike])
        for part, leg in zip(page.shape, legs, strict=True)
    )
    cost = cost_of(legs) + sum(halves, ZERO) * page.bounds.concession_frac
    net_price = (cost / page.unit).quantize(CENT, ROUND_CEILING)
    prospects = weigh(legs, net_price * page.unit, page.under(page.near), page.mood())
    credit = -prospects.cost
    if recipe.is_sold:
        least = (credit + (prospects.max_loss or ZERO)) * page.bounds.credit_width_min_frac
        if not credit >= max(least, CENT):
            raise Unfit(f"it brings {plain(credit)}, at least {plain(least)} of its width")
    return PricedStructure(
        strategy=strategy, legs=legs, net_price=net_price, spot=page.chain.spot,
        prospects=prospects,
    )
