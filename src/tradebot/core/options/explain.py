"""What should a person hear of a structure before it is staged? The same words every time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Side
from tradebot.core.model.money import CENT, ONE, ZERO, money, plain
from tradebot.core.options.holdings import Terms
from tradebot.core.options.structures import PricedStructure, Range, ranges


@fact
class Priced:
    """What all of it costs (negative: brings), a unit and together, and what may come of it."""

    underlying: str
    expiry: date
    net_price: Decimal
    cost: Decimal
    terms: Terms


def explain(structure: PricedStructure, qty: Decimal = ONE) -> str:
    """Tell what so many of a structure are, cost, can lose and win, and how likely that is."""
    ahead, is_partial = structure.prospects, structure.outlives_horizon
    legs = (
        leg_in_words(leg.terms, leg.qty, leg.price if leg.is_share else None)
        for leg in structure.legs
    )
    return "\n".join((
        headline(f"{structure.underlying} {structure.strategy}", qty, legs),
        *outcomes(Priced(
            underlying=structure.underlying, expiry=structure.expiry,
            net_price=structure.net_price, cost=ahead.cost * qty, terms=Terms(
                max_loss=None if ahead.max_loss is None else ahead.max_loss * qty,
                max_profit=None if ahead.max_profit is None else ahead.max_profit * qty,
                break_evens=ahead.break_evens, wins=ahead.wins, is_partial=is_partial,
            ),
        )),
        f"The market's own odds of a profit: {ahead.profit_chance * 100:.0f} %.",
        *_exposures(structure, qty),
    ))


def headline(name: str, qty: Decimal, legs: Iterable[str]) -> str:
    return f"{plain(qty)} x {name.replace('_', ' ')}: {', '.join(legs)}."


def leg_in_words(terms: Instrument, qty: Decimal, price: Decimal | None = None) -> str:
    side = Side.BUY if qty > 0 else Side.SELL
    if terms.strike is None:
        at = "" if price is None else f" at {_price(price)}"
        return f"{side} {plain(abs(qty))} {terms.symbol}{at}"
    count = "" if abs(qty) == 1 else f"{plain(abs(qty))} "
    return f"{side} {count}{terms.expiry} {plain(terms.strike)} {terms.right}"


def outcomes(priced: Priced) -> Iterator[str]:
    """Tell what it costs, and the most that it can lose and win, and where."""
    terms, name = priced.terms, priced.underlying
    verb = "costs" if priced.cost > 0 else "brings"
    yield f"It {verb} {money(abs(priced.cost))} ({_price(abs(priced.net_price))} a unit)."
    losing = [within for within in ranges(terms.break_evens) if within not in terms.wins]
    is_open = terms.is_partial and not terms.break_evens
    if terms.max_loss is None:
        yield "What you can lose has no end."
    elif is_open:
        yield f"You can lose at most {money(terms.max_loss)}."
    elif losing:
        where = f"if {name} closes {_where(losing)} on {priced.expiry}"
        yield f"You can lose at most {money(terms.max_loss)}, {where}."
    if is_open:
        yield "What it can win, and where, hangs on what its later option is worth by then."
    elif not terms.wins:
        yield "It wins nothing at any price."
    elif terms.max_profit is None:
        yield f"You win if it closes {_where(terms.wins)}, the more the further."
    else:
        about = "about " if terms.is_partial else ""
        gain = f"{about}{money(terms.max_profit)}"
        yield f"You can win at most {gain}, if it closes {_where(terms.wins)}."


def _exposures(structure: PricedStructure, qty: Decimal) -> Iterator[str]:
    greeks, margin = structure.prospects.greeks, structure.prospects.margin
    yield (
        f"Now a day brings {_signed(greeks.theta * qty)}, {structure.underlying} up by 1.00 brings "
        f"{_signed(greeks.delta * qty)}, a point more of volatility {_signed(greeks.vega * qty)}."
    )
    if margin is not None:
        yield f"It ties up {money(margin * qty)}."


def _where(within: Sequence[Range]) -> str:
    return " or ".join(map(_range, within))


def _range(within: Range) -> str:
    low, high = within
    if high is None:
        return "anywhere" if low == 0 else f"above {_price(low)}"
    return f"below {_price(high)}" if low == 0 else f"between {_price(low)} and {_price(high)}"


def _price(price: Decimal) -> str:
    return f"{price.quantize(CENT):,}"


def _signed(amount: Decimal) -> str:
    return ("-" if amount < ZERO else "") + money(abs(amount))
