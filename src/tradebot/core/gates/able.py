"""What of an order does a route's broker not take, and what does it take instead?"""

from collections.abc import Iterable

from tradebot.core.book.book import Book
from tradebot.core.book.places import Route
from tradebot.core.gates.hours import is_regular
from tradebot.core.model.instrument import AssetClass
from tradebot.core.model.intent import Intent, Leg
from tradebot.core.model.money import ONE, is_multiple


def takes(book: Book, route: Route, body: Intent) -> bool:
    """Tell whether the route's broker takes the order as it stands, at some hour."""
    return len(body.legs) <= route.capabilities.legs_max and all([
        (asset_class, body.ord_type, body.time_in_force) in route.table
        and _is_in_units(route, body, leg, asset_class)
        for leg in body.legs if (asset_class := book.instruments[leg.symbol].asset_class)
    ])


def suits_hour(book: Book, route: Route, body: Intent) -> bool:
    """Tell whether such an order works there at this hour."""
    return body.ord_type in route.capabilities.outside_hours or not is_outside(book, body)


def is_outside(book: Book, body: Intent) -> bool:
    """Tell whether an order that goes out now would do so beside the hours of its market."""
    return bool(book.settings.policy.trade_outside_hours) and not all([
        is_regular(book, book.instruments[leg.symbol].calendar, book.now) for leg in body.legs
    ])


def instead(book: Book, route: Route, body: Intent) -> str:
    """Say what the broker does not take of it, and what it takes in its place."""
    can = route.capabilities
    if not len(body.legs) <= can.legs_max:
        return f"{len(body.legs)} legs: it takes {can.legs_max} at most"
    for leg in body.legs:
        asset_class = book.instruments[leg.symbol].asset_class
        rows = [row for row in can.takes if row.asset_class is asset_class]
        if not rows:
            return f"{asset_class}: it takes {_named(row.asset_class for row in can.takes)}"
        times = {tif for row in rows if row.ord_type is body.ord_type for tif in row.times_in_force}
        if not times:
            return f"{asset_class} {body.ord_type}: it takes {_named(row.ord_type for row in rows)}"
        if body.time_in_force not in times:
            wanted = f"{asset_class} {body.ord_type} {body.time_in_force}"
            return f"{wanted}: it takes {_named(times)}"
        if not _is_in_units(route, body, leg, asset_class):
            return f"a part of a unit of {leg.symbol}: it takes whole ones"
    return "nothing"


def _is_in_units(route: Route, body: Intent, leg: Leg, asset_class: AssetClass) -> bool:
    is_any = asset_class in route.capabilities.fractional
    return is_any or is_multiple(body.order_qty * leg.ratio_qty, ONE)


def _named(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words))) or "nothing"
