"""Which rows does a query ask for? Filters as text become what the views go by."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tradebot.shell.api.commands import BadRequest, read_symbol
from tradebot.shell.views.filters import FILTERS, ROWS_MAX, ROWS_SHOWN, Filters


def parse_filters(
    asked: Mapping[str, str], statuses: Sequence[str], known: Sequence[str] = FILTERS
) -> Filters:
    """Read filters as text; what is no filter, or no status, of these rows is refused."""
    only_known(asked, known)
    status = asked.get("status")
    if status is not None and status not in statuses:
        expected = f"one of {', '.join(statuses)}" if statuses else "nothing: these rows have none"
        raise BadRequest("status", f"{expected}, got {status[:40]!r}")
    return Filters(
        symbol=read_symbol("symbol", asked["symbol"]) if "symbol" in asked else None,
        status=status, strategy=asked.get("strategy"),
        since=_since(asked["since"]) if "since" in asked else None,
        last=_last(asked["last"]) if "last" in asked else ROWS_SHOWN,
    )


def only_known(asked: Mapping[str, str], known: Sequence[str]) -> None:
    for name in asked:
        if name not in known:
            told = f"one of the filters {', '.join(known)}" if known else "no filters here"
            raise BadRequest(name[:40], told)


def _since(text: str) -> datetime:
    """Read a day or a time in ISO 8601; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
        zoned = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        return zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        expected = "a day or time such as 2026-08-24 or 2026-08-24T14:30:00Z"
        raise BadRequest("since", f"{expected}, got {text[:40]!r}") from None


def _last(text: str) -> int:
    is_count = text.isascii() and text.isdigit() and len(text) <= len(str(ROWS_MAX))
    if not is_count or not 0 < int(text) <= ROWS_MAX:
        raise BadRequest("last", f"a whole number from 1 to {ROWS_MAX}, got {text[:40]!r}")
    return int(text)
