"""What do the prices of a chain say of one option, and of the underlying's volatility?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Final

from tradebot.core.model.chain import Chain, Expiry, Listed
from tradebot.core.model.facts import OptionFact, VolatilityFact
from tradebot.core.model.money import ZERO
from tradebot.core.options import pricing
from tradebot.core.options.pricing import Conditions

SESSIONS: Final = 252  # of a year, in which today's volatility is ranked

_TENOR_DAYS: Final = 30
_LOOKED_AT_MAX: Final = 8  # options nearest to the money that are asked for a volatility
_FOUR_PLACES: Final = Decimal("0.0001")
_QUIET: Final = Decimal("0.001")
_AVERAGED: Final = 2  # a call and a put, as a rule


def option_fact(chain: Chain, symbol: str) -> OptionFact | None:
    """Tell how a listed option trades, and its greeks where its price makes sense."""
    for expiry in chain.expiries:
        for listed in expiry.options:
            if listed.option.symbol == symbol:
                return _measured(chain, expiry, listed)
    return None


def volatility_fact(chain: Chain, history: Sequence[Decimal]) -> VolatilityFact | None:
    """Tell the volatility at the money about 30 days out, and its rank among past sessions'."""
    found = list(islice(_at_the_money(chain), _AVERAGED))
    if not found:
        return None
    implied = (sum(found, ZERO) / len(found)).quantize(_FOUR_PLACES)
    rank = pricing.iv_rank(history[-SESSIONS:], implied)
    return VolatilityFact(
        symbol=chain.underlying.symbol, implied=implied, as_of=chain.as_of,
        iv_rank=None if rank is None else rank.quantize(_FOUR_PLACES),
    )


def _measured(chain: Chain, expiry: Expiry, listed: Listed) -> OptionFact:
    volatility = _volatility(chain, expiry, listed)
    known = OptionFact(
        symbol=listed.option.symbol, open_interest=listed.open_interest, volume=listed.volume,
        as_of=chain.as_of,
    )
    if volatility is None:
        return known
    greeks = pricing.value(listed.option, Conditions.of(chain, expiry), volatility)
    return replace(
        known, implied_volatility=volatility or None, delta=greeks.delta, gamma=greeks.gamma,
        theta=greeks.theta, vega=greeks.vega,
    )


def _volatility(chain: Chain, expiry: Expiry, listed: Listed) -> Decimal | None:
    """Return what the middle of the market implies; of what is worth its payoff alone, none: 0."""
    if not (ZERO <= listed.bid <= listed.ask and listed.ask > 0):
        return None
    under = Conditions.of(chain, expiry)
    found = pricing.implied_volatility(listed.option, under, listed.mid)
    is_payoff = listed.mid <= pricing.value(listed.option, under, _QUIET).price
    return ZERO if found is None and is_payoff else found


def _at_the_money(chain: Chain) -> Iterator[Decimal]:
    """Yield the volatilities of the options nearest to the money, as far as they have one."""
    ahead = [expiry for expiry in chain.expiries if expiry.ends > chain.as_of and expiry.options]
    if not ahead:
        return
    near = min(ahead, key=lambda one: abs(one.days_from(chain.as_of) - _TENOR_DAYS))

    def away(listed: Listed) -> Decimal:
        return abs((listed.option.strike or ZERO) - chain.spot)

    for listed in sorted(near.options, key=away)[:_LOOKED_AT_MAX]:
        found = _volatility(chain, near, listed) if listed.bid > 0 else None
        if found:
            yield found
