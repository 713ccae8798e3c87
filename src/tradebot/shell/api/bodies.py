"""What may be written in a body or a query? Strict JSON, field by field, each with its schema."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, Generic, NamedTuple, NoReturn, TypeAlias, TypeVar

from tradebot.core.model.instrument import SYMBOL
from tradebot.core.model.money import parse_decimal

BODY_BYTES_MAX: Final = 64 * 1024
KEY_LENGTH_MAX: Final = 128
TEXT_LENGTH_MAX: Final = 200
TTL_MAX_S: Final = 366 * 86_400
_BRACKETS_MAX: Final = 32
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:@+-]{0,63}", re.ASCII)

# Who speaks FIX, or what our own answers say, may have written one of these.
_OTHER_WORDS: Final[Mapping[str, str]] = {
    "order_qty": "qty", "quantity": "qty", "ord_type": "type", "order_type": "type",
    "price": "limit", "limit_price": "limit", "stop_px": "stop", "stop_price": "stop",
    "time_in_force": "tif", "strategy_id": "strategy", "idempotency_key": "key",
    "ratio_qty": "ratio", "ttl_s": "ttl", "rests": "rest",
}

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

Schema: TypeAlias = Mapping[str, Any]
Given: TypeAlias = Mapping[str, Any]


class BadRequest(ValueError):
    """The request is not what the route takes; the message names the field and what it expects."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field


class Number(str):
    """A JSON number as it was written, so that no digit is lost before the strict parser."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """How a value is written: `read` takes it with the field's name, `schema` tells programs."""

    read: Callable[[str, Any], T]
    schema: Schema


class Field(NamedTuple):
    """One thing that a body or a query may say; `lacks` is told where it must be said and is not.

    Null in a body is as good as nothing.
    """

    name: str
    form: Form[Any]
    about: str = ""
    is_needed: bool = False
    lacks: str = "a value, got nothing"

    def needed(self, lacks: str | None = None) -> "Field":
        return self._replace(is_needed=True, lacks=lacks or self.lacks)

    def named(self, name: str, about: str = "") -> "Field":
        return self._replace(name=name, about=about or self.about)


class Body(Generic[T]):
    """A body's fields, and what they make: called with what was written, and the path's ids."""

    def __init__(self, fields: tuple[Field, ...], make: Callable[..., T]) -> None:
        self.fields = fields
        self._make = make

    def __call__(self, body: Mapping[str, Any], *names: str, **more: Any) -> T:
        return self._make(read(body, self.fields), *names, **more)


def takes(*fields: Field) -> Callable[[Callable[..., T]], Body[T]]:
    """Say which fields a function's first argument holds, by then read; absent ones are not in."""
    return lambda make: Body(fields, make)


def parse_json(body: bytes) -> dict[str, Any]:
    """Read one strict JSON object: no NaN, no duplicate keys, numbers kept as written."""
    if len(body) > BODY_BYTES_MAX:
        raise BadRequest("body", f"at most {BODY_BYTES_MAX} bytes, got {len(body)}")
    if max(body.count(b"["), body.count(b"{")) > _BRACKETS_MAX:
        raise BadRequest("body", "few and shallow arrays and objects")
    try:
        found = json.loads(
            body.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant,
            parse_int=Number, parse_float=Number,
        )
    except UnicodeDecodeError:
        raise BadRequest("body", "UTF-8 text") from None
    except json.JSONDecodeError as error:
        problem = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise BadRequest("body", f"one JSON object ({problem})") from None
    if not isinstance(found, dict):
        raise BadRequest("body", f"a JSON object, got {kind(found)}")
    return found


def read(body: Mapping[str, Any], fields: Iterable[Field], prefix: str = "") -> dict[str, Any]:
    """Read what is given of these fields; what is none of them is refused."""
    known = {field.name: field for field in fields}
    for name in body:
        if name not in known:
            raise BadRequest(f"{prefix}{short(name)}", _no_such(name, list(known)))
    found = {}
    for name, field in known.items():
        if (value := body.get(name)) is not None:
            found[name] = field.form.read(f"{prefix}{name}", value)
        elif field.is_needed:
            raise BadRequest(f"{prefix}{name}", field.lacks)
    return found


def schema_of(fields: Iterable[Field]) -> Schema:
    """Tell which objects `read` takes, as JSON Schema."""
    listed = tuple(fields)
    return {
        "type": "object", "additionalProperties": False,
        "properties": {field.name: _told(field) for field in listed},
        "required": [field.name for field in listed if field.is_needed],
    }


def text_of(length_max: int) -> Form[str]:
    """Take text for people: printable and not blank."""
    def read_text(field: str, value: object) -> str:
        if not isinstance(value, str) or isinstance(value, Number):
            raise BadRequest(field, f"text, got {kind(value)}")
        if not 0 < len(value) <= length_max or not value.isprintable() or not value.strip():
            raise BadRequest(field, f"1 to {length_max} printable characters")
        return value
    return Form(read_text, {"type": "string", "minLength": 1, "maxLength": length_max})


def word_of(words: type[E], *some: E) -> Form[E]:
    """Take one of an enum's words, or of some of them."""
    known = some or tuple(words)

    def read_word(field: str, value: object) -> E:
        for word in known:
            if word.value == value:
                return word
        expected = "one of " + ", ".join(word.value for word in known)
        raise BadRequest(field, f"{expected}, got {short(value)}")
    return Form(read_word, {"type": "string", "enum": [word.value for word in known]})


def read_symbol(field: str, value: object) -> str:
    if not isinstance(value, str) or isinstance(value, Number) or not SYMBOL.fullmatch(value):
        raise BadRequest(field, f"a symbol in capitals such as SPY, got {short(value)}")
    return value


def _read_name(field: str, value: object) -> str:
    if not isinstance(value, str) or isinstance(value, Number) or not _NAME.fullmatch(value):
        raise BadRequest(field, f"a short name without spaces, got {short(value)}")
    return value


def _read_decimal(field: str, value: object) -> Decimal:
    if not isinstance(value, str):
        raise BadRequest(field, f"a plain decimal such as 12.50, got {kind(value)}")
    try:
        return parse_decimal(str(value))
    except ValueError as error:
        raise BadRequest(field, str(error).removeprefix("expected ")) from None


def _read_seconds(field: str, value: object) -> int:
    text = str(value) if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9]{1,8}", text, re.ASCII) or not 0 < int(text) <= TTL_MAX_S:
        raise BadRequest(field, f"whole seconds from 1 to {TTL_MAX_S}, got {short(value)}")
    return int(text)


def _read_count(field: str, value: object) -> int:
    text = str(value) if isinstance(value, str) else ""
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text, re.ASCII):
        raise BadRequest(field, f"a whole number from 1 to 999999, got {short(value)}")
    return int(text)


def _read_yes_or_no(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadRequest(field, f"true or false, got {short(value)}")
    return value


DECIMAL: Final = Form(_read_decimal, {
    "type": ["string", "number"], "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,12})?$",
})
SECONDS: Final = Form(_read_seconds, {
    "type": ["string", "integer"], "pattern": "^[0-9]{1,8}$", "minimum": 1, "maximum": TTL_MAX_S,
})
COUNT: Final = Form(_read_count, {
    "type": ["string", "integer"], "pattern": "^[1-9][0-9]{0,5}$", "minimum": 1,
    "maximum": 999_999,
})
YES_OR_NO: Final = Form(_read_yes_or_no, {"type": "boolean"})
NAME: Final = Form(_read_name, {"type": "string", "pattern": f"^{_NAME.pattern}$"})
SYMBOL_FORM: Final = Form(read_symbol, {"type": "string", "pattern": f"^(?:{SYMBOL.pattern})$"})
SENTENCE: Final = text_of(TEXT_LENGTH_MAX)


def kind(value: object) -> str:
    """Name what JSON calls a value."""
    if isinstance(value, Number):
        return f"the number {short(value)}"
    kinds = {bool: "true or false", str: "text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "nothing") if value is not None else "nothing"


def short(value: object) -> str:
    """Repeat what was written, as far as it may be told back."""
    return repr(str(value)[:40]) if isinstance(value, str) else kind(value)


def _told(field: Field) -> Schema:
    told = field.form.schema
    if not field.is_needed and isinstance(told.get("type"), str | list):
        types = [told["type"]] if isinstance(told["type"], str) else told["type"]
        enum = {"enum": [*told["enum"], None]} if "enum" in told else {}
        told = {**told, "type": [*types, "null"], **enum}
    return {**told, "description": field.about} if field.about else told


def _no_such(name: str, known: list[str]) -> str:
    hint = _OTHER_WORDS.get(name)
    close = [hint] if hint in known else get_close_matches(name[:40], known, 1)
    meant = f" (did you mean {close[0]}?)" if close else ""
    return f"no such field; known are {', '.join(known)}{meant}"


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BadRequest(short(name), "each key once")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadRequest("body", f"plain numbers, got {name}")
