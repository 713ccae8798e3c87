"""Do a chain's prices tell each option's greeks, and the volatility at the money with its rank?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.core.options.making import MONDAY, NEAR, a_chain, an_option

from tradebot.core.model.chain import Chain, Listed
from tradebot.core.model.instrument import Right
from tradebot.core.options import pricing
from tradebot.core.options.measure import option_fact, volatility_fact
from tradebot.core.options.pricing import Conditions

CALL, PUT = Right.CALL, Right.PUT
HISTORY = tuple(Decimal(n) / 1000 for n in range(100, 300, 4))


def showing(listed: Listed) -> Chain:
    """Return a chain on which one option shows another market."""
    chain = a_chain(days=(25,))
    (expiry,) = chain.expiries
    options = tuple(
        listed if one.option.symbol == listed.option.symbol else one for one in expiry.options
    )
    return replace(chain, expiries=(replace(expiry, options=options),))


def shows(right: Right, strike: int, bid: str, ask: str) -> Listed:
    option = an_option(right, strike, NEAR)
    return Listed(option=option, bid=Decimal(bid), ask=Decimal(ask))


def test_greeks_are_those_of_the_volatility_that_the_price_implies() -> None:
    chain = a_chain(days=(25,))
    expiry, symbol = chain.expiries[0], an_option(PUT, 480, NEAR).symbol
    under = Conditions(spot=chain.spot, years=pricing.years_between(MONDAY, expiry.ends))
    listed = next(one for one in expiry.options if one.option.symbol == symbol)
    fact = option_fact(chain, symbol)
    assert fact is not None
    assert fact.implied_volatility is not None
    valued = pricing.value(listed.option, under, fact.implied_volatility)
    assert abs(valued.price - listed.mid) < Decimal("0.000001")
    assert (fact.delta, fact.gamma, fact.theta, fact.vega) == (
        valued.delta, valued.gamma, valued.theta, valued.vega
    )
    assert (fact.open_interest, fact.volume, fact.as_of) == (900, None, MONDAY)


@pytest.mark.parametrize(("right", "strike", "bid", "ask", "delta"), [
    (CALL, 420, "79.90", "80.00", 1),  # below its payoff: no volatility makes it as cheap
    (PUT, 420, "0.00", "0.00", None),  # nobody offers it
    (CALL, 420, "80.50", "80.40", None),  # crossed
    (PUT, 420, "600", "610", None),  # no volatility makes it as dear
])
def test_what_no_volatility_explains_is_worth_its_payoff_or_unknown(
    right: Right, strike: int, bid: str, ask: str, delta: int | None
) -> None:
    listed = shows(right, strike, bid, ask)
    fact = option_fact(showing(listed), listed.option.symbol)
    assert fact is not None
    assert fact.implied_volatility is None
    assert fact.delta == delta
    assert fact.vega == (None if delta is None else 0)


def test_an_option_that_nobody_bids_for_still_has_greeks() -> None:
    listed = shows(PUT, 420, "0", "0.05")
    fact = option_fact(showing(listed), listed.option.symbol)
    assert fact is not None
    assert fact.delta is not None
    assert -Decimal("0.05") < fact.delta < 0


def test_what_is_not_listed_is_not_known() -> None:
    assert option_fact(a_chain(), "SPY261218P00000999") is None


def test_volatility_is_that_at_the_money_about_a_month_out() -> None:
    fact = volatility_fact(a_chain(), HISTORY)
    assert fact is not None
    assert abs(fact.implied - Decimal("0.18")) < Decimal("0.003")
    assert fact.iv_rank is not None
    exact = (fact.implied - HISTORY[0]) / (HISTORY[-1] - HISTORY[0])
    assert fact.iv_rank == exact.quantize(Decimal("0.0001"))
    assert (fact.symbol, fact.as_of) == ("SPY", MONDAY)


def test_rank_counts_a_year_and_needs_a_month() -> None:
    quiet, wild = (Decimal("0.05"),) * 300, (Decimal("0.99"),) * 300
    ranked = volatility_fact(a_chain(), (*wild, *HISTORY * 6))
    assert ranked is not None
    assert ranked == volatility_fact(a_chain(), HISTORY * 6)
    for past in (HISTORY[:19], (), quiet):
        told = volatility_fact(a_chain(), past)
        assert told is not None
        assert told.iv_rank is None


def test_no_market_at_the_money_is_no_volatility() -> None:
    assert volatility_fact(a_chain(days=()), HISTORY) is None
    chain = a_chain(days=(25,))
    dry = tuple(replace(one, bid=Decimal(0)) for one in chain.expiries[0].options)
    chain = replace(chain, expiries=(replace(chain.expiries[0], options=dry),))
    assert volatility_fact(chain, HISTORY) is None
