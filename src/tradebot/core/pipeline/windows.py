"""Does a promotion window let this intent go on by itself: is it open, and has it room?"""

from collections.abc import Iterator
from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.look import Look
from tradebot.core.model.fact import fact
from tradebot.core.model.intent import Intent, Source
from tradebot.core.model.money import plain
from tradebot.core.model.reason import Need, window_need
from tradebot.core.model.window import PromotionWindow
from tradebot.core.options.shapes import structure_of


@fact
class Found:
    """What the windows for one intent came to: the one that takes it, or what to wait for."""

    window: str = ""
    needs: tuple[Need, ...] = ()
    opens: datetime | None = None
    detail: str = ""


def find(look: Look) -> Found:
    """Return the first window that is open and has room; else when the next one opens, and why."""
    book, intent, at = look.book, look.intent, look.at
    told, opens, needs = [], [], []
    for window in _windows_for(book, intent):
        needs.append(window_need(_calendar_of(book, window)))
        span = span_of(book, window)
        if span is None or span[1] <= at:
            told.append(f"{window.name} is over")
        elif at < span[0]:
            opens.append(span[0])
            told.append(f"{window.name} opens at {span[0]:%H:%M} UTC")
        elif full := _no_room(look, window):
            told.append(f"{window.name} is used up: {full}")
        else:
            return Found(window=window.name)
    return Found(
        needs=tuple(dict.fromkeys(needs)), opens=min(opens, default=None), detail=", ".join(told)
    )


def span_of(book: Book, window: PromotionWindow) -> tuple[datetime, datetime] | None:
    """Return from when until when the window is open in the session that its market is in."""
    market = book.markets.get(_calendar_of(book, window))
    hours = market.hours if market is not None else None
    return window.span(hours) if hours is not None else None


def closes(book: Book, name: str) -> datetime | None:
    """Return when the window of this name closes, where there is one that is open in a session."""
    found = (span_of(book, w) for w in book.settings.windows if w.name == name)
    return next((span[1] for span in found if span is not None), None)


def kind_of(book: Book, body: Intent) -> str | None:
    """Return by which name windows know it: the strategy's, or that of the desk's structure."""
    if body.source is not Source.DESK:
        return body.strategy_id if body.source is Source.STRATEGY else None
    legs = [
        (terms, leg.signed_ratio) for leg in body.legs
        if (terms := book.terms(leg.symbol)) is not None
    ]
    return structure_of(legs) if len(legs) == len(body.legs) else None


def _windows_for(book: Book, intent: IntentState) -> Iterator[PromotionWindow]:
    kind = kind_of(book, intent.body)
    for window in book.settings.windows:
        if not window.strategies or kind in window.strategies:
            yield window


def _calendar_of(book: Book, window: PromotionWindow) -> str:
    return window.calendar or book.settings.primary_calendar


def _no_room(look: Look, window: PromotionWindow) -> str:
    """Say which limit of the window the order would break; what was counted or closes breaks none.

    Without an account there is no route: that is what the intent will wait for.
    """
    if look.account_name is None or look.intent.attempt > 1 or look.is_closing:
        return ""
    book = look.book
    used = book.promotions.used(window.name, book.markets[_calendar_of(book, window)].session)
    if window.orders_max is not None and not used.orders + 1 <= window.orders_max:
        return f"{used.orders} of {window.orders_max} orders"
    total = used.notional + look.reserves[0]
    limit = window.notional_max_usd
    if limit is not None and not total <= limit:
        return f"{plain(total)} of {plain(limit)} USD with this order"
    return ""
