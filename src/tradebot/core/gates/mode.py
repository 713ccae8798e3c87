"""May the chosen route be used in this mode? Stage 4 chooses; the last look asks again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.model.facts import Facts
from tradebot.core.model.settings import Mode, RouteKind
from tradebot.core.model.verdict import Answer, GateResult, Reason

KIND_OF_MODE: Final[Mapping[Mode, RouteKind]] = {
    Mode.MOCK: RouteKind.MOCK,
    Mode.PAPER: RouteKind.PAPER,
    Mode.SHADOW: RouteKind.SHADOW,
    Mode.TESTNET: RouteKind.TESTNET,
}
_ALLOW: Final = GateResult(gate="mode")


def first_usable(book: Book, names: Iterable[str]) -> str | None:
    """Return the first of these routes that is up and that the mode allows."""
    kind = KIND_OF_MODE.get(book.settings.mode)
    known = ((name, book.routes.get(name)) for name in names)
    return next((n for n, route in known if route and route.is_up and route.kind is kind), None)


def mode(book: Book, intent: IntentState, facts: Facts, at: datetime) -> GateResult:
    """Does the mode allow the route, where one is chosen already?"""
    if intent.route is None:
        return _ALLOW
    route = book.routes.get(intent.route)
    if route is not None and KIND_OF_MODE.get(book.settings.mode) is route.kind:
        return _ALLOW
    return GateResult(gate="mode", answer=Answer.BLOCK, reason=Reason.POLICY_MODE_MISMATCH)
