"""How long until promotion windows open or close, and until live trading is disarmed?"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from tradebot.core.book.book import Book
from tradebot.core.model.money import plain
from tradebot.core.model.window import Hours, PromotionWindow
from tradebot.ports import Calendar
from tradebot.shell.settings import plugins
from tradebot.shell.views.rows import arming_row, iso

_DAYS_AHEAD: Final = 10  # a window that opens on one weekday is found across a week with holidays


def countdown(book: Book, calendars: Mapping[str, Calendar], now: datetime) -> dict[str, Any]:
    arming = arming_row(book.arming)
    if arming is not None and book.arming is not None:
        arming["remaining_s"] = _seconds(book.arming.given.until, now)
    return {
        "arming": arming,
        "windows": [
            _window_row(book, window, calendars, now)
            for window in book.settings.windows if window.enabled
        ],
    }


def _window_row(
    book: Book, window: PromotionWindow, calendars: Mapping[str, Calendar], now: datetime
) -> dict[str, Any]:
    """Tell of the session in which the window is open or opens next; None where none is known."""
    name = window.calendar or book.settings.primary_calendar
    calendar = calendars.get(name)
    found = next(_spans(window, calendar, now), None) if calendar is not None else None
    session, opens, closes = found or (None, None, None)
    used = book.promotions.used(window.name, session)
    is_open = opens is not None and opens <= now
    change = closes if is_open else opens
    return {
        "window": window.name, "calendar": name, "session": session, "is_open": is_open,
        "opens": iso(opens), "closes": iso(closes),
        "remaining_s": _seconds(change, now) if change is not None else None,
        "orders": used.orders, "orders_max": window.orders_max,
        "notional_usd": plain(used.notional),
        "notional_max_usd": plain(window.notional_max_usd) if window.notional_max_usd else None,
    }


def _spans(
    window: PromotionWindow, calendar: Calendar, now: datetime
) -> Iterator[tuple[str, datetime, datetime]]:
    yesterday = now.date() - timedelta(days=1)  # a session may be named by another day than UTC's
    for ahead in range(_DAYS_AHEAD):
        session = plugins.contained(
            partial(calendar.session_on, yesterday + timedelta(days=ahead)), _not_known
        )
        if session is None:
            continue
        name = session.day.isoformat()
        span = window.span(Hours(
            session=name, opens=session.opens, closes=session.closes,
            utc_offset_s=session.utc_offset_s,
        ))
        if span is not None and now < span[1]:
            yield name, *span


def _seconds(moment: datetime, now: datetime) -> int:
    return max(0, int((moment - now).total_seconds()))


def _not_known(_: Exception) -> None:
    """The calendar ends before that day."""
