"""How does a folded state become bytes, and bytes the state? Only plain values and our own records.

Whatever a fold keeps is preserved without a list of fields, so nothing can be forgotten. What is
read back may name our classes and a few of the library's; anything else is refused unmade.
"""

import io
import pickle
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from operator import attrgetter
from pathlib import PosixPath
from typing import Any, Final, TypeVar

from tradebot.shell.journal.plain import generated
from tradebot.shell.journal.rebuild import open_twin
from tradebot.shell.journal.snapshot import Unusable

T = TypeVar("T")

_OURS: Final = ("tradebot.core.", "tradebot.shell.api.")
_THEIRS: Final = {
    (cls.__module__, cls.__qualname__): cls
    for cls in (OrderedDict, deque, date, datetime, timedelta, timezone, Decimal, PosixPath)
}
_BROKEN: Final = (
    pickle.UnpicklingError, AttributeError, ImportError, LookupError, TypeError, ValueError,
    EOFError,
)


def preserved(state: object) -> bytes:
    out = io.BytesIO()
    _Writer(out, protocol=5).dump(state)
    return out.getvalue()


def restored(data: bytes, kind: type[T]) -> T:
    """Return the state; raise Unusable."""
    try:
        found = _Reader(io.BytesIO(data)).load()
    except _BROKEN as error:
        raise Unusable(f"it cannot be understood: {error}") from error
    if not isinstance(found, kind):
        raise Unusable("it is of another kind")
    return found


def copied(state: T) -> T:
    """Return a copy that can change apart; the immutable records are shared."""
    shared: list[object] = []
    out = io.BytesIO()
    _Sharing(out, shared).dump(state)
    found: T = _Shared(io.BytesIO(out.getvalue()), shared).load()
    return found


class _Writer(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        """Take the values of an immutable record at once: its own way is ten times slower."""
        found = _record(obj.__class__)
        return NotImplemented if found is None else (remade, (type(obj), *found(obj)))


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (remade.__module__, remade.__qualname__):
            return remade
        if (module, name) in _THEIRS:
            return _THEIRS[module, name]
        found = super().find_class(module, name) if module.startswith(_OURS) else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} has no place in it")
        return found


class _Sharing(pickle.Pickler):
    def __init__(self, out: io.BytesIO, shared: list[object]) -> None:
        super().__init__(out, protocol=5)
        self._shared = shared

    def persistent_id(self, obj: Any) -> int | None:
        if _record(obj.__class__) is None:
            return None
        self._shared.append(obj)
        return len(self._shared) - 1


class _Shared(pickle.Unpickler):
    def __init__(self, data: io.BytesIO, shared: list[object]) -> None:
        super().__init__(data)
        self._shared = shared

    def persistent_load(self, place: int) -> object:
        return self._shared[place]


@cache
def _record(cls: type) -> Callable[[object], tuple[Any, ...]] | None:
    """Return what takes all values of an immutable record, None for any other class."""
    made = getattr(cls, "__dataclass_params__", None)
    if made is None or not made.frozen:
        return None
    names = [field.name for field in fields(cls)]
    if len(names) < 2:
        return lambda record: tuple(getattr(record, name) for name in names)
    return attrgetter(*names)


def remade(cls: type, *values: object) -> object:
    return _filler(cls)(values)


@cache
def _filler(cls: type) -> Callable[[tuple[object, ...]], object]:
    names = ", ".join(f"record.{field.name}" for field in fields(cls))
    lines = ["def fill(values):", "    record = twin()", f"    {names}, = values"]
    lines += ["    record.__class__ = cls", "    return record"]
    fill: Callable[[tuple[object, ...]], object] = generated(
        lines, {"cls": cls, "twin": open_twin(cls)}
    )
    return fill
