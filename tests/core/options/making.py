"""How does a test get a priced structure? From strikes and prices, by the table of shapes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from tests.makers import an_instrument

from tradebot.core.model.instrument import Instrument, Right, occ_symbol, parse_occ
from tradebot.core.options.pricing import Conditions
from tradebot.core.options.request import StrategyType
from tradebot.core.options.shapes import Part, shape_of
from tradebot.core.options.structures import PricedLeg

NEAR: Final = date(2026, 12, 18)
FAR: Final = date(2027, 1, 15)
MONTH: Final = Decimal(30) / 365


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
