"""Which routes may be used in this mode?"""

from collections.abc import Iterable, Mapping
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates import able
from tradebot.core.model.intent import Intent
from tradebot.core.model.settings import Mode, RouteKind

KIND_OF_MODE: Final[Mapping[Mode, RouteKind]] = {
    Mode.MOCK: RouteKind.MOCK,
    Mode.PAPER: RouteKind.PAPER,
    Mode.SHADOW: RouteKind.SHADOW,
    Mode.TESTNET: RouteKind.TESTNET,
    Mode.LIVE: RouteKind.LIVE,
}


def first_usable(book: Book, names: Iterable[str]) -> str | None:
    """Return the first of these routes that works and that the mode allows."""
    kind = KIND_OF_MODE.get(book.settings.mode)
    for name in names:
        route = book.routes.get(name)
        if route is not None and route.kind is kind and route.is_usable:
            return name
    return None


def routes_for(book: Book, intent: IntentState) -> tuple[str, ...]:
    """Return the routes that may take the intent, the first choice first.

    Its own where it names one, else all in the order of the settings; those whose brokers do not
    take such an order, and those that would not take it, stay out while another is left that the
    mode allows.
    """
    names = (intent.body.route,) if intent.body.route else book.settings.routes
    if len(names) > 1:
        names = tuple([name for name in names if _may_take(book, name, intent.body)]) or names
    return routes_left(book, intent, names) or names if intent.failed_on else names


def _may_take(book: Book, name: str, body: Intent) -> bool:
    route = book.routes.get(name)
    return route is None or (
        able.takes(book, route, body) and able.suits_hour(book, route, body)
    )


def routes_left(book: Book, intent: IntentState, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the routes that the mode allows and that have not failed to take it."""
    kind = KIND_OF_MODE.get(book.settings.mode)
    return tuple(
        name for name in names
        if name not in intent.failed_on
        and (route := book.routes.get(name)) is not None and route.kind is kind
    )
