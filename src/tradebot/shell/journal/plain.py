"""What does a record look like as plain types? One generated function a class, built once."""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, NewType, TypeAlias, Union, get_args, get_origin, get_type_hints

from tradebot.core.model.events import OrderSubmitted, TradeBooked
from tradebot.core.model.intent import Intent, Leg

Plain: TypeAlias = dict[str, Any]
Said: TypeAlias = dict[str, Any]  # what a line has told so far, by the name of the field
ToPlain: TypeAlias = Callable[[Any, Said], Plain]

# What every order writes: here all defaults are part of the format, and a test pins them.
TERSE: Final = (Intent, Leg, OrderSubmitted, TradeBooked)

NEAR: Final = timedelta(days=1)
_NOTHING: Final = ("", 0, False, (), Decimal(0))
_NOTHING_TEXTS: Final = frozenset(str(nothing) for nothing in _NOTHING)
_LEAVES: Final = (str, int, Decimal, datetime, date, Enum)  # the JSON encoder knows these


def maker(cls: type, shared: frozenset[str] = frozenset()) -> ToPlain:
    """Build the function that turns a `cls` into plain types.

    Fields at their default may be left out (see `omits`). Those named in `shared` are left out
    where the line has said the same under that name; else they are what it says from now on.
    """
    names: dict[str, Any] = {}
    hints = get_type_hints(cls)
    lines = ["def to_plain(record, said):", "    plain = {}"]
    for number, field in enumerate(fields(cls)):
        name = repr(field.name)
        lines.append(f"    value = record.{field.name}")
        put = f"plain[{name}] = {_converted('value', hints[field.name], names)}"
        if field.name in shared:
            differs = "!=" if stripped(hints[field.name]) is str else "is not"
            lines.append(f"    if value {differs} said.get({name}):")
            lines.append(f"        said[{name}] = value")
            put = f"    {put}"
        elif omits(cls, field):
            names[f"default_{number}"] = field.default
            lines.append(f"    if {_holds_more(f'default_{number}', field.default)}:")
            put = f"    {put}"
        lines.append(f"    {put}")
    lines.append("    return plain")
    made: ToPlain = generated(lines, names)
    return made


def told_apart(moment: datetime, at: datetime) -> datetime | float:
    """Tell a moment near the line's own by the seconds between them, any other in full."""
    if moment.tzinfo is not at.tzinfo:
        return moment
    apart = moment - at
    return apart.total_seconds() if -NEAR < apart < NEAR else moment


def generated(lines: list[str], names: dict[str, Any]) -> Any:
    """Make a function from our own field names: eight times faster than reflection a line."""
    exec("\n".join(lines), names)
    return names[lines[0].removeprefix("def ").partition("(")[0]]


def omits(cls: type, field: "Field[Any]") -> bool:
    """Tell whether lines leave this field out at its default: mostly where that is nothing at all.

    Any other default may be another one in a later release, and must not change an old line.
    """
    default = field.default
    if default is None or (cls in TERSE and default is not MISSING):
        return True
    return default in _NOTHING and str(default) in _NOTHING_TEXTS


def _holds_more(name: str, default: object) -> str:
    """Equal is not enough for a Decimal: 0.00 must come back as 0.00."""
    if default is None or isinstance(default, bool | Enum):
        return f"value is not {name}"
    if isinstance(default, Decimal):
        return f"value is not {name} and (value != {name} or str(value) != '{default}')"
    return f"value != {name}"


def _converted(value: str, hint: Any, names: dict[str, Any]) -> str:
    """Return the expression that makes `value` plain; a leaf is left to the JSON encoder."""
    inner = stripped(hint)
    if is_dataclass(inner):
        assert isinstance(inner, type)
        names[f"plain_{inner.__name__}"] = maker(inner)
        made = f"plain_{inner.__name__}({value}, said)"
    elif inner is datetime:
        names["told_apart"] = told_apart
        made = f"told_apart({value}, said['at'])"
    elif get_origin(inner) is tuple:
        item, rest = get_args(inner)
        assert rest is ..., f"only tuples of one kind are journaled: {hint}"
        one = _converted("item", item, names)
        made = value if one == "item" else f"[{one} for item in {value}]"
    else:
        assert isinstance(inner, type) and issubclass(inner, _LEAVES), f"not journaled: {hint}"
        return value
    return f"None if {value} is None else {made}" if inner is not hint else made


def stripped(hint: Any) -> Any:
    """Take `| None` and NewType off a hint."""
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        return stripped(inner)
    if isinstance(hint, NewType):
        return hint.__supertype__
    return hint
