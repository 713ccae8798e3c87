"""Which structures does somebody hold? Quantities of instruments, grouped as the desk names them.

What was opened as one is found first, as far as it is still held. Of the rest only quantities
count: the largest structures are found first, then the narrowest; what makes none stays as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Final

from tradebot.core.book.combos import Together
from tradebot.core.model.fact import fact
from tradebot.core.model.instrument import Instrument, Right
from tradebot.core.model.money import ONE, ZERO, floor_to
from tradebot.core.model.payoff import as_option, pays, worst_payoff
from tradebot.core.model.strategy_type import StrategyType
from tradebot.core.options.shapes import structure_of
from tradebot.core.options.structures import Range, break_evens, winning

_LARGE: Final = (4, 3)
_SMALL: Final = (2, 1)
_SEARCHED_MAX: Final = 16  # legs of one expiry among which the large ones are looked for


@fact
class HeldLeg:
    """A holding, or a part of one: signed quantity in units; what it cost, is worth, in currency.

    `value` is None where nobody told a price.
    """

    terms: Instrument
    qty: Decimal
    cost: Decimal = ZERO
    value: Decimal | None = None

    def part(self, qty: Decimal) -> "HeldLeg":
        """Return so much of it, with its share of cost and value."""
        if qty == self.qty:
            return self
        value = None if self.value is None else self.value * qty / self.qty
        return replace(self, qty=qty, cost=self.cost * qty / self.qty, value=value)


@fact
class HeldStructure:
    """So many of one structure, leg by leg; quantities, cost and value are of all of them."""

    strategy: StrategyType
    qty: Decimal
    legs: tuple[HeldLeg, ...]

    @property
    def underlying(self) -> str:
        return next(leg.terms.underlying for leg in self.legs if leg.terms.underlying) or ""

    @property
    def expiries(self) -> tuple[date, ...]:
        return tuple(sorted({leg.terms.expiry for leg in self.legs if leg.terms.expiry}))

    @property
    def strikes(self) -> tuple[Decimal, ...]:
        return tuple(sorted({s for leg in self.legs if (s := leg.terms.strike) is not None}))

    @property
    def cost(self) -> Decimal:
        return sum((leg.cost for leg in self.legs), ZERO)

    @property
    def value(self) -> Decimal | None:
        known = [leg.value for leg in self.legs if leg.value is not None]
        return sum(known, ZERO) if len(known) == len(self.legs) else None


@fact
class Terms:
    """What a held structure can come to at its end, in currency, from its terms and cost alone.

    None is without end. `max_profit`, `break_evens` and `wins`, the prices between them that bring
    a profit, are known where all its options end on one day; of a calendar, `is_partial`, only a
    model could tell them.
    """

    max_loss: Decimal | None
    max_profit: Decimal | None
    break_evens: tuple[Decimal, ...] = ()
    wins: tuple[Range, ...] = ()
    is_partial: bool = False


def group(
    legs: Iterable[HeldLeg], opened: Iterable[tuple[Together, Decimal]] = ()
) -> tuple[list[HeldStructure], list[HeldLeg]]:
    """Return the structures that holdings make, and what is left of them.

    `opened` tells how many of which symbols with their ratios were opened as one, those that count
    most first.
    """
    first = list(opened)
    by_underlying: dict[str, list[HeldLeg]] = {}
    for leg in legs:
        if leg.qty:
            by_underlying.setdefault(leg.terms.underlying or leg.terms.symbol, []).append(leg)
    made: list[HeldStructure] = []
    left: list[HeldLeg] = []
    for name in sorted(by_underlying):
        held = {leg.terms.symbol: leg for leg in sorted(by_underlying[name], key=_place)}
        made.extend(_opened_in(held, first))
        made.extend(_taken_from(held))
        left.extend(leg for leg in held.values() if leg.qty)
    return made, left


def terms_of(structure: HeldStructure) -> Terms:
    """Tell what it can come to at its end."""
    return terms_at([(leg.terms, leg.qty) for leg in structure.legs], structure.cost)


def terms_at(legs: Sequence[tuple[Instrument, Decimal]], cost: Decimal) -> Terms:
    """Tell what signed quantities of instruments can come to that cost so much, in currency."""
    options = [(as_option(terms), qty) for terms, qty in legs]
    worst = worst_payoff(options)
    max_loss = None if worst is None else max(ZERO, cost - worst)
    if len({terms.expiry for terms, _ in legs if terms.expiry}) > 1:
        return Terms(max_loss=max_loss, max_profit=None, is_partial=True)

    def profit(price: Decimal) -> Decimal:
        return sum((qty * t.multiplier * pays(t, price) for t, qty in options), ZERO) - cost

    rises = sum((qty * t.multiplier for t, qty in options if t.right is Right.CALL), ZERO)
    bends = sorted({ZERO, *(t.strike for t, _ in options if t.strike is not None)})
    beyond = 10 * max(ONE, bends[-1], abs(cost))  # past all strikes and every break-even
    turns = break_evens(profit, [*bends, beyond])
    return Terms(
        max_loss=max_loss, max_profit=None if rises > 0 else max(map(profit, bends)),
        break_evens=turns, wins=winning(profit, turns),
    )


def _opened_in(
    held: dict[str, HeldLeg], opened: Iterable[tuple[Together, Decimal]]
) -> Iterator[HeldStructure]:
    """Take out what was opened as one, as often as its legs are all there."""
    for together, qty in opened:
        if all(symbol in held and held[symbol].qty * ratio > 0 for symbol, ratio in together):
            most = min(held[symbol].qty / ratio for symbol, ratio in together)
            many = floor_to(min(qty, most), ONE)
            parts = tuple(held[symbol].part(ratio * many) for symbol, ratio in together if many)
            strategy = structure_of([(leg.terms, leg.qty) for leg in parts]) if parts else None
            if strategy is not None:
                legs = tuple(sorted(parts, key=_place))
                count = min(abs(leg.qty) for leg in legs if leg.terms.strike is not None)
                yield _taken(held, HeldStructure(strategy=strategy, qty=count, legs=legs))


def _taken(held: dict[str, HeldLeg], made: HeldStructure) -> HeldStructure:
    for leg in made.legs:
        whole = held[leg.terms.symbol]
        held[leg.terms.symbol] = whole.part(whole.qty - leg.qty)
    return made


def _taken_from(held: dict[str, HeldLeg]) -> Iterator[HeldStructure]:
    """Take structures out of holdings on one underlying, until none is left in them."""
    for sizes in (_LARGE, _SMALL):
        for size in sizes:
            for symbols in _candidates(held, size):
                made = _made_of([held[symbol] for symbol in symbols])
                if made is not None:
                    yield _taken(held, made)


def _candidates(held: dict[str, HeldLeg], size: int) -> list[tuple[str, ...]]:
    """Return which legs may make a structure of that size: those that lie close together first."""
    legs = [leg for leg in held.values() if leg.qty]
    days = {leg.terms.expiry for leg in legs if leg.terms.expiry}
    found = []
    for day in sorted(days):
        alike = [leg for leg in legs if leg.terms.expiry in (day, None)]
        if size in _SMALL or len(alike) <= _SEARCHED_MAX:
            found += [one for one in combinations(alike, size) if any(o.terms.expiry for o in one)]
    if size == 2:  # a calendar or diagonal
        found += [pair for pair in combinations(legs, 2) if _days_apart(*pair)]
    return [tuple(leg.terms.symbol for leg in one) for one in sorted(found, key=_spread)]


def _made_of(legs: Sequence[HeldLeg]) -> HeldStructure | None:
    """Return the structure of which the legs hold the most, or None."""
    if not all(leg.qty for leg in legs):
        return None
    multiplier = next((leg.terms.multiplier for leg in legs if leg.terms.strike is not None), ONE)
    middle = sorted(legs, key=_place)[1] if len(legs) == 3 else None
    for doubled in (None, middle) if middle is not None else (None,):
        ratios = [
            multiplier if leg.terms.strike is None else 2 * ONE if leg is doubled else ONE
            for leg in legs
        ]
        qty = floor_to(min(abs(leg.qty) / r for leg, r in zip(legs, ratios, strict=True)), ONE)
        parts = tuple(
            leg.part((qty * ratio).copy_sign(leg.qty))
            for leg, ratio in zip(legs, ratios, strict=True)
        )
        strategy = structure_of([(leg.terms, leg.qty) for leg in parts]) if qty else None
        if strategy is not None:
            return HeldStructure(strategy=strategy, qty=qty, legs=parts)
    return None


def _place(leg: HeldLeg) -> tuple[date, Decimal, str]:
    """Sort by expiry, then strike; shares come last."""
    return leg.terms.expiry or date.max, leg.terms.strike or ZERO, leg.terms.symbol


def _days_apart(one: HeldLeg, other: HeldLeg) -> int:
    if one.terms.expiry is None or other.terms.expiry is None:
        return 0
    return abs((one.terms.expiry - other.terms.expiry).days)


def _spread(legs: Sequence[HeldLeg]) -> tuple[int, Decimal]:
    days = [leg.terms.expiry.toordinal() for leg in legs if leg.terms.expiry]
    strikes = [leg.terms.strike for leg in legs if leg.terms.strike is not None]
    return max(days) - min(days), max(strikes) - min(strikes)
