"""What does one expiry of a chain offer to one shape: which strikes trade, at what delta?"""

from decimal import Decimal
from typing import Final

from tradebot.core.model.chain import Chain, Expiry, Listed
from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import ExerciseStyle
from tradebot.core.model.money import ONE, ZERO, plain
from tradebot.core.options import pricing
from tradebot.core.options.liquidity import Liquidity, flaw_of
from tradebot.core.options.pricing import Conditions
from tradebot.core.options.recipes import FAR_DAYS
from tradebot.core.options.shapes import Part, Shape
from tradebot.core.options.structures import PricedLeg

_LOOKED_AT_MAX: Final = 6  # options near the money that are asked for the market's volatility


@fact
class Bounds:
    """How far from its aim a structure may lie, what it must bring, what its price gives up."""

    liquidity: Liquidity = Liquidity()
    delta_tolerance: Decimal = Decimal("0.05")
    money_tolerance_frac: Decimal = Decimal("0.03")
    horizon_tolerance_frac: Decimal = Decimal("0.25")
    credit_width_min_frac: Decimal = Decimal("0.05")
    concession_frac: Decimal = ZERO  # of half the spread


class Unfit(Exception):
    """Nothing fits here; the text says why."""


class Page:
    """One expiry, and a later one for parts that are far."""

    def __init__(self, chain: Chain, shape: Shape, near: Expiry, bounds: Bounds) -> None:
        self.chain, self.shape, self.near, self.bounds = chain, shape, near, bounds
        units = [one.option.multiplier for one in near.options]
        self.unit = max(units, key=units.count, default=ONE)  # adjusted options have another
        self._far = self._later() if any(part.is_far for part in shape) else near
        self._listed = {
            part: {
                one.option.strike: one for one in self.expiry(part).options
                if one.option.right is part.right and one.option.strike is not None
                and one.option.multiplier == self.unit
            } for part in shape
        }

    def expiry(self, part: Part) -> Expiry:
        return self._far if part.is_far else self.near

    def under(self, expiry: Expiry) -> Conditions:
        return Conditions.of(self.chain, expiry)

    def parts_at(self, number: int) -> list[Part]:
        return [part for part in self.shape if part.right and part.strike == number]

    def trading(self, number: int) -> list[Decimal]:
        """Return the strikes at which all that the shape needs there trades well enough."""
        strikes = sorted(self._listed[self.parts_at(number)[0]])
        trading = [strike for strike in strikes if self.flaw(number, strike) is None]
        if not strikes:
            raise Unfit("nothing is listed")
        if not trading:
            raise Unfit(self.flaw(number, min(strikes, key=self.away)) or "")
        return trading

    def flaw(self, number: int, strike: Decimal) -> str | None:
        """Say why a strike cannot be that of this number, or None."""
        for part in self.parts_at(number):
            one = self._listed[part].get(strike)
            if one is None:
                return f"no {part.right} is listed at {plain(strike)}"
            if flaw := flaw_of(one, self.bounds.liquidity):
                return f"the {part.right} at {plain(strike)} {flaw}"
        return None

    def away(self, strike: Decimal) -> Decimal:
        return abs(strike - self.chain.spot)

    def volatility(self, one: Listed, expiry: Expiry) -> Decimal | None:
        return pricing.implied_volatility(one.option, self.under(expiry), one.mid)

    def delta(self, number: int, strike: Decimal) -> Decimal | None:
        """Return the size of the delta at a strike, or None where no volatility gives its price."""
        part = self.parts_at(number)[0]
        one, expiry = self._listed[part][strike], self.expiry(part)
        volatility = self.volatility(one, expiry)
        if volatility is None:
            return None
        return abs(pricing.value(one.option, self.under(expiry), volatility).delta)

    def mood(self) -> Decimal:
        """Return the volatility that the market expects up to the near expiry, at the money."""
        def away(one: Listed) -> Decimal:
            return self.away(one.option.strike or ZERO)

        for one in sorted(self.near.options, key=away)[:_LOOKED_AT_MAX]:
            volatility = self.volatility(one, self.near) if ZERO < one.bid <= one.ask else None
            if volatility is not None:
                return volatility
        raise Unfit("no volatility can be read from the quotes at the money")

    def leg(self, part: Part, strike: Decimal) -> PricedLeg:
        qty = part.side.sign * part.count
        if part.right is None:
            chain = self.chain
            return PricedLeg(terms=chain.underlying, qty=qty * self.unit, price=chain.spot)
        one, expiry = self._listed[part][strike], self.expiry(part)
        volatility = self.volatility(one, expiry)
        if volatility is None:
            raise Unfit(f"no volatility gives {one.option.symbol} its price {plain(one.mid)}")
        if part.is_far and one.option.exercise_style is not ExerciseStyle.AMERICAN:
            # Before its end it may be worth less than its payoff: the loss would have no bound.
            raise Unfit("the later option cannot be exercised when the earlier one ends")
        years = self.under(expiry).years
        return PricedLeg(
            terms=one.option, qty=qty, price=one.mid, years=years, volatility=volatility
        )

    def half_spread(self, part: Part, strike: Decimal) -> Decimal:
        """Return how far a leg's market is from its middle; of shares only the middle is known."""
        if part.right is None:
            return ZERO
        one = self._listed[part][strike]
        return (one.ask - one.bid) / 2

    def _later(self) -> Expiry:
        later = [expiry for expiry in self.chain.expiries if expiry.ends > self.near.ends]
        if not later:
            raise Unfit("no later expiry is listed")
        return min(later, key=lambda one: abs(one.days_from(self.near.ends) - FAR_DAYS))
