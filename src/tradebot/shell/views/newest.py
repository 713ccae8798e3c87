"""Which entries are kept where only so many can be? The newest, and those that are still open."""

from collections import OrderedDict
from typing import Final, Generic, Protocol, TypeVar

KEPT_MAX: Final = 2_000  # of each kind; the oldest finished ones leave first
_LOOKS: Final = 4  # at old entries that are still open, each time one comes in


class _Kept(Protocol):
    @property
    def is_open(self) -> bool: ...


K = TypeVar("K")
V = TypeVar("V", bound=_Kept)


class Newest(Generic[K, V]):
    """The newest entries; one that is still open moves to the end instead of leaving."""

    def __init__(self, size: int = KEPT_MAX) -> None:
        self.entries: OrderedDict[K, V] = OrderedDict()
        self._size = size

    def add(self, key: K, value: V) -> list[V]:
        """Put an entry in and return those that had to leave."""
        self.entries[key] = value
        gone: list[V] = []
        for _ in range(_LOOKS):
            if len(self.entries) <= self._size:
                break
            oldest, entry = self.entries.popitem(last=False)
            if entry.is_open:
                self.entries[oldest] = entry
            else:
                gone.append(entry)
        return gone

    def get(self, key: K) -> V | None:
        return self.entries.get(key)
