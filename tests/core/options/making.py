"""How does a test get a priced structure? From strikes and prices, by the table of shapes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from tests.makers import an_instrument

from tradebot.core.model.chain import Chain, Expiry, Listed
from tradebot.core.model.instrument import Instrument, Right, occ_symbol, parse_occ
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options import pricing
from tradebot.core.options.pricing import Conditions
from tradebot.core.options.shapes import Part, shape_of
from tradebot.core.options.structures import PricedLeg

NEAR: Final = date(2026, 12, 18)
FAR: Final = date(2027, 1, 15)
MONTH: Final = Decimal(30) / 365
MONDAY: Final = datetime(2026, 11, 23, 15, tzinfo=UTC)
CENT: Final = Decimal("0.01")


def an_option(right: Right, strike: Decimal | int | str, expiry: date = NEAR) -> Instrument:
    return parse_occ(occ_symbol("SPY", expiry, right, Decimal(str(strike))))


def under(spot: Decimal | int | str = 100, years: Decimal = MONTH, rate: str = "0") -> Conditions:
    return Conditions(spot=Decimal(str(spot)), years=years, rate=Decimal(rate))


def a_leg(part: Part, strike: Decimal, price: Decimal | int | str) -> PricedLeg:
    expiry, years = (FAR, MONTH * 2) if part.is_far else (NEAR, MONTH)
    qty, paid = part.side.sign * part.count, Decimal(str(price))
    if part.right is None:
        return PricedLeg(terms=an_instrument("SPY", is_fund=True), qty=qty * 100, price=paid)
    terms = an_option(part.right, strike, expiry)
    return PricedLeg(
        terms=terms, qty=qty, price=paid, years=years, volatility=Decimal("0.2")
    )


def some_legs(
    strategy: StrategyType, strikes: Sequence[Decimal | int | str],
    prices: Sequence[Decimal | int | str], right: Right | None = None,
) -> list[PricedLeg]:
    """Make the legs of a structure: strikes from the lowest up, prices in the order of its legs."""
    shape = shape_of(strategy, right)
    found = [Decimal(str(strike)) for strike in strikes]
    return [
        a_leg(part, found[part.strike], price) for part, price in zip(shape, prices, strict=True)
    ]


def filled(leg: PricedLeg, qty: Decimal | int) -> PricedLeg:
    return replace(leg, qty=Decimal(qty))


def an_expiry(
    days: int, spot: Decimal, strikes: Sequence[int], as_of: datetime = MONDAY
) -> Expiry:
    """List calls and puts of one day on a market whose volatility is higher for low strikes."""
    ends = as_of.replace(hour=21) + timedelta(days=days)
    until = under(spot, pricing.years_between(as_of, ends))
    return Expiry(day=ends.date(), ends=ends, options=tuple(
        listed(an_option(right, strike, ends.date()), until)
        for strike in strikes for right in Right
    ))


def listed(option: Instrument, until: Conditions) -> Listed:
    assert option.strike is not None
    volatility = Decimal("0.18") + Decimal("0.2") * (1 - option.strike / until.spot)
    price = pricing.value(option, until, max(volatility, Decimal("0.05"))).price
    mid = max(price.quantize(CENT), 2 * CENT)
    half = max((mid / 50).quantize(CENT), CENT)
    return Listed(option=option, bid=mid - half, ask=mid + half, open_interest=Decimal(900))


def a_chain(
    days: Sequence[int] = (4, 11, 18, 25, 32, 39, 60, 88), spot: int = 500,
    strikes: Sequence[int] = range(400, 605, 5), as_of: datetime = MONDAY,
) -> Chain:
    return Chain(
        underlying=an_instrument("SPY", is_fund=True), spot=Decimal(spot), as_of=as_of,
        expiries=tuple(an_expiry(n, Decimal(spot), strikes, as_of) for n in days),
    )
