"""What can an order lose by one bad move? Gates on money share this.

Shares, coins and currencies lose `linear_shock_frac` of their worth: no stop is attached to an
order, so none is trusted. Options lose what their terms allow at expiry, all legs on one
underlying taken together; a call that is sold and covered by no leg, and by no shares that are
held, loses without end. What closes a position loses nothing.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.gates import worth
from tradebot.core.model.facts import Facts
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.core.model.intent import Intent, Leg
from tradebot.core.model.money import ZERO
from tradebot.core.model.payoff import worst_payoff

ENDLESS: Final = Decimal("Infinity")


def unit_loss(
    book: Book, body: Intent, facts: Facts, unit_worth: Decimal, held: Mapping[str, Decimal]
) -> Decimal:
    """Return what one unit (one combo) that is worth so much can lose, in currency.

    `held` are the shares that a unit has for its cover beside its own legs, by their symbol.
    """
    shock = book.settings.policy.linear_shock_frac
    if not body.is_combo and _option(book, body.legs[0].symbol) is None:
        return unit_worth * shock
    options = {leg.symbol: terms for leg in body.legs if (terms := _option(book, leg.symbol))}
    if not options:
        return unit_worth * shock
    linear = [leg for leg in body.legs if leg.symbol not in options]
    shares = {leg.symbol: leg.signed_ratio for leg in linear}
    covers = {name: shares.get(name, ZERO) + held.get(name, ZERO) for name in {**shares, **held}}
    worst = _worst(body, options, covers)
    if worst is None:
        return ENDLESS
    owned = [_cost(book, leg, facts) for leg in linear]
    if body.price is None:
        paid = sum((_cost(book, leg, facts) for leg in body.legs), ZERO)
    else:
        paid = worth.cost_at(book, body, body.price)
    return max(ZERO, paid - sum(owned, ZERO) - worst) + sum(map(abs, owned), ZERO) * shock


def _option(book: Book, symbol: str) -> Instrument | None:
    terms = book.terms(symbol)
    return terms if terms is not None and terms.asset_class is AssetClass.OPTION else None


def _worst(
    body: Intent, options: dict[str, Instrument], shares: dict[str, Decimal]
) -> Decimal | None:
    """Return the least that the options of one combo come to, underlying by underlying."""
    groups: dict[str, list[tuple[Instrument, Decimal]]] = {}
    for leg in body.legs:
        if (terms := options.get(leg.symbol)) is not None:
            group = groups.setdefault(terms.underlying or leg.symbol, [])
            group.append((terms, leg.signed_ratio))
    worst = [worst_payoff(group, shares.get(name, ZERO)) for name, group in groups.items()]
    return _sum(worst)


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _cost(book: Book, leg: Leg, facts: Facts) -> Decimal:
    price = worth.leg_price(leg, facts)
    assert price is not None  # its worth was known a moment ago
    return leg.side.sign * price * leg.ratio_qty * book.multiplier(leg.symbol)
