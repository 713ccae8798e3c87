"""Is a fact what its types say, and can it be written down? Poison is named where it enters."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from tradebot.core.model.money import ZERO
from tradebot.core.model.report import Report

# Beyond these nobody means a price or a quantity, and sums of 28 digits would lose their cents.
_DIGITS_MAX: Final = 15  # before the point
_EXPONENT_MIN: Final = -30
_NOTHING: Final[frozenset[type]] = frozenset()


def flaw(fact: Any) -> str | None:
    """Return the first field that is not what it should be, or None where all is sound."""
    for name, kinds, items in _columns(fact.__class__):
        value = getattr(fact, name)
        if value is None and NoneType in kinds:
            continue
        found = _flaw_in(value, kinds, items)
        if found is not None:
            return f"{name}: {found}"
    return None


def legible(report: Report) -> Report:
    """Return a report that can be written down; `flaw` says which number of it is none."""
    told, changes = flaw(report), dict[str, Any]()
    if told is None:
        return report
    for name, kinds, items in _columns(Report):
        value = getattr(report, name)
        if _flaw_in(value, kinds, items) is None:
            continue
        if str in kinds:
            changes[name] = str(value).encode("ascii", "backslashreplace").decode()
        elif NoneType in kinds:
            changes[name] = None
        else:
            changes[name] = ZERO if Decimal in kinds else ()
        if str not in kinds and datetime not in kinds:
            changes["flaw"] = told.encode("ascii", "backslashreplace").decode()
    return replace(report, **changes)


@cache
def _columns(cls: type) -> tuple[tuple[str, frozenset[type], frozenset[type]], ...]:
    """Return each field with the classes that its value may have, and those of a tuple's items."""
    hints = get_type_hints(cls)
    return tuple(
        (field.name, frozenset(_kinds(hints[field.name])), frozenset(_items(hints[field.name])))
        for field in fields(cls)
    )


def _kinds(hint: Any) -> list[type]:
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    if get_origin(hint) in (Union, UnionType):
        return [kind for part in get_args(hint) for kind in _kinds(part)]
    return [get_origin(hint) or hint]


def _items(hint: Any) -> list[type]:
    return _kinds(get_args(hint)[0]) if get_origin(hint) is tuple else []


def _flaw_in(value: Any, kinds: frozenset[type], items: frozenset[type]) -> str | None:
    kind = type(value)
    if kind not in kinds:
        wanted = " or ".join(sorted(known.__name__ for known in kinds))
        return f"expected {wanted}, got {kind.__name__}"
    if kind is tuple:
        return next((told for item in value if (told := _flaw_in(item, items, _NOTHING))), None)
    if (check := _CHECKS.get(kind)) is not None:
        return check(value)
    return flaw(value) if not issubclass(kind, Enum) and is_dataclass(kind) else None


def _about_number(value: Decimal) -> str | None:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        return f"expected a finite number, got {value}"
    if value.adjusted() >= _DIGITS_MAX or exponent < _EXPONENT_MIN:
        return f"expected at most {_DIGITS_MAX} digits before the point, got {value:.3e}"
    return None


def _about_text(value: str) -> str | None:
    if value.isascii():
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return "expected text that can be written as UTF-8"
    return None


def _about_time(value: datetime) -> str | None:
    return "expected a time with its zone" if value.utcoffset() is None else None


_CHECKS: Final[Mapping[type, Callable[[Any], str | None]]] = {
    Decimal: _about_number, str: _about_text, datetime: _about_time,
    int: lambda value: None, bool: lambda value: None, NoneType: lambda value: None,
}
