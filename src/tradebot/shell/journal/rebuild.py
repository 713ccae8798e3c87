"""How does a record come back from a line? Decoded in C, then one generated function a class.

A frozen record is filled as its open twin, of the same slots, and only then takes its class: that
costs an eighth of what its own constructor does.
"""

from collections.abc import Callable, Set
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from types import GenericAlias, NoneType, UnionType
from typing import Any, Final, Optional, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType

from tradebot.shell.journal.plain import Said, generated, stripped

Build: TypeAlias = Callable[[Any, Said], Any]

MARK: Final = "="  # in lines of the first form: what the line's command carries


@cache
def open_twin(cls: type) -> type:
    return type(cls.__name__, (), {"__slots__": tuple(field.name for field in fields(cls))})


@cache
def rebuilder(
    cls: type, shared: Set[str] = frozenset(), marked: Set[str] = frozenset()
) -> tuple[type, Build]:
    """Return the type to decode to, and the function that makes the record of it.

    A field in `shared` may be missing, and one in `marked` may hold the mark: it was said before.
    """
    hints = get_type_hints(cls)
    columns: list[Any] = []
    names: dict[str, Any] = {
        "cls": cls, "UNSET": UNSET, "twin": open_twin(cls),
    }
    lines = ["def build(found, said):", "    record = twin()"]
    for field in fields(cls):
        name, default = field.name, field.default
        hint, made = _rebuilt(hints[name], "value", names)
        asks = ["value is UNSET"] * (name in shared) + [f"value == {MARK!r}"] * (name in marked)
        lines.append(f"    value = found.{name}")
        if asks:
            lines.append(f"    if {' or '.join(asks)}: value = said[{name!r}]")
            lines.append(f"    else: value = said[{name!r}] = {made}")
            made = "value"
        lines.append(f"    record.{name} = {made}")
        if name in marked:
            hint = Union[hint, str]  # noqa: UP007 (of types that are only known here)
        if name in shared:
            hint, default = Union[hint, UnsetType], UNSET  # noqa: UP007
        columns.append((name, hint) if default is MISSING else (name, hint, default))
    shape = msgspec.defstruct(cls.__name__, columns, kw_only=True)
    build: Build = generated([*lines, "    record.__class__ = cls", "    return record"], names)
    return shape, build


def _moment(told: datetime | float, at: datetime) -> datetime:
    return told if isinstance(told, datetime) else at + timedelta(seconds=told)


def _rebuilt(hint: Any, value: str, names: dict[str, Any]) -> tuple[Any, str]:
    """Return the type to decode a field to, and the expression that makes its value of `value`."""
    inner = stripped(hint)
    if is_dataclass(inner):
        assert isinstance(inner, type)
        found: Any
        found, build = rebuilder(inner)
        names[f"build_{inner.__name__}"] = build
        made = f"build_{inner.__name__}({value}, said)"
    elif inner is datetime:
        names["moment"] = _moment
        found, made = datetime | float, f"moment({value}, said['at'])"
    elif get_origin(inner) is tuple:
        item, one = _rebuilt(get_args(inner)[0], "item", names)
        if one == "item":
            return hint, value
        found, made = GenericAlias(tuple, (item, ...)), f"tuple([{one} for item in {value}])"
    else:
        return hint, value
    if get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint):
        return Optional[found], f"None if {value} is None else {made}"  # noqa: UP045
    return found, made
