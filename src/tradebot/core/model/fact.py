"""What is an entity, command or event made of? Immutable records, compared by value."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def fact(cls: type[T]) -> type[T]:
    """Make a class an immutable record with keyword-only fields."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)
