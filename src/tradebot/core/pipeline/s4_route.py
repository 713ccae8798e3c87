"""Stage 4: is its kind of route earned and allowed, which one takes it, must a person say yes?"""

from collections.abc import Sequence

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.book.places import Route
from tradebot.core.gates.look import Look
from tradebot.core.gates.routes import KIND_OF_MODE, first_usable, routes_for
from tradebot.core.model.events import RouteChosen
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import Side
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Reason, route_need
from tradebot.core.model.verdict import Hold, Pass, Refuse, Verdict
from tradebot.core.pipeline.earned import unearned
from tradebot.core.pipeline.promote import Consent, consent


def choose(look: Look) -> Verdict:
    """Choose the first working route that the mode allows, or hold or refuse.

    The settings' order is the rule. A route that is down or whose breaker is open is passed over;
    one that would not take this very order is left out until it is retried.
    """
    book, intent = look.book, look.intent
    if (refused := unearned(look)) is not None:
        return refused
    given = consent(look)
    if not isinstance(given, Consent):
        return given
    names = routes_for(book, intent)
    chosen = first_usable(book, names)
    if chosen is None:
        return _none_of(book, names)
    if verdict := _about_short(book, intent, book.routes[chosen]):
        return verdict
    return Pass(events=(
        RouteChosen(intent_id=intent.intent_id, route=chosen, window=given.window),
    ))


def _none_of(book: Book, names: Sequence[str]) -> Hold | Refuse:
    """Say why none of the routes takes it: not in this mode, or not now."""
    kind = KIND_OF_MODE.get(book.settings.mode)
    connected = {n: r for n in names if (r := book.routes.get(n)) is not None}
    if connected and not any(route.kind is kind for route in connected.values()):
        detail = f"mode {book.settings.mode} does not use {', '.join(connected)}"
        return Refuse(reason=Reason.POLICY_MODE_MISMATCH, detail=detail)
    is_broken = any(route.is_up and route.kind is kind for route in connected.values())
    reason = Reason.ADAPTER_CIRCUIT_OPEN if is_broken else Reason.ADAPTER_UNAVAILABLE
    return Hold(reason=reason, needs=tuple(route_need(name) for name in names))


def _about_short(book: Book, intent: IntentState, route: Route) -> Refuse | None:
    """Refuse to sell what is not held where the broker takes no short sales.

    Working exits count: what they sell cannot be sold again. Options are covered, or have a loss
    that the gates on it know.
    """
    if route.capabilities.allows_short:
        return None
    body = intent.body
    for leg in body.legs:
        is_option = book.instruments[leg.symbol].asset_class is AssetClass.OPTION
        if leg.side is Side.BUY or is_option:
            continue
        held = book.ledger.net_qty(route.account, leg.symbol)
        left = held - book.orders.leaves_of(route.account, leg.symbol, Side.SELL)
        if not (body.order_qty * leg.ratio_qty <= left):
            detail = f"{plain(left)} {leg.symbol} left to sell, and the broker sells nothing short"
            return Refuse(reason=Reason.VALIDATION_NOT_SUPPORTED, detail=detail)
    return None
