"""How does an old line reach today's classes? Renamed classes and functions over old fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Fields: TypeAlias = dict[str, Any]
Lift: TypeAlias = Callable[[Fields], Fields]


@dataclass(frozen=True, slots=True)
class Upcasts:
    """`lifted` is keyed by the name in the old line; `renamed` tells today's name for it."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    lifted: Mapping[str, Lift] = field(default_factory=dict)

    def today(self, name: str) -> str:
        return self.renamed.get(name, name)


# A field that is new has a default, and needs no line here.
UPCASTS: Final = Upcasts()
