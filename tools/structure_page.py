"""What does the reference say of the structures that the options desk knows?"""

import sys
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from tables import table
from tradebot.core.model.instrument import Right
from tradebot.core.model.money import plain
from tradebot.core.options.liquidity import Liquidity
from tradebot.core.options.page import Bounds
from tradebot.core.options.recipes import FAR_DAYS, RECIPES, Aim, AtTheMoney, Beside, ByDelta
from tradebot.core.options.shapes import EITHER_RIGHT, SHAPES, Part

SOURCE = "../../src/tradebot/core/options"


BEFORE = f"""
Strikes are numbered from the lowest up. The legs are from [shapes]({SOURCE}/shapes.py), the
rest is from [recipes]({SOURCE}/recipes.py) and holds where a request says nothing.
Days are from now to the expiry; the middle of the band is sought. A distance is a part of the
underlying's price. What ends later does so about {FAR_DAYS} days after the first. Of what may be
made of either right, puts mirror what the table says of calls.
"""
AFTER = f"""
What nobody told, an open interest for example, counts as nothing. What may be lost or won is
counted on the day on which the first option ends. The most that can be lost follows from the terms
of the options alone; what lives on is valued by the model of [pricing]({SOURCE}/pricing.py), and
a most that is won by it is called *about*. The library that the models agree with is named in
[their tests](../../tests/core/options/test_pricing.py)."""


def write() -> Iterator[str]:
    yield "# Structures of the options desk"
    yield BEFORE
    yield from table(("structure", "legs", "strikes", "days"), [
        (
            f"`{strategy}`{' (either right)' if strategy in EITHER_RIGHT else ''}",
            ", ".join(map(_leg, SHAPES[strategy])),
            "; ".join(f"{n}: {_aim(aim, recipe.width_frac)}" for n, aim in _numbered(recipe.aims)),
            f"{recipe.days_min} to {recipe.days_max}",
        ) for strategy, recipe in RECIPES.items()
    ])
    yield "\n## What is asked of an option, and of the whole\n"
    said = [(field.name, getattr(Liquidity(), field.name)) for field in fields(Liquidity)]
    said += [(f.name, getattr(Bounds(), f.name)) for f in fields(Bounds) if f.name != "liquidity"]
    yield from table(("bound", "default"), [(f"`{name}`", plain(value)) for name, value in said])
    yield AFTER


def _numbered(aims: tuple[Aim, ...]) -> Iterator[tuple[int, Aim]]:
    return enumerate(aims, 1)


def _leg(part: Part) -> str:
    if part.right is None:
        return f"{part.side} the shares"
    count = "" if part.count == 1 else f"{plain(part.count)} "
    later = "later " if part.is_far else ""
    return f"{part.side} {count}{later}{part.right} {part.strike + 1}"


def _aim(aim: Aim, width_frac: Decimal) -> str:
    match aim:
        case ByDelta():
            return f"{'call' if aim.right is Right.CALL else 'put'} of delta {aim.delta}"
        case AtTheMoney():
            return "at the money"
        case Beside():
            where = "above" if aim.side > 0 else "below"
            return f"{plain(width_frac * 100)} % {where} strike {aim.number + 1}"
