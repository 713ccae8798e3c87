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
from enum import Enum
from functools import cache
from operator import attrgetter
from pathlib import PosixPath
from typing import Any, Final, TypeVar

from tradebot.shell.journal.plain import generated
from tradebot.shell.journal.rebuild import open_twin
from tradebot.shell.journal.snapshot import Unusable

T = TypeVar("T")

_OURS: Final = ("tradebot.core.", "tradebot.shell.views.")
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
        return NotImplemented if found is None else (type(obj), found(obj))


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _THEIRS:
            return _THEIRS[module, name]
        found: Any = super().find_class(module, name) if module.startswith(_OURS) else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} has no place in it")
        return found if _record(found) is None else _filler(found)


class _Sharing(pickle.Pickler):
    def __init__(self, out: io.BytesIO, shared: list[object]) -> None:
        super().__init__(out, protocol=5)
        self._shared = shared

    def reducer_override(self, obj: Any) -> Any:
        if not _never_changes(obj.__class__):
            return NotImplemented
        self._shared.append(obj)
        return _shared, (len(self._shared) - 1,)


class _Shared(pickle.Unpickler):
    def __init__(self, data: io.BytesIO, shared: list[object]) -> None:
        super().__init__(data)
        self._shared = shared

    def find_class(self, module: str, name: str) -> Any:
        is_shared = (module, name) == (_shared.__module__, _shared.__qualname__)
        return self._shared.__getitem__ if is_shared else super().find_class(module, name)


def _shared(place: int) -> object:
    raise NotImplementedError("stands for what _Shared knows by its place")


@cache
def _never_changes(cls: type) -> bool:
    return _record(cls) is not None or issubclass(cls, (Decimal, date, timedelta, Enum))


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


@cache
def _filler(cls: type) -> Callable[..., object]:
    """Return what makes an immutable record of all its values."""
    names = [field.name for field in fields(cls)]
    lines = [f"def fill({', '.join(names)}):", "    record = twin()"]
    lines += [f"    record.{name} = {name}" for name in names]
    lines += ["    record.__class__ = cls", "    return record"]
    fill: Callable[..., object] = generated(lines, {"cls": cls, "twin": open_twin(cls)})
    return fill
