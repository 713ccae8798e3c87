"""What should a person hear of a structure before it is staged? The same words every time."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tradebot.core.model.intent import Side
from tradebot.core.model.money import CENT, ONE, ZERO, plain
from tradebot.core.options.structures import PricedLeg, PricedStructure, Range, ranges


def explain(structure: PricedStructure, qty: Decimal = ONE) -> str:
    """Tell what so many of a structure are, cost, can lose and win, and how likely that is."""
    name = structure.strategy.replace("_", " ")
    return "\n".join((
        f"{plain(qty)} x {structure.underlying} {name}: {', '.join(map(_leg, structure.legs))}.",
        *_outcomes(structure, qty),
        *_exposures(structure, qty),
    ))


def _leg(leg: PricedLeg) -> str:
    side, terms = Side.BUY if leg.qty > 0 else Side.SELL, leg.terms
    if terms.strike is None:
        return f"{side} {plain(abs(leg.qty))} {terms.symbol} at {_price(leg.price)}"
    count = "" if abs(leg.qty) == 1 else f"{plain(abs(leg.qty))} "
    return f"{side} {count}{terms.expiry} {plain(terms.strike)} {terms.right}"


def _outcomes(structure: PricedStructure, qty: Decimal) -> Iterator[str]:
    ahead, name, last = structure.prospects, structure.underlying, structure.expiry
    verb = "costs" if ahead.cost > 0 else "brings"
    each = f" ({_price(abs(structure.net_price))} a unit)"
    yield f"It {verb} {_money(abs(ahead.cost) * qty)}{each}."
    losing = [within for within in ranges(ahead.break_evens) if within not in ahead.wins]
    if ahead.max_loss is None:
        yield "What you can lose has no end."
    elif losing:
        loss = _money(ahead.max_loss * qty)
        yield f"You can lose at most {loss}, if {name} closes {_where(losing)} on {last}."
    if not ahead.wins:
        yield "It wins nothing at any price."
    elif ahead.max_profit is None:
        yield f"You win if it closes {_where(ahead.wins)}, the more the further."
    else:
        gain = _money(ahead.max_profit * qty)
        about = "about " if structure.outlives_horizon else ""
        yield f"You can win at most {about}{gain}, if it closes {_where(ahead.wins)}."
    yield f"The market's own odds of a profit: {ahead.profit_chance * 100:.0f} %."


def _exposures(structure: PricedStructure, qty: Decimal) -> Iterator[str]:
    greeks, margin = structure.prospects.greeks, structure.prospects.margin
    yield (
        f"Now a day brings {_signed(greeks.theta * qty)}, {structure.underlying} up by 1.00 brings "
        f"{_signed(greeks.delta * qty)}, a point more of volatility {_signed(greeks.vega * qty)}."
    )
    if margin is not None:
        yield f"It ties up {_money(margin * qty)}."


def _where(within: Sequence[Range]) -> str:
    return " or ".join(map(_range, within))


def _range(within: Range) -> str:
    low, high = within
    if high is None:
        return "anywhere" if low == 0 else f"above {_price(low)}"
    return f"below {_price(high)}" if low == 0 else f"between {_price(low)} and {_price(high)}"


def _price(price: Decimal) -> str:
    return f"{price.quantize(CENT):,}"


def _money(amount: Decimal) -> str:
    """Write an amount, whole where it is whole."""
    cents = amount.quantize(CENT)
    return f"${cents.quantize(ONE) if cents == cents.to_integral() else cents:,}"


def _signed(amount: Decimal) -> str:
    return ("-" if amount < ZERO else "") + _money(abs(amount))
