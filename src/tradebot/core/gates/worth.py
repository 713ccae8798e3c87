"""What is an order worth at worst, before it trades, and in which account?"""

from decimal import Decimal

from tradebot.core.book.book import Book
from tradebot.core.book.intents import IntentState
from tradebot.core.gates.routes import first_usable, routes_for
from tradebot.core.model.combo import unit_of
from tradebot.core.model.facts import Facts
from tradebot.core.model.intent import Intent, Leg, Side
from tradebot.core.model.money import ONE, ZERO


def leg_price(leg: Leg, facts: Facts) -> Decimal | None:
    """Return what one unit of the leg costs at the market, or None without a sane quote."""
    quote = facts.quote(leg.symbol)
    if quote is None or not quote.is_sane:
        return None
    return quote.ask if leg.side is Side.BUY else quote.bid


def cost_at(book: Book, body: Intent, price: Decimal) -> Decimal:
    """Return what one unit costs at a price, in currency; a sale costs less than nothing."""
    sign = ONE if body.is_combo else body.side.sign
    return sign * price * unit_of(body.legs, book.multiplier)


def unit_worth(book: Book, body: Intent, facts: Facts) -> Decimal | None:
    """Return the notional of one unit (one combo: the sum over its legs) in currency.

    A limit counts where it is worse than the market; None where a quote is missing.
    """
    total = cost = ZERO
    for leg in body.legs:
        price = leg_price(leg, facts)
        if price is None:
            return None
        if not body.is_combo:
            price = max(price, body.price or ZERO, body.stop_px or ZERO)
        value = price * leg.ratio_qty * book.multiplier(leg.symbol)
        total += value
        cost += leg.side.sign * value
    if body.is_combo and body.price is not None:
        total += max(ZERO, cost_at(book, body, body.price) - cost)
    return total


def opening_qty(book: Book, account: str, intent: IntentState) -> Decimal:
    """Return how much of the order opens risk: all that does not close what is held.

    A close may not exceed the position less what working exits already close; a combo closes no
    more than the least of its legs does. Of a change only what is still to fill counts, and the
    order that it changes does not count beside it.
    """
    qty, closes = intent.leaves_qty, []
    for leg in intent.body.legs:
        closed = closes_qty(book, account, intent, leg)
        if not closed:
            return qty
        closes.append(closed / leg.ratio_qty)
    return max(ZERO, qty - min(closes))


def closes_qty(book: Book, account: str, intent: IntentState, leg: Leg) -> Decimal:
    """Return how many units a leg could close, beside what working exits already do."""
    against = -leg.side.sign * book.ledger.net_qty(account, leg.symbol)
    if against <= 0:
        return ZERO
    exits = book.orders.leaves_of(account, leg.symbol, leg.side)
    if intent.replaces is not None:
        exits -= intent.replaces.order.leaves_qty * leg.ratio_qty
    return max(ZERO, against - exits)


def account_of(book: Book, intent: IntentState) -> str | None:
    """Return the account that the intent would trade in: that of the route stage 4 would choose.

    Where it would choose none, the first known route's: the gates still have numbers to show.
    """
    names = (intent.route,) if intent.route else routes_for(book, intent)
    name = first_usable(book, names) or next((n for n in names if n in book.routes), None)
    return book.routes[name].account if name else None
