"""How does one get a value of any journaled class? Built from the types of its fields."""

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

MOMENT = datetime(2026, 8, 24, 13, 30, 0, 120, tzinfo=UTC)
LEAVES: dict[Any, tuple[Any, ...]] = {
    str: ("", "=", 'quote " back \\ slash\nline \u2028 \U0001f980 \x00', "AAPL"),
    Decimal: tuple(map(Decimal, ("0", "0.00", "-0", "-1.50", "1E+3", "1E-12", "12345678901.23"))),
    int: (0, 1, -7, 2**53 + 1),
    bool: (False, True),
    date: (date(2026, 8, 24), date(1970, 1, 1)),
    datetime: (MOMENT, MOMENT.replace(microsecond=0), MOMENT.replace(microsecond=999_999)),
}


def bare(cls: type) -> Any:
    """Return a record with nothing in it but what must be there."""
    hints = get_type_hints(cls)
    return cls(**{
        field.name: next(samples(hints[field.name])) for field in fields(cls)
        if field.default is MISSING
    })


def full(cls: type, turn: int = 0) -> Any:
    """Return a record with every field set; another turn takes other values."""
    hints = get_type_hints(cls)
    return cls(**{
        field.name: taken(hints[field.name], turn + number)
        for number, field in enumerate(fields(cls))
    })


def taken(hint: Any, turn: int) -> Any:
    found = list(samples(hint, turn))
    return found[turn % len(found)]


def samples(hint: Any, turn: int = 0) -> Iterator[Any]:
    """Yield some values of a type, at least one."""
    if isinstance(hint, NewType):
        yield from samples(hint.__supertype__, turn)
    elif get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from (None,) if part is NoneType else samples(part, turn)
    elif get_origin(hint) is tuple:
        item, _ = get_args(hint)
        yield from ((), (taken(item, turn),), (taken(item, turn + 1), taken(item, turn + 2)))
    elif is_dataclass(hint):
        assert isinstance(hint, type)
        yield from (bare(hint), full(hint, turn))
    elif issubclass(hint, Enum):
        yield from hint
    else:
        yield from LEAVES[hint]
