"""How is a message laid out, field by field, in each version of the server's protocol?

A layout is a text of fields in their order: `name`, `name=what stands there where nobody says`,
`name<177` and `name>=166` for fields of some versions, `name?other` for one that only follows
where another is set, `name?other:WORD` where the other is that word, and `name[a b]` for rows:
their number, then their fields. Reading is strict: a field too many or too few is an error, where
the real server would read on in the wrong place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

Value: TypeAlias = "str | Sequence[Sequence[str]]"

_FIELD: Final = re.compile(
    r"(?P<name>\w+)(?:\[(?P<rows>[\w\s]+)\])?"
    r"(?:(?P<bound><|>=)(?P<version>\d+))?"
    r"(?:\?(?P<asked>\w+)(?::(?P<word>\w+))?)?(?:=(?P<usual>\S*))?"
)
_UNSET: Final = frozenset({"", "0", "1.7976931348623157E308"})


class Garbled(ValueError):
    """What came cannot be read as it is laid out."""


@dataclass(frozen=True)
class Field:
    name: str
    usual: str = ""
    rows: tuple[str, ...] = ()
    since: int = 0
    until: int = 10**6
    asked: str = ""
    word: str = ""

    def is_there(self, version: int, values: Mapping[str, Value]) -> bool:
        if not self.since <= version < self.until:
            return False
        if not self.asked:
            return True
        said = values[self.asked]
        return said == self.word if self.word else said not in _UNSET


class Layout:
    """One kind of message; what is written by it can be read by it."""

    def __init__(self, message_id: int, text: str) -> None:
        self.message_id = message_id
        self.fields = tuple(_fields(text))
        self._names = frozenset(field.name for field in self.fields)

    def write(self, server_version: int, /, **values: object) -> tuple[str, ...]:
        """Return the whole message, its number first; what is not said is as usual."""
        assert self._names.issuperset(values), set(values) - self._names
        said: dict[str, Value] = {}
        written = [str(self.message_id)]
        for field in self.fields:
            told = values.get(field.name, () if field.rows else field.usual)
            said[field.name] = _cells(field, told) if field.rows else text_of(told)
            if field.is_there(server_version, said):
                written += _flat(said[field.name])
        return tuple(written)

    def read(self, server_version: int, message: Sequence[str]) -> dict[str, Value]:
        """Return what a message says, by name; its number is not asked for again."""
        values: dict[str, Value] = {}
        rest = iter(message[1:])
        try:
            for field in self.fields:
                values[field.name] = field.usual
                if field.is_there(server_version, values):
                    values[field.name] = _rows(field, rest) if field.rows else next(rest)
        except StopIteration:
            raise Garbled(f"too short for {self.message_id}: {message}") from None
        left = list(rest)
        if left:
            raise Garbled(f"{len(left)} fields too many for {self.message_id}: {message}")
        return values


def text_of(value: object) -> str:
    """Write a value as the server does: a truth value is a digit, nothing is empty."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _cells(field: Field, rows: object) -> list[list[str]]:
    assert isinstance(rows, Sequence), field.name
    cells = [[text_of(cell) for cell in row] for row in rows]
    assert all(len(row) == len(field.rows) for row in cells), field.name
    return cells


def _flat(value: Value) -> list[str]:
    """Write a field, or its rows after their number."""
    if isinstance(value, str):
        return [value]
    return [str(len(value)), *(cell for row in value for cell in row)]


def _rows(field: Field, rest: Iterator[str]) -> list[list[str]]:
    number = int(next(rest))
    return [[_following(rest) for _ in field.rows] for _ in range(number)]


def _following(rest: Iterator[str]) -> str:
    for value in rest:
        return value
    raise Garbled("too short: rows are announced that do not come")


def _fields(text: str) -> Iterator[Field]:
    assert not _FIELD.sub("", text).strip(), text
    for match in _FIELD.finditer(text):
        bound, version = match["bound"], int(match["version"] or 0)
        yield Field(
            name=match["name"], usual=match["usual"] or "",
            rows=tuple((match["rows"] or "").split()),
            since=version if bound == ">=" else 0, until=version if bound == "<" else 10**6,
            asked=match["asked"] or "", word=match["word"] or "",
        )
