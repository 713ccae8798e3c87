"""How does each route stand, those included that never came up?"""

from tradebot.core.book.book import Book
from tradebot.core.model.commands import BreakerState
from tradebot.shell.views.rows import Plain


def route_rows(book: Book) -> list[Plain]:
    """Return a row a route; `refused` says why it is not tried again, where it is not."""
    rows = [
        {"route": name, "kind": route.kind.value, "account": route.account, "up": route.is_up,
         "breaker": route.breaker.value, "refused": _refused(book, name)}
        for name, route in book.routes.items()
    ]
    return rows + [
        {"route": name, "kind": event.kind.value, "account": None, "up": False,
         "breaker": BreakerState.CLOSED.value, "refused": _refused(book, name)}
        for name, event in book.refused.items() if name not in book.routes
    ]


def _refused(book: Book, name: str) -> str | None:
    event = book.refused.get(name)
    return f"{event.reason}: {event.detail}" if event is not None else None
