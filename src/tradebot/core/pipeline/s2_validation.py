"""Stage 2: a real instrument, on tick, in a trading session, and within the broker's power?"""

from datetime import datetime

from tradebot.core.book.book import Book
from tradebot.core.gates import able
from tradebot.core.gates.hours import may_trade
from tradebot.core.gates.look import Look
from tradebot.core.model.instrument import Instrument
from tradebot.core.model.intent import Intent, Leg
from tradebot.core.model.money import plain
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
    up = {name: route for name in known if (route := book.routes.get(name)) and route.is_up}
    if not up:
        return Hold(
            reason=Reason.ADAPTER_UNAVAILABLE, needs=tuple(route_need(name) for name in known)
        )
    fit = [route for route in up.values() if able.takes(book, route, body)]
    if not fit:
        told = [f"{name}: {able.instead(book, route, body)}" for name, route in up.items()]
        return Refuse(reason=Reason.VALIDATION_NOT_SUPPORTED, detail="; ".join(told[:_NAMED_MAX]))
    if not any([able.suits_hour(book, route, body) for route in fit]):
        return _for_hours(f"{body.ord_type} orders wait for the market's hours", instruments)
    return None


def _about_session(book: Book, instruments: list[Instrument], at: datetime) -> Hold | None:
    shut = [i for i in instruments if not may_trade(book, i.calendar, at)]
    return _for_hours("", shut) if shut else None


def _for_hours(detail: str, instruments: list[Instrument]) -> Hold:
    names = sorted({instrument.calendar for instrument in instruments})
    return Hold(
        reason=Reason.POLICY_MARKET_CLOSED, detail=detail,
        needs=tuple(session_need(name) for name in names),
    )
