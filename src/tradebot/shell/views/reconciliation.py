"""How well do book and broker agree, told as plain data?"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol

from tradebot.core.book.book import Book
from tradebot.core.book.reconciliation import Compared
from tradebot.core.model.drift import EXPLAIN_BREAK, SEVERITY, Drift, Severity
from tradebot.core.model.money import plain
from tradebot.shell.views.rows import Plain, iso

_WORST: Final = tuple(Severity)


class Looks(Protocol):
    """When each route was compared last, and of which the last run came to no end, and why."""

    failures: dict[str, str]
    looked: dict[str, datetime]


def document(book: Book, made: Looks | None = None) -> Plain:
    """Tell the last look at every route, and every break that stands, the worst first.

    The journal holds no look that found what the one before it had found; who `made` them knows of
    those too. What was never compared, or not to the end, is not clean.
    """
    routes = []
    for name in book.routes:
        row = _route_row(
            book, name, book.recon.looks.get(name), made.failures.get(name) if made else None
        )
        if made is not None and name in made.looked:
            row["at"] = iso(made.looked[name])
        routes.append(row)
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
