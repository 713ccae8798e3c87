"""How well do book and broker agree, told as plain data?"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.reconciliation import Compared
from tradebot.core.model.drift import EXPLAIN_BREAK, SEVERITY, Drift, Severity
from tradebot.core.model.money import plain
from tradebot.shell.api.rows import Plain, iso

_NO_FAILURES: Final[Mapping[str, str]] = MappingProxyType({})
_WORST: Final = tuple(Severity)


def document(book: Book, failures: Mapping[str, str] = _NO_FAILURES) -> Plain:
    """Tell the last look at every route, and every break that stands, the worst first.

    `failures` says of which routes the last run came to no end. What was never compared, or not
    to the end, is not clean.
    """
    routes = [
        _route_row(book, name, book.recon.looks.get(name), failures.get(name))
        for name in book.routes
    ]
    breaks = sorted(_break_rows(book), key=lambda row: -_WORST.index(Severity(row["severity"])))
    is_clean = not breaks and all(row["status"] == "clean" for row in routes)
    return {"clean": is_clean, "routes": routes, "breaks": breaks}


def _route_row(book: Book, name: str, look: Compared | None, failure: str | None) -> Plain:
    account = book.routes[name].account
    has_break = any(known.drift.account == account for known in book.recon.breaks.values())
    doubtful = book.recon.doubtful(name)
    is_sure = look is not None and failure is None and not doubtful
    row: Plain = {
        "route": name, "account": account,
        "status": "breaks" if has_break else "clean" if is_sure else "unverified",
        "failure": failure, "doubtful": [_drift_row(drift) for drift in doubtful],
        "at": None, "as_of": None, "because": None,
    }
    if look is None:
        return row
    seen = look.compared
    return row | {
        "at": iso(look.at), "as_of": iso(seen.as_of), "because": seen.because,
        "orders": seen.orders, "positions": seen.positions, "matched": seen.matched,
        "recovered": list(seen.recovered),
    }


def _break_rows(book: Book) -> Iterator[Plain]:
    for known in book.recon.breaks.values():
        yield {**_drift_row(known.drift), "found": iso(known.found)}


def _drift_row(drift: Drift) -> Plain:
    return {
        "break": drift.name, "kind": drift.kind.value, "severity": SEVERITY[drift.kind].value,
        "account": drift.account, "subject": drift.subject, "symbols": list(drift.symbols),
        "book": plain(drift.book), "statement": plain(drift.statement),
        "detail": EXPLAIN_BREAK[drift.kind],
    }
