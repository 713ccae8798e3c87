"""Is a fact what its types say, and can it be written down? Poison is named where it enters."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

from tradebot.core.model.money import ZERO
from tradebot.core.model.report import Report

# Beyond these nobody means a price or a quantity, and sums of 28 digits would lose their cents.
_DIGITS_MAX: Final = 15  # before the point
_SMALLEST: Final = -30

Check: TypeAlias = Callable[[Any], str | None]
Checks: TypeAlias = Mapping[type, Check | None]


def flaw(fact: Any) -> str | None:
    """Return the first field that is not what it should be, or None where all is sound."""
    names, values_of, columns = _columns(fact.__class__)
    values = values_of(fact)
    for place, check in _to_check(fact.__class__, tuple(map(type, values))):
        if (told := check(values[place])) is not None:
            return f"{names[place]}: {told or _expected(columns[place], values[place])}"
    return None


def printable(text: str) -> str:
    """Return text that moves no cursor and begins no line, whoever wrote it."""
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() else f"\\x{ord(c):02x}" for c in text])


def legible(report: Report) -> Report:
    """Return a report that can be written down; `flaw` says which number of it is none."""
    told, changes = flaw(report), dict[str, Any]()
    if told is None:
        return report
    names, values_of, columns = _columns(Report)
    for name, value, kinds in zip(names, values_of(report), columns, strict=True):
        check = kinds.get(value.__class__, _refuse)
        if check is None or check(value) is None:
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
def _columns(
    cls: type,
) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]], tuple[Checks, ...]]:
    """Return a class's fields: their names, how to get all values, and the checks of each."""
    hints = get_type_hints(cls)
    names = tuple(field.name for field in fields(cls))
    one = attrgetter(*names)
    values_of = one if len(names) > 1 else lambda fact: (one(fact),)
    return names, values_of, tuple(_checks(hints[name]) for name in names)


@lru_cache(maxsize=4096)
def _to_check(cls: type, kinds: tuple[type, ...]) -> tuple[tuple[int, Check], ...]:
    """Return what is to be looked at in a fact whose values are of these classes."""
    columns = _columns(cls)[2]
    checks = [columns[place].get(kind, _refuse) for place, kind in enumerate(kinds)]
    return tuple((place, check) for place, check in enumerate(checks) if check is not None)


def _checks(hint: Any) -> Checks:
    """Return the classes that a field's value may have, each with what checks it, if anything."""
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    if get_origin(hint) in (Union, UnionType):
        return {kind: check for part in get_args(hint) for kind, check in _checks(part).items()}
    if get_origin(hint) is tuple:
        return {tuple: partial(_about_items, _checks(get_args(hint)[0]))}
    if hint in _CHECKS:
        return {hint: _CHECKS[hint]}
    return {hint: flaw if is_dataclass(hint) else None}


def _about_items(checks: Checks, items: tuple[Any, ...]) -> str | None:
    for item in items:
        check = checks.get(item.__class__, _refuse)
        if check is not None and (told := check(item)) is not None:
            return told or _expected(checks, item)
    return None


def _refuse(value: object) -> str:
    """Refuse a value of a class that does not belong there; the caller knows which would."""
    return ""


def _expected(checks: Checks, value: object) -> str:
    wanted = " or ".join(sorted(kind.__name__ for kind in checks))
    return f"expected {wanted}, got {type(value).__name__}"


def _about_number(value: Decimal) -> str | None:
    if not value.is_finite():
        return f"expected a finite number, got {value}"
    if not _SMALLEST <= value.adjusted() < _DIGITS_MAX or +value != value:
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


_CHECKS: Final[Checks] = {
    Decimal: _about_number, str: _about_text, datetime: _about_time,
    int: None, bool: None, NoneType: None,
}
