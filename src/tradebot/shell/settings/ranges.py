"""Which numbers may a setting be? Said by its annotation, or in the core's classes by its name."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, TypeAlias, get_args, get_origin

from tradebot.core.model.fact import fact
from tradebot.shell.settings.document import quoted
from tradebot.shell.settings.fill import bare, setting_fields

KeyPath: TypeAlias = tuple[str | int, ...]
Flaw: TypeAlias = tuple[KeyPath, str, str]  # where, what is expected, what is

_FRACTIONS: Final = ("iv_rank_min", "iv_rank_max")  # beside those that say so at their end
_ABOVE_ZERO: Final = frozenset({
    "StructureRule.quantity_max", "PromotionCap.order_qty_max", "PromotionWindow.orders_max",
    "PromotionWindow.notional_max_usd",
})
_ANY: Final = frozenset({"TrustStep.net_min_usd"})  # a profit may be a loss


@fact
class Range:
    """The numbers from one bound to another; None is no bound."""

    least: Decimal | None = None
    above: Decimal | None = None
    most: Decimal | None = None
    below: Decimal | None = None

    def __contains__(self, value: Decimal | int) -> bool:
        return (
            (self.least is None or value >= self.least)
            and (self.above is None or value > self.above)
            and (self.most is None or value <= self.most)
            and (self.below is None or value < self.below)
        )

    def __str__(self) -> str:
        if self == _FRACTION:
            return "a fraction from 0 to 1"
        named = (("at least", self.least), ("more than", self.above), ("at most", self.most),
                 ("less than", self.below))
        return ", ".join(f"{words} {bound}" for words, bound in named if bound is not None)

    def __bool__(self) -> bool:
        return self != _ALL


_ALL: Final = Range()
_FRACTION: Final = Range(least=Decimal(0), most=Decimal(1))
_BOUNDS: Final = {"ge": "least", "gt": "above", "le": "most", "lt": "below"}


def range_of(kind: type, name: str, hint: Any) -> Range:
    """Return what a setting of a class may be; all there is where nothing bounds it."""
    if not kind.__module__.startswith("tradebot.core."):
        return _annotated(hint)
    own = f"{kind.__name__}.{name}"
    if not _is_number(hint) or own in _ANY:
        return _ALL
    if name.endswith("_frac") or name in _FRACTIONS:
        return _FRACTION
    return Range(above=Decimal(0)) if own in _ABOVE_ZERO else Range(least=Decimal(0))


def out_of_range(path: KeyPath, section: Any) -> Iterator[Flaw]:
    """Find the numbers of a section of the core's, and of all inside it, that nobody can mean."""
    for field, hint in setting_fields(type(section)):
        value = getattr(section, field.name)
        where = (*path, field.name)
        if is_dataclass(value):
            yield from out_of_range(where, value)
        elif isinstance(value, tuple):
            for at, inner in enumerate(value):
                if is_dataclass(inner):
                    yield from out_of_range((*where, at), inner)
        elif isinstance(value, Decimal | int):
            allowed = range_of(type(section), field.name, hint)
            if value not in allowed:
                yield where, str(allowed), quoted(str(value))


def _is_number(hint: Any) -> bool:
    kinds = {bare(hint), *map(bare, get_args(bare(hint)))}
    return bool(kinds & {Decimal, int}) and bool not in kinds


def _annotated(hint: Any) -> Range:
    """Read the bounds that pydantic holds a value to, also where None is allowed beside it."""
    if get_origin(hint) is not Annotated:
        inner = [_annotated(part) for part in get_args(hint) if get_origin(part) is Annotated]
        return inner[0] if inner else _ALL
    found = [one for info in get_args(hint)[1:] for one in getattr(info, "metadata", ())]
    return Range(**{
        _BOUNDS[name]: Decimal(str(getattr(one, name)))
        for one in found for name in _BOUNDS if hasattr(one, name)
    })
