"""What is an option worth, how does that change, and which volatility does its price imply?

European options: the formula of Black, Scholes and Merton with a continuous yield (Merton,
"Theory of Rational Option Pricing", 1973). American options: the binomial tree of Leisen and
Reimer ("Binomial models for option valuation", 1996), whose nodes straddle the strike, so that
values are smooth in every input. Floats live here and nowhere else in core; they come in and
leave as Decimal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import erfc, exp, expm1, log, pi, sqrt
from typing import Final, Self

from tradebot.core.model.chain import Chain, Expiry
from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import ExerciseStyle, Instrument, Right
from tradebot.core.model.money import ZERO

TREE_STEPS: Final = 101  # odd: the strike then lies between two nodes
DAYS_A_YEAR: Final = 365
RANK_SAMPLES_MIN: Final = 20

_VOLATILITY_MIN: Final = 0.001
_VOLATILITY_MAX: Final = 5.0
_NEWTON_MAX: Final = 12  # steps by the European slope, then the bracket is halved
_HALVINGS_MAX: Final = 60
_POINT: Final = 0.01  # one point of volatility
_SAME: Final = 1e-9
_DIGITS: Final = 12


@fact
class Conditions:
    """What a price depends on besides the option; rates a year, continuously compounded."""

    spot: Decimal
    years: Decimal
    rate: Decimal = ZERO
    dividend_yield: Decimal = ZERO

    @classmethod
    def of(cls, chain: Chain, expiry: Expiry) -> Self:
        """Return those of the options in a chain that end together."""
        return cls(
            spot=chain.spot, years=years_between(chain.as_of, expiry.ends), rate=chain.rate,
            dividend_yield=chain.dividend_yield,
        )


@fact
class Greeks:
    """The worth of one unit of an option and what changes it, a unit.

    delta, gamma: for 1 of currency in the underlying; theta: for one calendar day that passes;
    vega: for one point (0.01) of volatility.
    """

    price: Decimal = ZERO
    delta: Decimal = ZERO
    gamma: Decimal = ZERO
    theta: Decimal = ZERO
    vega: Decimal = ZERO


def years_between(start: datetime, end: datetime) -> Decimal:
    """Return calendar time in years of 365 days, zero where `end` is past."""
    seconds = max(end - start, timedelta(0)) // timedelta(seconds=1)
    return Decimal(seconds) / (DAYS_A_YEAR * 86_400)


def value(option: Instrument, under: Conditions, volatility: Decimal) -> Greeks:
    """Value one unit of an option by the model of its exercise style.

    Once it has expired, or where nothing moves, it is worth its payoff.
    """
    return _Option.of(option, under).greeks(float(volatility))


def implied_volatility(option: Instrument, under: Conditions, price: Decimal) -> Decimal | None:
    """Return the one volatility that gives this price, or None where none or any would do."""
    priced, goal = _Option.of(option, under), float(price)
    low, high = _VOLATILITY_MIN, _VOLATILITY_MAX
    if not (priced.is_alive and priced.price(low) < goal < priced.price(high)):
        return None
    guess = sqrt(2 * pi / priced.years) * goal / priced.spot
    for tries in range(_NEWTON_MAX + _HALVINGS_MAX):
        if tries >= _NEWTON_MAX or not low < guess < high:
            guess = sqrt(low * high)
        excess = priced.price(guess) - goal
        low, high = (low, guess) if excess > 0 else (guess, high)
        slope = priced.european_vega(guess)
        step = excess / slope if slope > 0 else high
        if abs(step) < 1e-12 or high - low < 1e-12:
            break
        guess -= step
    else:
        return None
    return _decimal(guess)


def chance_below(price: Decimal, under: Conditions, volatility: Decimal) -> Decimal:
    """Return how likely the underlying ends below a price, by the market's own (risk-neutral) odds.

    That is, its logarithm is normal around the forward: Phi(-d2) of Black and Scholes.
    """
    deviation = float(volatility) * sqrt(under.years)
    if not (price > 0 and deviation > 0):
        return Decimal(price > under.spot)
    drift = float((under.rate - under.dividend_yield) * under.years)
    d2 = (log(under.spot / price) + drift) / deviation - deviation / 2
    return _decimal(_phi(-d2))


def iv_rank(history: Sequence[Decimal], now: Decimal) -> Decimal | None:
    """Return where volatility stands between its least (0) and its most (1) of a history.

    None where the history is too short to tell, or flat.
    """
    if len(history) < RANK_SAMPLES_MIN or not min(history) < max(history):
        return None
    rank = (now - min(history)) / (max(history) - min(history))
    return min(max(rank, ZERO), Decimal(1))


@dataclass(frozen=True, slots=True)
class _Option:
    """An option in floats; a call counts +1, a put -1."""

    sign: int
    is_american: bool
    strike: float
    spot: float
    years: float
    rate: float
    dividend: float

    @classmethod
    def of(cls, option: Instrument, under: Conditions) -> Self:
        assert option.strike is not None and option.right is not None
        assert option.strike > 0 and under.spot > 0
        is_call = option.right is Right.CALL
        # Who exercises early gains interest on a put's strike, dividends on a call's shares.
        gains = under.dividend_yield > 0 if is_call else under.rate > 0
        return cls(
            sign=1 if is_call else -1, strike=float(option.strike), spot=float(under.spot),
            is_american=option.exercise_style is ExerciseStyle.AMERICAN and gains,
            years=float(under.years), rate=float(under.rate), dividend=float(under.dividend_yield),
        )

    @property
    def is_alive(self) -> bool:
        return self.years > 0

    def greeks(self, volatility: float) -> Greeks:
        if not (self.is_alive and volatility > 0):
            inner = self._payoff(self.spot)
            return Greeks(price=_decimal(max(inner, 0)), delta=Decimal(self.sign * (inner > 0)))
        price, delta, gamma = self._valued(volatility)
        if self.is_american:
            more, less = self.price(volatility * 1.01), self.price(volatility * 0.99)
            vega = (more - less) / (0.02 * volatility)
        else:
            vega = self.european_vega(volatility)
        return Greeks(
            price=_decimal(price), delta=_decimal(delta), gamma=_decimal(gamma),
            theta=_decimal(self._theta(volatility, price, delta, gamma)),
            vega=_decimal(vega * _POINT),
        )

    def price(self, volatility: float) -> float:
        return self._valued(volatility)[0]

    def european_vega(self, volatility: float) -> float:
        """Return what volatility 1 higher adds; for an American option, about that."""
        d1, _ = self._d(volatility)
        return self.spot * exp(-self.dividend * self.years) * _density(d1) * sqrt(self.years)

    def _valued(self, volatility: float) -> tuple[float, float, float]:
        """Return price, delta and gamma.

        The tree tells what early exercise adds; the rest is exact (Hull and White's control
        variate, 1988).
        """
        exact = self._formula(volatility)
        if not self.is_american:
            return exact
        at_once = self._payoff(self.spot)
        early = self._tree(volatility, is_early=True) or exact
        late = self._tree(volatility, is_early=False) or exact
        if early[0] < at_once + _SAME:
            return at_once, float(self.sign), 0.0
        price, delta, gamma = (a + b - c for a, b, c in zip(exact, early, late, strict=True))
        return price, delta, gamma

    def _theta(self, volatility: float, price: float, delta: float, gamma: float) -> float:
        """Return what a day adds, by the equation that every price of the model obeys."""
        if self.is_american and price <= self._payoff(self.spot):
            return 0.0  # it is exercised now
        curve = volatility**2 * self.spot**2 * gamma / 2
        drift = (self.rate - self.dividend) * self.spot * delta
        return (self.rate * price - drift - curve) / DAYS_A_YEAR

    def _d(self, volatility: float) -> tuple[float, float]:
        deviation = volatility * sqrt(self.years)
        drift = log(self.spot / self.strike) + (self.rate - self.dividend) * self.years
        return drift / deviation + deviation / 2, drift / deviation - deviation / 2

    def _formula(self, volatility: float) -> tuple[float, float, float]:
        d1, d2 = self._d(volatility)
        carried = exp(-self.dividend * self.years)
        delta = self.sign * carried * _phi(self.sign * d1)
        paid = self.sign * self.strike * exp(-self.rate * self.years) * _phi(self.sign * d2)
        gamma = carried * _density(d1) / (self.spot * volatility * sqrt(self.years))
        return self.spot * delta - paid, delta, gamma

    def _tree(self, volatility: float, *, is_early: bool) -> tuple[float, float, float] | None:
        """Walk back from expiry; the first two steps from now tell delta and gamma.

        None where volatility is so small that nothing can turn out otherwise.
        """
        step = self.years / TREE_STEPS
        growth, discount = exp((self.rate - self.dividend) * step), exp(-self.rate * step)
        d1, d2 = self._d(volatility)
        rise, fall = _peizer_pratt(d2), _peizer_pratt(-d2)
        if not (rise > 0 and fall > 0):
            return None
        up, down = growth * _peizer_pratt(d1) / rise, growth * _peizer_pratt(-d1) / fall
        rise, fall = rise * discount, fall * discount
        sign, strike = self.sign, self.strike

        def back(spots: list[float], worths: list[float]) -> tuple[list[float], list[float]]:
            before = [spot / down for spot in spots[:-1]]
            kept = [fall * less + rise * more for less, more in pairwise(worths)]
            if not is_early:
                return before, kept
            paid = [sign * (spot - strike) for spot in before]
            return before, [a if a > b else b for a, b in zip(kept, paid, strict=True)]

        spots = [self.spot * up**n * down ** (TREE_STEPS - n) for n in range(TREE_STEPS + 1)]
        layer = spots, [max(self._payoff(spot), 0.0) for spot in spots]
        for _ in range(TREE_STEPS - 2):
            layer = back(*layer)
        second, first = layer, back(*layer)
        (price,) = back(*first)[1]
        (delta,) = _slopes(*first)
        lower, upper = _slopes(*second)
        return price, delta, (upper - lower) * 2 / (second[0][2] - second[0][0])

    def _payoff(self, spot: float) -> float:
        return self.sign * (spot - self.strike)


def _slopes(spots: list[float], worths: list[float]) -> list[float]:
    return [
        (more - less) / (above - below)
        for (below, above), (less, more) in zip(pairwise(spots), pairwise(worths), strict=True)
    ]


def _peizer_pratt(z: float) -> float:
    """Return Phi(z) as a tree of so many steps has it (Peizer and Pratt, method 2).

    Written so that a tail keeps its digits: the nodes of a quiet market would coincide else.
    """
    scaled = z / (TREE_STEPS + 1 / 3 + 0.1 / (TREE_STEPS + 1))
    exponent = -(scaled**2) * (TREE_STEPS + 1 / 6)
    root = sqrt(-expm1(exponent))
    return (1 + root) / 2 if z > 0 else exp(exponent) / (1 + root) / 2


def _phi(z: float) -> float:
    return erfc(-z / sqrt(2)) / 2


def _density(z: float) -> float:
    return exp(-z * z / 2) / sqrt(2 * pi)


def _decimal(number: float) -> Decimal:
    return Decimal(str(round(number, _DIGITS)))
