"""What was told last? So much is kept, and what was put there first is forgotten first."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A memory of so many things; to put one again makes it the newest."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._held: dict[K, V] = {}

    def put(self, name: K, thing: V) -> None:
        self._held.pop(name, None)
        self._held[name] = thing
        if len(self._held) > self._most:
            del self._held[next(iter(self._held))]

    def get(self, name: K) -> V | None:
        return self._held.get(name)
