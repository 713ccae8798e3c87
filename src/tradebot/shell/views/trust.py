"""Which kinds of route has each strategy earned, by what record, and what is still missing?"""

from collections.abc import Iterable

from tradebot.core.book.book import Book
from tradebot.core.book.records import STEPS, Record
from tradebot.core.model.money import plain
from tradebot.core.model.settings import RouteKind
from tradebot.shell.views.rows import Plain


def trust(book: Book, configured: Iterable[str] = ()) -> Plain:
    """Tell it of the strategies that are configured, and of those that have a record."""
    names = sorted({*configured, *book.records.of})
    return {
        "trust": book.settings.trust.value, "strategies": [_row(book, name) for name in names],
    }


def _row(book: Book, strategy: str) -> Plain:
    lacks = {step: book.records.lacks(strategy, step, book.settings.ladder) for step in STEPS}
    following = next((step for step in STEPS if lacks[step]), None)
    return {
        "strategy_id": strategy,
        "earned": [RouteKind.MOCK.value, *(step.value for step in STEPS if not lacks[step])],
        "next": following.value if following else None,
        "missing": lacks[following] if following else [],
        "records": {
            step.value: _record(book.records.toward(strategy, step)) for step in STEPS
        },
    }


def _record(record: Record) -> Plain:
    return {
        "sessions": record.sessions, "clean_sessions": record.clean_sessions,
        "orders": record.orders, "fills": record.fills, "rejects": record.rejects,
        "net": plain(record.net), "drawdown": plain(record.drawdown),
    }
