"""What do Alpaca's quotes and bars mean? What is none of them is left out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tradebot.core.model.facts import Bar, Quote
from tradebot.outward.market.quoted import count, number

MINUTE: Final = timedelta(minutes=1)
_MICROSECONDS: Final = 6

HALTED: Final = frozenset({"H", "2", "P"})  # of the UTP's and the CTA's codes
RESUMED: Final = frozenset({"T", "3", "5"})


def quote_of(symbol: str, told: Any) -> Quote | None:
    """Read a quote as of the time at which it was made."""
    if not isinstance(told, Mapping):
        return None
    bid, ask, as_of = number(told.get("bp")), number(told.get("ap")), moment(told.get("t"))
    if bid is None or ask is None or as_of is None:
        return None
    return Quote(
        symbol=symbol, bid=bid, ask=ask, bid_size=count(told.get("bs")),
        ask_size=count(told.get("as")), as_of=as_of,
    )


def bar_of(symbol: str, told: Any) -> Bar | None:
    """Read a minute, which is stamped with its start."""
    if not isinstance(told, Mapping):
        return None
    start = moment(told.get("t"))
    prices = [number(told.get(name)) for name in "ohlc"]
    opened, high, low, close = prices
    if start is None or opened is None or high is None or low is None or close is None:
        return None
    return Bar(
        symbol=symbol, start=start, end=start + MINUTE, open=opened, high=high, low=low,
        close=close, volume=count(told.get("v")),
    )


def moment(told: Any) -> datetime | None:
    """Read a time with its zone; a nanosecond more or less is left out."""
    if isinstance(told, datetime):
        return told.astimezone(UTC) if told.utcoffset() is not None else None
    if not isinstance(told, str):
        return None
    whole, _, part = told.removesuffix("Z").partition(".")
    if not told.endswith("Z"):
        whole, part = told, ""
    try:
        found = datetime.fromisoformat(whole)
        micros = int((part + "0" * _MICROSECONDS)[:_MICROSECONDS]) if part else 0
    except ValueError:
        return None
    if found.utcoffset() is None:
        found = found.replace(tzinfo=UTC) if told.endswith("Z") else found
    return None if found.utcoffset() is None else found + timedelta(microseconds=micros)
