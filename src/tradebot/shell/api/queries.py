"""Which rows does a query ask for? Filters as text become what the views go by."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tradebot.shell.api.bodies import SYMBOL_FORM, BadRequest, Field, Form, Schema
from tradebot.shell.views.filters import FILTERS, ROWS_MAX, ROWS_SHOWN, Filters


def parse_filters(
    asked: Mapping[str, str], statuses: Sequence[str], known: Sequence[str] = FILTERS
) -> Filters:
    """Read filters as text; what is no filter, or no status, of these rows is refused."""
    return Filters(**read_query(asked, filters(statuses, known)))


def filters(statuses: Sequence[str], known: Sequence[str] = FILTERS) -> tuple[Field, ...]:
    """Return the filters that a list takes, of which the rows have these statuses."""
    fits: Schema = {"type": "string", "enum": list(statuses)} if statuses else {"not": {}}
    status = Form(lambda name, text: _status(name, text, statuses), fits)
    every = {
        "symbol": Field("symbol", SYMBOL_FORM, "only rows of this symbol"),
        "status": Field("status", status, "only rows in this state"),
        "since": Field("since", _SINCE, "from this day or time on; UTC without a zone"),
        "strategy": Field("strategy", _TEXT, "only rows of this strategy"),
        "last": Field("last", _LAST, f"the newest so many rows; {ROWS_SHOWN} if not said"),
    }
    return tuple(every[name] for name in known)


def read_query(asked: Mapping[str, str], known: Sequence[Field]) -> dict[str, Any]:
    """Read what a query says; anything else than these is refused."""
    fields = {field.name: field for field in known}
    for name in asked:
        if name not in fields:
            told = f"one of the filters {', '.join(fields)}" if fields else "no filters here"
            raise BadRequest(name[:40], told)
    for field in known:
        if field.is_needed and field.name not in asked:
            raise BadRequest(field.name, field.lacks)
    return {name: fields[name].form.read(name, text) for name, text in asked.items()}


def _status(name: str, text: str, statuses: Sequence[str]) -> str:
    if text not in statuses:
        expected = f"one of {', '.join(statuses)}" if statuses else "nothing: these rows have none"
        raise BadRequest(name, f"{expected}, got {text[:40]!r}")
    return text


def _since(name: str, text: str) -> datetime:
    """Read a day or a time in ISO 8601; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
        zoned = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        return zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        expected = "a day or time such as 2026-08-24 or 2026-08-24T14:30:00Z"
        raise BadRequest(name, f"{expected}, got {text[:40]!r}") from None


def _last(name: str, text: str) -> int:
    is_count = text.isascii() and text.isdigit() and len(text) <= len(str(ROWS_MAX))
    if not is_count or not 0 < int(text) <= ROWS_MAX:
        raise BadRequest(name, f"a whole number from 1 to {ROWS_MAX}, got {text[:40]!r}")
    return int(text)


_SINCE = Form(_since, {"type": "string", "examples": ["2026-08-24", "2026-08-24T14:30:00Z"]})
_LAST = Form(_last, {"type": "integer", "minimum": 1, "maximum": ROWS_MAX})
_TEXT = Form(lambda _, text: str(text), {"type": "string"})
