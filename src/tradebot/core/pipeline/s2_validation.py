"""Stage 2: a real instrument, on tick, in a trading session, and within the broker's power?"""

from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.gates.look import Look
from tradebot.core.gates.session import may_trade
from tradebot.core.model.capabilities import Capabilities
from tradebot.core.model.instrument import AssetClass, Instrument
from tradebot.core.model.intent import Intent, Leg
from tradebot.core.model.money import ONE, is_multiple, plain
from tradebot.core.model.reason import Reason, route_need, session_need
from tradebot.core.model.verdict import Hold, Pass, Refuse, Verdict

_PASS = Pass()
_NAMED_MAX = 8


def validate(look: Look) -> Verdict:
    """Refuse what can never trade as it stands; hold what cannot trade yet."""
    book, body, at = look.book, look.body, look.at
    for leg in body.legs:
        if refusal := _about_leg(book, body, leg, at):
            return refusal
    instruments = [book.instruments[leg.symbol] for leg in body.legs]
    if body.is_combo and not _is_one_market(instruments):
        detail = f"{body.symbol}: legs differ in market"
        return Refuse(reason=Reason.VALIDATION_COMBO, detail=detail)
    return _about_route(book, body, instruments) or _about_session(book, instruments, at) or _PASS


def _about_leg(book: Book, body: Intent, leg: Leg, at: datetime) -> Refuse | None:
    instrument = book.instruments.get(leg.symbol)
    if instrument is None:
        return Refuse(
            reason=Reason.VALIDATION_UNKNOWN_SYMBOL, detail=_what_there_is(book, leg.symbol[:32])
        )
    if instrument.expiry is not None and at.date() > instrument.expiry:
        detail = f"{leg.symbol} expired on {instrument.expiry}"
        return Refuse(reason=Reason.VALIDATION_EXPIRED_CONTRACT, detail=detail)
    qty = body.order_qty * leg.ratio_qty
    if not instrument.is_whole_lot(qty):
        lot = plain(instrument.lot_size)
        detail = f"quantity {plain(qty)} of {leg.symbol}: expected whole lots of {lot}"
        return Refuse(reason=Reason.VALIDATION_LOT_SIZE, detail=detail)
    for name, price in (("price", body.price), ("stop_px", body.stop_px)):
        if price is not None and not instrument.is_on_tick(price):
            tick = plain(instrument.tick_at(price))
            detail = f"{name} {plain(price)} of {leg.symbol}: expected whole ticks of {tick}"
            return Refuse(reason=Reason.VALIDATION_OFF_TICK, detail=detail)
    return None


def _what_there_is(book: Book, symbol: str) -> str:
    """Name what trades here."""
    known = sorted(book.instruments)
    more = f" and {len(known) - _NAMED_MAX} more" if len(known) > _NAMED_MAX else ""
    return f"{symbol!r}; there are {', '.join(known[:_NAMED_MAX]) or 'none'}{more}"


def _is_one_market(instruments: list[Instrument]) -> bool:
    return len({(i.calendar, i.currency) for i in instruments}) == 1


def _about_route(book: Book, body: Intent, instruments: list[Instrument]) -> Hold | Refuse | None:
    names = (body.route,) if body.route else book.settings.routes
    known = [name for name in names if name in book.settings.routes]
    if not known:
        expected = ", ".join(book.settings.routes)
        detail = f"route {body.route or '(none)'}: expected one of {expected}"
        return Refuse(reason=Reason.VALIDATION_UNKNOWN_ROUTE, detail=detail)
    up = [route for name in known if (route := book.routes.get(name)) and route.is_up]
    if not up:
        return Hold(
            reason=Reason.ADAPTER_UNAVAILABLE, needs=tuple(route_need(name) for name in known)
        )
    if not any([can_do(route.capabilities, body, instruments) for route in up]):
        wanted = f"{body.ord_type} {body.time_in_force} with {len(body.legs)} leg(s)"
        detail = f"no connected route does {wanted}"
        return Refuse(reason=Reason.VALIDATION_NOT_SUPPORTED, detail=detail)
    return None


def can_do(can: Capabilities, body: Intent, instruments: list[Instrument]) -> bool:
    """Tell whether a broker of these capabilities takes the order as it stands."""
    return len(body.legs) <= can.legs_max and all([
        _is_taken(can, body, leg, instrument.asset_class)
        for leg, instrument in zip(body.legs, instruments, strict=True)
    ])


def _is_taken(can: Capabilities, body: Intent, leg: Leg, asset_class: AssetClass) -> bool:
    if asset_class not in can.fractional and not is_multiple(body.order_qty * leg.ratio_qty, ONE):
        return False
    return any([
        row.asset_class is asset_class and row.ord_type is body.ord_type
        and body.time_in_force in row.times_in_force
        for row in can.takes
    ])


def _about_session(book: Book, instruments: list[Instrument], at: datetime) -> Hold | None:
    shut = {i.calendar for i in instruments if not may_trade(book, i.calendar, at)}
    if not shut:
        return None
    return Hold(
        reason=Reason.POLICY_MARKET_CLOSED, needs=tuple(session_need(name) for name in sorted(shut))
    )
