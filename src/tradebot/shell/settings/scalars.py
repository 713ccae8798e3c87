"""What does one text mean, read as a wanted type? Strictly: nothing is guessed or rounded."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

from tradebot.core.model.money import EXPECTED, parse_decimal
from tradebot.core.model.secret import Secret
from tradebot.shell.settings.document import Scalar, Style, one_of, suggestion

# A leading zero once meant octal, so `0123` is not a number here.
_LEADING_ZERO: Final = re.compile(r"-?0[0-9]", re.ASCII)
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", re.ASCII)
_LOOSE_WORDS: Final = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}


class Misfit(Exception):
    """The text is not of the wanted type; the hint may name a near one."""

    def __init__(self, expected: str, hint: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.hint = hint


def read_scalar(kind: Any, node: Scalar) -> Any:
    """Read a value of the wanted type, or raise Misfit."""
    if get_origin(kind) is Literal:
        return _one(get_args(kind), node.text)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(_one([member.value for member in kind], node.text))
    if kind is bool:
        return _bool(node)
    read = _READ.get(kind)
    if read is None:
        return node.text  # a type of the plugin's own; pydantic knows what to make of it
    return read(node.text)


def expected_of(kind: Any) -> str:
    """Say in words what a type wants, for a reference page."""
    if get_origin(kind) is Literal:
        return one_of([str(value) for value in get_args(kind)])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return one_of([str(member.value) for member in kind])
    return _WORDS.get(kind, getattr(kind, "__name__", str(kind)))


def _one(values: Any, text: str) -> Any:
    known = {str(value): value for value in values}
    if text not in known:
        raise Misfit(one_of(list(known)), suggestion(text, known))
    return known[text]


def _bool(node: Scalar) -> bool:
    if node.style is Style.LOOSE and node.text.lower() in _LOOSE_WORDS:
        return _LOOSE_WORDS[node.text.lower()]
    if node.style is Style.QUOTED or node.text not in ("true", "false"):
        raise Misfit("true or false")
    return node.text == "true"


def _decimal(text: str) -> Decimal:
    if _LEADING_ZERO.match(text):
        raise Misfit("a number without leading zeros")
    try:
        return parse_decimal(text)
    except ValueError:
        raise Misfit(EXPECTED) from None


def _int(text: str) -> int:
    if _LEADING_ZERO.match(text):
        raise Misfit("a number without leading zeros")
    if not _WHOLE.fullmatch(text):
        raise Misfit("a whole number")
    return int(text)


def _float(text: str) -> float:
    return float(_decimal(text))


def _str(text: str) -> str:
    return text


def _path(text: str) -> Path:
    if not text.strip():
        raise Misfit("a path")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Misfit("a path in a known home") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise Misfit("a day such as 2026-11-27") from None


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text if _TIME.fullmatch(text) else "")
    except ValueError:
        raise Misfit("a time of day such as 09:30") from None


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # none of this name, no name, a folder of names
        raise Misfit("a time zone such as Europe/Berlin") from None


def _datetime(text: str) -> datetime:
    expected = "a time with its offset such as 2026-11-27T14:30:00Z"
    try:
        moment = datetime.fromisoformat(text if text.isascii() else "")
        if moment.tzinfo is None:
            raise Misfit(expected)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Misfit(expected) from None


_READ: Final[Mapping[Any, Callable[[str], Any]]] = {
    Decimal: _decimal, int: _int, float: _float, str: _str, Path: _path,
    date: _date, time: _time, datetime: _datetime, ZoneInfo: _zone,
}
_WORDS: Final[Mapping[Any, str]] = {
    bool: "true or false", Decimal: "decimal", int: "whole number", float: "decimal",
    str: "text", Secret: "secret", Path: "path", date: "day", time: "time of day", datetime: "time",
    ZoneInfo: "time zone",
}
