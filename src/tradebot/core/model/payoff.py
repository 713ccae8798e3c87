"""What do options of one underlying pay, at least? Arithmetic on their terms alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tradebot.core.model.instrument import Instrument, Right
from tradebot.core.model.money import ZERO


def worst_payoff(
    options: Sequence[tuple[Instrument, Decimal]], shares: Decimal = ZERO
) -> Decimal | None:
    """Return the least they pay at expiry, in currency (negative: they cost); None: without end.

    Quantities are signed. A payoff turns only at strikes, so no other price of the underlying
    needs a look; above the last one calls that were sold lose without end, unless calls that are
    held, or `shares`, rise with them. A bought option that ends before a sold one covers nothing.

    All of them together pay no less than those of each day by themselves do, added up: what was
    sold for a later day takes no cover from what ends before. The better of both bounds holds.
    """
    if any(t.strike is None or t.right is None or t.expiry is None for t, _ in options):
        return None
    by_day: dict[date | None, list[tuple[Instrument, Decimal]]] = {}
    for terms, qty in options:
        by_day.setdefault(terms.expiry, []).append((terms, qty))
    bounds = [_least_of([options], shares)]
    if len(by_day) > 1:
        bounds.append(_least_of(list(by_day.values()), shares))
    return max((bound for bound in bounds if bound is not None), default=None)


def _least_of(
    groups: Sequence[Sequence[tuple[Instrument, Decimal]]], shares: Decimal
) -> Decimal | None:
    """Add up the least that each group pays; the shares cover what calls all of them lack."""
    naked = sum((max(ZERO, -cover(group)) for group in groups), ZERO)
    if naked > max(ZERO, shares):
        return None
    return sum(map(_least, groups), ZERO)


def _least(options: Sequence[tuple[Instrument, Decimal]]) -> Decimal:
    counted = _that_count(options)
    prices = {ZERO, *(t.strike for t, _ in counted if t.strike is not None)}
    return min(
        sum((qty * t.multiplier * pays(t, price) for t, qty in counted), ZERO) for price in prices
    )


def cover(options: Sequence[tuple[Instrument, Decimal]]) -> Decimal:
    """Return for how many shares more calls are held than sold; negative: they are naked."""
    counted = _that_count(options)
    return sum((qty * t.multiplier for t, qty in counted if t.right is Right.CALL), ZERO)


def _that_count(
    options: Sequence[tuple[Instrument, Decimal]]
) -> list[tuple[Instrument, Decimal]]:
    last = max((t.expiry for t, qty in options if qty < 0 and t.expiry), default=None)
    return [
        (t, qty) for t, qty in options if qty < 0 or last is None or (t.expiry and t.expiry >= last)
    ]


def as_option(terms: Instrument) -> Instrument:
    """Return an option as it is, and a share as what it is: a call struck at 0 that never ends."""
    if terms.strike is not None:
        return terms
    return replace(terms, strike=ZERO, right=Right.CALL, expiry=date.max)


def delivered(terms: Instrument, ended: Decimal) -> Decimal:
    """Return the shares that come where options are exercised: signed, as those that end are."""
    return ended * terms.multiplier * (1 if terms.right is Right.CALL else -1)


def pays(terms: Instrument, price: Decimal) -> Decimal:
    """Return what one unit of an option pays where the underlying ends at this price."""
    assert terms.strike is not None
    inner = price - terms.strike if terms.right is Right.CALL else terms.strike - price
    return max(ZERO, inner)
