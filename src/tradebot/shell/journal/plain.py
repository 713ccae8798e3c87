"""What does a record look like as plain types? One generated function a class, built once."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, NewType, TypeAlias, Union, get_args, get_origin, get_type_hints

Plain: TypeAlias = dict[str, Any]
ToPlain: TypeAlias = Callable[[Any, Mapping[str, Any]], Plain]

CARRIED: Final = "="  # stands for a value that the line's command carries
NOTHING_CARRIED: Final[Mapping[str, Any]] = MappingProxyType({})
_NOTHING: Final = ("", 0, False, (), Decimal(0))
_NOTHING_TEXTS: Final = frozenset(str(nothing) for nothing in _NOTHING)
_LEAVES: Final = (str, int, Decimal, datetime, date, Enum)  # the JSON encoder knows these


def maker(cls: type, carried: frozenset[str] = frozenset()) -> ToPlain:
    """Build the function that turns a `cls` into plain types.

    Of the fields with a default, only one that holds nothing is left out (see `omits`). The fields
    named in `carried` are written as a mark where they are the very object that the function's
    second argument holds under that name.
    """
    names: dict[str, Any] = {"Decimal": Decimal, "CARRIED": CARRIED}
    hints = get_type_hints(cls)
    lines = ["def to_plain(record, carried):", "    plain = {}"]
    for number, field in enumerate(fields(cls)):
        lines.append(f"    value = record.{field.name}")
        value = _converted("value", hints[field.name], names)
        if field.name in carried:
            value = f"CARRIED if value is carried.get({field.name!r}, carried) else {value}"
        put = f"plain[{field.name!r}] = {value}"
        if omits(field):
            names[f"nothing_{number}"] = field.default
            lines.append(f"    if {_holds_more(f'nothing_{number}', field.default)}:")
            put = f"    {put}"
        lines.append(f"    {put}")
    lines.append("    return plain")
    # Generated once a class from our own field names: eight times faster than reflection a line.
    exec("\n".join(lines), names)
    made: ToPlain = names["to_plain"]
    return made


def omits(field: "Field[Any]") -> bool:
    """Tell whether lines leave this field out at its default: only where that is nothing at all.

    Any other default may be another one in a later release, and must not change an old line.
    """
    default = field.default
    if default is MISSING or isinstance(default, Enum):
        return False
    return default is None or (default in _NOTHING and str(default) in _NOTHING_TEXTS)


def _holds_more(name: str, nothing: object) -> str:
    """Equal is not enough for a Decimal: 0.00 must come back as 0.00."""
    if nothing is None or isinstance(nothing, bool):
        return f"value is not {name}"
    if isinstance(nothing, Decimal):
        return f"value is not {name} and (value != {name} or str(value) != '0')"
    return f"value != {name}"


def _converted(value: str, hint: Any, names: dict[str, Any]) -> str:
    """Return the expression that makes `value` plain; a leaf is left to the JSON encoder."""
    inner = _stripped(hint)
    if is_dataclass(inner):
        assert isinstance(inner, type)
        names[f"plain_{inner.__name__}"] = maker(inner)
        made = f"plain_{inner.__name__}({value}, carried)"
    elif get_origin(inner) is tuple:
        item, rest = get_args(inner)
        assert rest is ..., f"only tuples of one kind are journaled: {hint}"
        one = _converted("item", item, names)
        made = value if one == "item" else f"[{one} for item in {value}]"
    else:
        assert isinstance(inner, type) and issubclass(inner, _LEAVES), f"not journaled: {hint}"
        return value
    return f"None if {value} is None else {made}" if inner is not hint else made


def _stripped(hint: Any) -> Any:
    """Take `| None` and NewType off a hint."""
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return _stripped(inner)
    if isinstance(hint, NewType):
        return hint.__supertype__
    return hint
