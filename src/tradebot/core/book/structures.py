"""What can all options that an account holds on one underlying still lose, taken together?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from tradebot.core.model.instrument import Instrument
from tradebot.core.model.money import ZERO
from tradebot.core.model.payoff import worst_payoff


class Valued(Protocol):
    """A signed quantity, and what it is worth now."""

    qty: Decimal

    @property
    def value(self) -> Decimal: ...


@dataclass(slots=True)
class Structure:
    """Options on one underlying: gross value at the marks, and what of it all can be lost."""

    options: dict[str, Instrument] = field(default_factory=dict)
    gross: Decimal = ZERO
    loss: Decimal = ZERO
    is_endless: bool = False


def weigh(
    options: dict[str, Instrument], held: Mapping[str, Valued], shares: Decimal
) -> Structure:
    """Weigh options together, beside the shares that cover the calls that were sold."""
    values = [held[symbol].value for symbol in options]
    worst = worst_payoff([(t, held[symbol].qty) for symbol, t in options.items()], shares)
    return Structure(
        options=options, gross=sum(map(abs, values), ZERO), is_endless=worst is None,
        loss=ZERO if worst is None else max(ZERO, sum(values, ZERO) - worst),
    )
